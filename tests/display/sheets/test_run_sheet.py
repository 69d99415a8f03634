import io
from dataclasses import replace

from gdbench.display.formats import terminal
from gdbench.display.sheets.run_sheet import RunPrintout
from gdbench.records import Outcome
from tests.builders import a_record
from tests.display.screens import at_a_terminal, on_a_pipe


def text(record):
    stream = io.StringIO()
    terminal.write(RunPrintout(record), stream)
    return stream.getvalue()


def test_a_run_in_full():
    record = a_record(
        "3f9c0a1b2c4d",
        metrics={"test_accuracy": 0.9781, "collapsed": False},
        history={"epoch": [1, 2], "val_loss": [0.25, None]},
        seconds={"train": 1.25, "compile": 0.0},
        commit=None,
    )
    assert text(record) == (
        "run 3f9c0a1b2c4d, seed 0: done\n"
        "started 2026-01-02T03:04:05Z, timing shared\n"
        "environment: python 3.12.3, keras 3.15.0, tensorflow 2.21.0, machine xeon, commit -\n"
        "seconds: train 1.25, compile 0\n"
        "\n"
        "dataset: name mnist\n"
        "architecture: name mlp, hidden [128]\n"
        "optimizer: name adam, learning_rate 0.001\n"
        "training: epochs 3\n"
        "regularization: \n"
        "\n"
        "test_accuracy: 0.9781\n"
        "collapsed: false\n"
        "\n"
        "epoch  val_loss\n"
        "    1      0.25\n"
        "    2         -\n"
    )


def test_numbers_have_six_digits_and_what_has_a_comma_is_quoted():
    record = a_record("3f9c", metrics={"test_loss": 0.093333334}, history={"epoch": [1], "test_loss": [0.093333334]})
    settings = {"name": "csv", "path": "a b.csv", "separator": ",", "drop": ["x, y"], "header": True}
    shown = text(replace(record, run=replace(record.run, dataset=settings)))
    assert "\ntest_loss: 0.0933333\n" in shown
    assert shown.endswith("\n    1  0.0933333\n")
    assert "dataset: name csv, path a b.csv, separator ',', drop ['x, y'], header true\n" in shown


def test_where_a_run_diverged_comes_second():
    assert text(a_record("b", "diverged")).splitlines()[:2] == [
        "run b, seed 0: diverged",
        "diverged in epoch 2, update 17",
    ]


def test_a_failed_run_ends_with_its_traceback():
    record = replace(a_record("c", "failed"), outcome=Outcome("failed", error="Traceback ...\nValueError: no\n"))
    assert text(record).endswith("\n\nTraceback ...\nValueError: no\n")


def test_recorded_losses_are_listed():
    record = replace(a_record("d"), outcome=Outcome("done", losses=[2.5, 1.25]))
    assert text(record).endswith("\n\nrecorded training losses: 2.5, 1.25\n")


def test_a_run_without_times_has_no_line_for_them():
    assert "seconds" not in text(a_record("c", "failed"))


def test_what_a_ledger_says_commands_no_terminal():
    record = a_record("3f9c0a1b2c4d", "failed", machine="a\nb\x1b[31m", **{"\u202ekey": ["\x07"]})
    error = "Traceback (most recent call last):\n\tx = '\x1b]0;title\x07'\r\nValueError: \u2066no\u200b\n"
    shown = text(replace(record, outcome=replace(record.outcome, error=error)))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert r"machine a\nb\x1b[31m, \u202ekey [\x07]" in shown
    assert shown.endswith(
        "Traceback (most recent call last):\n        x = '\\x1b]0;title\\x07'\\r\nValueError: \\u2066no\\u200b\n"
    )


def test_at_80_columns_no_word_breaks_and_each_part_of_the_history_has_its_epochs():
    history = {"epoch": [1, 2], "update": [10, 20], **{f"metric_number_{n}": [0.12345678, 0.2] for n in range(6)}}
    lines = at_a_terminal(RunPrintout(a_record("3f9c", history=history, machine="AMD EPYC, 2 cores, Linux")), 80)
    assert max(map(len, lines.splitlines())) <= 80
    assert lines.count("epoch  update  metric_number_") == 2
    whole = set(on_a_pipe(RunPrintout(a_record("3f9c", history=history, machine="AMD EPYC, 2 cores, Linux"))).split())
    assert set(lines.split()) <= whole


def test_recorded_layers_have_their_first_and_last_numbers():
    curves = {"gradient_norm": [[1e-7, 2e-7, 3.5e-7], [0.5, 0.25, None]], "weight_norm": [[8.0, 8.5, 9.0]] * 2}
    layers = {"every": 10, "names": ["hidden_1", "output"], "curves": curves}
    shown = text(replace(a_record("d"), outcome=Outcome("done", layers=layers)))
    assert shown.endswith(
        "\n"
        "Recorded of each layer every 10 updates: the first and the last number\n"
        "  layer     gradient_norm at 10  gradient_norm at 30  weight_norm at 10  weight_norm at 30\n"
        "  hidden_1                1e-07              3.5e-07                  8                  9\n"
        "  output                    0.5                    -                  8                  9\n"
    )


def test_measures_of_the_answers_and_the_largest_class():
    answers = {"last": {"epoch": 1, "ranks": [6, 1, 1, 0, 0, 0], "confusion": [[5, 0, 0], [1, 1, 0], [0, 1, 0]]}}
    record = replace(a_record("d"), outcome=Outcome("done", answers=answers))
    assert text(record).endswith(
        "\n\n"
        "test_balanced_accuracy: 0.5\n"
        "test_macro_f1: 0.469697\n"
        "test_top_3_accuracy: 1\n"
        "test_top_5_accuracy: 1\n"
        "largest class: 0, 62.50 % of the test images\n"
    )
    features = replace(record, run=replace(record.run, dataset={"name": "csv"}))
    named = replace(features, outcome=replace(record.outcome, labels=["no", "yes", "\x1b"]))
    assert text(named).endswith("largest class: no, 62.50 % of the test examples\n")
