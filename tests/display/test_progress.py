import io
import re
import sys
from dataclasses import replace

import pytest

from gdbench.display.progress import ending, run_names, silent, watch
from gdbench.experiment.experiment import Comparison, Experiment, Point
from gdbench.records import Outcome
from tests.builders import a_record, an_experiment


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


RECORDS = (
    a_record("a", metrics={"test_accuracy": 0.97814}, seconds={"train": 1.25, "compile": 1.0}),
    a_record("b", "diverged"),
    a_record("c", "failed"),
)


def progress(monkeypatch, stream, label="sgd", watcher=watch):
    """What the end of three runs writes to stderr."""
    monkeypatch.setattr(sys, "stderr", stream)
    experiment = an_experiment({"optimizer": ["adam", label]}, {("adam",): ["a"], (label,): ["b", "c"]})
    with watcher(experiment, [record.run for record in RECORDS]) as report:
        for record in RECORDS:
            report(record)
    return stream.getvalue()


def test_elsewhere_than_at_a_terminal_each_run_is_a_line(monkeypatch):
    assert progress(monkeypatch, io.StringIO()) == (
        "[1/3] adam, seed 0: test accuracy 97.81 % (2.2 s)\n"
        "[2/3] sgd, seed 0: diverged in epoch 2, update 17\n"
        "[3/3] sgd, seed 0: failed: ValueError: no\n"
    )


def test_a_terminal_has_a_bar_with_counts(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    shown = progress(monkeypatch, Terminal())
    assert "3/3" in shown
    assert "done 1  diverged 1  failed 1" in shown


def test_under_no_color_the_bar_has_no_color(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    colors = r"\x1b\[[\d;]*[349]\d"
    assert re.search(colors, progress(monkeypatch, Terminal()))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(colors, progress(monkeypatch, Terminal()))


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_a_label_is_no_markup_and_cannot_break_the_line(monkeypatch, stream):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    assert r"[/bold]\n\x1b[2J" in progress(monkeypatch, stream(), "[/bold]\n\x1b[2J")


def test_quiet_is_quiet(monkeypatch):
    assert progress(monkeypatch, io.StringIO(), watcher=lambda _experiment, runs: silent(runs)) == ""


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
    assert ending(record) == f"failed: {words}"
