import io
import re

import pytest

from gdbench.comparison.arrange import pivot
from gdbench.comparison.results import Results
from gdbench.display.formats import terminal
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, accuracies, an_experiment


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def sample(metrics=("test_accuracy",), at=("last",)):
    records = {
        **accuracies("a", 0.9781, 0.9779, 0.9785),
        **{run: a_record(run, "diverged") for run in ("b0", "b1", "b2")},
        "c0": a_record("c0", metrics={"test_accuracy": 0.1, "collapsed": True}),
        "c1": a_record("c1", "failed"),
    }
    points = {
        ("adam", "0.001"): ["a0", "a1", "a2"],
        ("sgd", "10"): ["b0", "b1", "b2"],
        ("sgd", "1"): ["c0", "c1", "c2"],
        ("new", "1"): ["d0", "d1", "d2"],
    }
    axes = {"optimizer": ["adam", "sgd"], "optimizer.learning_rate": ["0.001"]}
    return Results(an_experiment(axes, points), records).tables(metrics, at)


def printed(shown, precision=None, stream=None) -> str:
    stream = stream or io.StringIO()
    terminal.write(TablesPrintout(shown, precision), stream)
    return stream.getvalue()


def test_the_table_as_people_read_it():
    assert printed(sample()) == (
        "Optimizers on MNIST: test_accuracy, last epoch\n"
        "optimizer  learning_rate  runs  done  diverged  failed        mean      sd       95 % interval    median"
        "      min      max  notes\n"
        "---------  -------------  ----  ----  --------  ------  ----------  ------  ------------------  --------"
        "  -------  -------  -----\n"
        "adam       0.001             3     3         0       0     97.82 %  0.03 %  97.74 % to 97.89 %   97.81 %"
        "  97.79 %  97.85 %\n"
        "sgd        10                3     0         3       0  diverged 3       -                   -  diverged"
        "        -        -\n"
        "sgd        1                 3     1         0       1     10.00 %       -                   -   10.00 %"
        "  10.00 %  10.00 %      1\n"
        "new        1                 3     0         0       0           -       -                   -         -"
        "        -        -\n"
        "[1] collapsed 1 of 3: at least 99 % of the last test predictions of such a run are one class\n"
    )


def test_precision_is_a_number_of_decimals():
    assert "97.8167 %" in printed(sample(), precision=4)


def test_losses_have_four_decimals_and_seconds_two():
    records = {"a": a_record("a", metrics={"test_loss": 0.123456}, seconds={"train": 1.23456})}
    records["b"] = a_record("b", metrics={"test_loss": 1.5e20}, seconds={"train": 1.0})
    experiment = an_experiment({"optimizer": ["a", "b"]}, {("a",): ["a"], ("b",): ["b"]})
    loss, seconds = printed(Results(experiment, records).tables(["test_loss", "train_seconds"], ["last"])).split("\n\n")
    assert loss.startswith("Optimizers on MNIST: test_loss, last epoch\n")
    assert " 0.1235 " in loss
    assert " 1.5000e+20 " in loss
    assert seconds.startswith("Optimizers on MNIST: train_seconds\n")
    assert " 1.23 " in seconds


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_a_pipe_gets_no_control_characters_and_no_cut_cells(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    monkeypatch.setenv("COLUMNS", "20")
    label = "a very long label " * 20
    shown = Results(an_experiment({"optimizer": [label]}, {(label,): ["a0"]}), {}).tables(["test_accuracy"], ["last"])
    text = printed(shown)
    assert label in text
    assert "\x1b" not in text
    assert len(text.splitlines()) == 4


def test_a_label_cannot_break_the_line_or_color_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    label = "red \x1b[31m\nnext [bold]"
    shown = Results(an_experiment({"optimizer": [label]}, {(label,): ["a0"]}), {}).tables(["test_accuracy"], ["last"])
    assert r"red \x1b[31m\nnext [bold]" in printed(shown)
    assert r"\x1b[31m\nnext [bold]" in printed(shown, stream=Terminal())


def test_wide_signs_stay_aligned():
    points = {("学习",): ["a0"], ("adam",): ["b0"]}
    shown = Results(an_experiment({"optimizer": []}, points), {}).tables(["test_accuracy"], ["last"])
    lines = printed(shown).splitlines()
    assert lines[3].startswith("学习          1     0")
    assert lines[4].startswith("adam          1     0")


def test_a_narrow_terminal_folds_and_loses_nothing(monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    label = "abcdefghijklmnopqrstuvwxyz"
    shown = Results(an_experiment({"optimizer": [label]}, {(label,): ["a0"]}), {}).tables(["test_accuracy"], ["last"])
    first_column = "".join(line[1:].split("  ")[0].strip() for line in printed(shown, stream=Terminal()).splitlines())
    assert label in first_column
    assert "…" not in printed(shown, stream=Terminal())


def test_a_terminal_gets_a_bold_title_and_under_no_color_no_color(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1mOptimizers on MNIST" in printed(sample(), stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*[349]\d", printed(sample(), stream=Terminal()))


def test_a_cell_of_a_turned_table_says_how_its_runs_ended():
    text = printed(pivot(sample(), "learning_rate"))
    assert text.splitlines()[0] == (
        "Optimizers on MNIST: test_accuracy, last epoch; optimizer across; mean (done/runs)"
    )
    assert text.splitlines()[1].split() == ["learning_rate", "adam", "sgd", "new"]
    assert "97.82 % (3/3)" in text
    assert "- (0/3, diverged 3)" in text
    assert "10.00 % (1/3, failed 1) [1]" in text
    assert "[1] collapsed 1 of 3" in text


def test_one_axis_turned_has_a_single_column():
    shown = Results(an_experiment({"optimizer": ["a"]}, {("a",): ["a0"]}), accuracies("a", 0.5)).tables(
        ["test_accuracy"], ["last"]
    )
    lines = printed(pivot(shown, "optimizer")).splitlines()
    assert lines[0] == "Optimizers on MNIST: test_accuracy, last epoch; mean (done/runs)"
    assert lines[1].split() == ["optimizer", "mean"]
    assert lines[3].split(maxsplit=1) == ["a", "50.00 % (1/1)"]


def test_thousands_of_rows_are_printed_without_the_slow_layout():
    points = {(str(number),): [f"{number}"] for number in range(1000)}
    shown = Results(an_experiment({"optimizer": []}, points), {}).tables(["test_accuracy"], ["last"])
    assert printed(shown, stream=Terminal()) == printed(shown)
