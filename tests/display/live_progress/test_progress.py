import io
import os
import pty
import re
import sys
import time
from dataclasses import dataclass, replace

import pytest

from gdbench.display.live_progress.progress import silent, watch
from gdbench.display.run_text import ending_text, run_names
from gdbench.execution.activity import Activity
from gdbench.execution.local.quiet import quiet_stderr
from gdbench.experiment.experiment import Comparison, Experiment, Point
from gdbench.records import Outcome, Record, Run
from tests.builders import a_record, an_experiment
from tests.configs import plan_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, ...]:
    """A run that is done, one that diverged and one that failed, of two programs."""
    text = "grid: {architecture.hidden: [[8], [16]]}\n"
    small, large = plan_of(tmp_path_factory.mktemp("plan"), text, seeds=1).runs
    seconds = {"train": 1.25, "compile": 1.0}
    done = a_record("a", metrics={"test_accuracy": 0.97814}, seconds=seconds)
    others = a_record("b", "diverged"), a_record("c", "failed")
    runs = (replace(run, id=name) for run, name in zip((small, large, large), "abc", strict=True))
    return tuple(replace(record, run=run) for record, run in zip((done, *others), runs, strict=True))


def labeled(label: str = "sgd") -> Experiment:
    return an_experiment({"optimizer": ["adam", label]}, {("adam",): ["a"], (label,): ["b", "c"]})


def progress(monkeypatch, stream, records, label="sgd", watcher=watch):
    """What the end of three runs writes to stderr."""
    monkeypatch.setattr(sys, "stderr", stream)
    with watcher(labeled(label), [record.run for record in records]) as report:
        for record in records:
            report(record)
    return stream.getvalue()


@dataclass
class FakeWorker:
    run: Run | None
    program: str = "p"
    stage: str = ""
    ready: bool = True


def test_elsewhere_than_at_a_terminal_each_run_is_a_line(monkeypatch, records):
    assert progress(monkeypatch, io.StringIO(), records) == (
        "3 runs to train; starting workers\n"
        "[1/3] adam, seed 0: test accuracy 97.81 % (2.2 s)\n"
        "[2/3] sgd, seed 0: diverged in epoch 2, update 17\n"
        "[3/3] sgd, seed 0: failed: ValueError: no\n"
    )


def test_elsewhere_than_at_a_terminal_silence_is_broken(monkeypatch, records):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("gdbench.display.live_progress.progress.SILENCE", 0.05)
    workers = [FakeWorker(records[0].run, stage="epoch 2 of 5, test accuracy 91.00 %"), FakeWorker(None, ready=False)]
    activity = Activity(workers, "cluster: 2 workers")
    with watch(labeled(), [record.run for record in records], activity):
        for _ in range(200):
            if stream.getvalue().count("\n") > 2:
                break
            time.sleep(0.02)
    line = stream.getvalue().splitlines()[1]
    doing = "adam, seed 0: epoch 2 of 5, test accuracy 91.00 %; starting 1 worker; cluster: 2 workers"
    assert re.sub(r"\d+:\d\d", "T", line) == f"0 of 3 runs; elapsed T  left -; {doing}"


def test_a_terminal_has_a_bar_with_counts_and_labeled_times(monkeypatch, records):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    shown = progress(monkeypatch, Terminal(), records)
    # From the first moment on.
    assert "0/3" in shown
    assert "starting workers" in shown
    assert "3/3" in shown
    assert re.search(r"elapsed +0:0\d  left +0:0\d", shown)
    assert "done 1  diverged 1  failed 1" in shown


@pytest.mark.parametrize(
    ("ended", "line"),
    [(3, "3 runs in T, 1 diverged, 1 failed"), (1, "1 of 3 runs in T"), (2, "2 of 3 runs in T, 1 diverged")],
)
def test_a_single_line_stays_at_a_terminal(monkeypatch, records, ended, line):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    with watch(labeled(), [record.run for record in records]) as report:
        for record in records[:ended]:
            report(record)
    *_display, erased, last = re.split(r"\x1b\[2K", stream.getvalue())
    # The lines of the display are erased one by one, from the last to the first.
    assert erased == "\x1b[1A"
    assert re.sub(r"\d+:\d\d", "T", last) == f"{line}\n"


def test_no_line_is_wider_than_the_terminal_and_all_workers_have_one(monkeypatch, records):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    workers = [FakeWorker(records[0].run, stage="training") for _ in range(10)]
    with watch(labeled("x" * 100), [record.run for record in records], Activity(workers)) as report:
        report(records[1])
        time.sleep(0.6)
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", stream.getvalue())
    assert plain.count("adam, seed 0: training") >= 8
    assert "and 2 more runs under way" in plain
    assert max(len(line.rstrip()) for line in re.split(r"[\r\n]", plain)) <= 80


def test_under_no_color_the_bar_has_no_color(monkeypatch, records):
    monkeypatch.setenv("TERM", "xterm-256color")
    colors = r"\x1b\[[\d;]*[349]\d"
    assert re.search(colors, progress(monkeypatch, Terminal(), records))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(colors, progress(monkeypatch, Terminal(), records))


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_a_label_is_no_markup_and_cannot_break_the_line(monkeypatch, stream, records):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    assert r"[/bold]\n\x1b[2J" in progress(monkeypatch, stream(), records, "[/bold]\n\x1b[2J")


def test_quiet_is_quiet(monkeypatch, records):
    assert progress(monkeypatch, io.StringIO(), records, watcher=lambda _experiment, runs: silent(runs)) == ""


def test_a_run_of_two_comparisons_has_the_name_of_the_first():
    first = an_experiment({"optimizer": ["adam"], "size": ["32"]}, {("adam", "32"): ["a"], ("sgd", "32"): ["b"]})
    second = Comparison("alone", "", (), (Point((), ("b", "c")),), (0,))
    experiment = Experiment("two", "Two", (*first.comparisons, second))
    assert run_names(experiment) == {"a": "adam / 32", "b": "sgd / 32", "c": "alone"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Traceback (most recent call last):\n  File ...\nValueError: no such layer\n", "ValueError: no such layer"),
        (
            "the worker was killed by signal 9 (SIGKILL); the end of its log:\nfirst\nsecond",
            "the worker was killed by signal 9 (SIGKILL); the end of its log:",
        ),
        ("not finished after the 2 seconds of --timeout", "not finished after the 2 seconds of --timeout"),
    ],
)
def test_a_failure_in_one_line(error, words):
    record = replace(a_record("a", "failed"), outcome=Outcome("failed", error=error))
    assert ending_text(record) == f"failed: {words}"


def test_the_display_goes_on_while_libraries_are_silenced(monkeypatch, records):
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        saved = os.dup(2)
        os.dup2(theirs, 2)
        try:
            with watch(labeled(), [record.run for record in records]), quiet_stderr():
                time.sleep(1.3)
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert shown.count("starting workers") >= 2
    assert "0:01" in shown


def test_a_run_without_test_images_ends_with_its_validation_accuracy():
    assert ending_text(a_record(metrics={"val_accuracy": 0.9, "collapsed": False})) == "validation accuracy 90.00 %"
