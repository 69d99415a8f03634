import io
import re

import pytest
from rich.cells import cell_len

from gdbench.comparison.arrange import pivot
from gdbench.comparison.results import Results
from gdbench.display.formats import terminal
from gdbench.display.sheets.sheet import Column, Sheet
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, accuracies, an_experiment
from tests.display.screens import Terminal, at_a_terminal, on_a_pipe


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
        "Optimizers on MNIST: test accuracy after the last epoch, 3 seeds\n"
        "  optimizer  learning_rate      mean    95 %  runs                                           sd    median"
        "      min      max\n"
        "  adam       0.001           97.82 %  ± 0.08                                             0.03 %   97.81 %"
        "  97.79 %  97.85 %\n"
        "  sgd        10             diverged       -  0/3, 3 diverged                                 -  diverged"
        "        -        -\n"
        "  sgd        1               10.00 %       -  1/3, 1 failed, 1 missing, 1 collapsed [1]       -   10.00 %"
        "  10.00 %  10.00 %\n"
        "  new        1                     -       -  0/3, 3 missing                                  -         -"
        "        -        -\n"
        "Nothing is compared: it takes two rows without a missing, failed, diverged or partly collapsed run.\n"
        "95 % intervals: Student's t over 3 seeds (initial weights, batch order; the data are the same).\n"
        "[1] collapsed 1 of 3: at least 99 % of the last test predictions are one class\n"
    )


def test_precision_is_a_number_of_decimals():
    assert "97.8167 %" in printed(sample(), precision=4)


def test_losses_have_four_decimals_and_seconds_two():
    records = {"a": a_record("a", metrics={"test_loss": 0.123456}, seconds={"train": 1.23456})}
    records["b"] = a_record("b", metrics={"test_loss": 1.5e20}, seconds={"train": 1.0})
    experiment = an_experiment({"optimizer": ["a", "b"]}, {("a",): ["a"], ("b",): ["b"]})
    tables = Results(experiment, records).tables(["test_loss", "train_seconds"], ["last"])
    loss, seconds, _shared = printed(tables).split("\n\n")
    assert loss.startswith("Optimizers on MNIST: test loss after the last epoch, 1 seed\n")
    assert " 0.1235 " in loss
    assert " 1.5000e+20 " in loss
    assert seconds.startswith("Optimizers on MNIST: train seconds, 1 seed\n")
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
    points = {("学习率很高的优化器",): ["a0"], ("adam",): ["b0"]}
    shown = Results(an_experiment({"optimizer": []}, points), {}).tables(["test_accuracy"], ["last"])
    lines = printed(shown).splitlines()
    assert lines[2].startswith("  学习率很高的优化器     -  0/1")
    assert lines[3].startswith("  adam                   -  0/1")
    narrow = at_a_terminal(TablesPrintout(shown), 30).splitlines()
    assert all(cell_len(line) <= 30 for line in narrow)
    assert narrow[4] == "  学习率很高的优化器     -"


def test_a_narrow_terminal_folds_and_loses_nothing(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    label = "abcdefghijklmnopqrstuvwxyz"
    shown = Results(an_experiment({"optimizer": [label]}, {(label,): ["a0"]}), {}).tables(["test_accuracy"], ["last"])
    text = printed(shown, stream=Terminal())
    assert label in "".join(line[2:].split("  ")[0].strip() for line in text.splitlines() if line.startswith("  "))
    assert "…" not in text


def test_a_terminal_gets_a_bold_title_and_under_no_color_no_color(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1mOptimizers on MNIST" in printed(sample(), stream=Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*[349]\d", printed(sample(), stream=Terminal()))


def test_a_cell_of_a_turned_table_says_how_its_runs_ended():
    text = printed(pivot(sample(), "learning_rate"))
    assert text.splitlines()[0] == (
        "Optimizers on MNIST: test accuracy after the last epoch, 3 seeds; columns: optimizer"
    )
    assert text.splitlines()[1].split() == ["learning_rate", "adam", "sgd", "new"]
    assert text.splitlines()[2].split() == ["0.001", "97.82", "%"]
    assert text.splitlines()[3].endswith(" diverged [1]")
    assert " 10.00 % [2, 3] " in text.splitlines()[4]
    assert "[1] 0/3, 3 diverged\n[2] 1/3, 1 failed, 1 missing\n[3] collapsed 1 of 3" in text


def test_one_axis_turned_has_a_single_column():
    shown = Results(an_experiment({"optimizer": ["a"]}, {("a",): ["a0"]}), accuracies("a", 0.5)).tables(
        ["test_accuracy"], ["last"]
    )
    lines = printed(pivot(shown, "optimizer")).splitlines()
    assert lines[0] == "Optimizers on MNIST: test accuracy after the last epoch, 1 seed"
    assert lines[1].split() == ["optimizer", "mean"]
    assert lines[2].split(maxsplit=1) == ["a", "50.00 %"]


def test_an_encoding_without_the_sign_gets_two_that_it_has():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.write(TablesPrintout(sample()), stream)
    stream.seek(0)
    assert "97.82 %  +- 0.08 " in stream.read()


def test_the_best_row_is_bold_and_nothing_is_on_a_pipe():
    sheet = Sheet("t", (Column("a", label=True), Column("b")), (("x", 1), ("y", 2), ("z", 3)), strong={0, (1, 1)})
    lines = at_a_terminal(sheet, 80, "xterm-256color").splitlines()
    assert lines[2:] == [
        "\x1b[1m  x  1\x1b[0m",
        "  y  \x1b[1m2\x1b[0m",
        "  z  3",
    ]
    assert on_a_pipe(sheet) == "t\n  a  b\n  x  1\n  y  2\n  z  3\n"


def test_a_text_is_wrapped_between_words_at_a_terminal_alone():
    text = "  environment: " + ", ".join(f"name {number}.25 %" for number in range(6))
    assert on_a_pipe(text) == text + "\n"
    assert at_a_terminal(text, 40).splitlines() == [
        "  environment: name 0.25 %, name",
        "    1.25 %, name 2.25 %, name 3.25 %,",
        "    name 4.25 %, name 5.25 %",
    ]
