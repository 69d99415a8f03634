import csv
import io

import pytest

from gdbench.comparison.results import Results
from gdbench.display.formats import csv as csv_format
from gdbench.display.sheets.table_sheets import flat_sheet
from gdbench.display.sweep_summary import write_tables
from gdbench.errors import SweepError
from tests.builders import a_record, accuracies, an_experiment


def csv_text(table):
    return csv_format.csv_text(flat_sheet(table))


def results_of_three_rows():
    history = {"epoch": [1], "test_accuracy": [0.25]}
    records = {
        "a0": a_record("a0", metrics={"test_accuracy": 0.1 + 0.2}, history=history, seconds={"train": 1.5}),
        "b0": a_record("b0", "diverged"),
    }
    axes = {"optimizer": ["sgd, plain", "adam"], "training.batch_size": ["32"]}
    points = {("sgd, plain", "32"): ["a0"], ("adam", "32"): ["b0"], ("new", "32"): ["c0"]}
    return Results(an_experiment(axes, points), records)


def sample(metrics=("test_accuracy",), at=("last",)):
    return results_of_three_rows().tables(metrics, at)[0]


def test_the_columns_verbatim():
    header = csv_text(sample(("test_accuracy", "train_seconds"), ("last", 1))).splitlines()[0]
    assert header == (
        "optimizer,training.batch_size,runs,done,diverged,failed,"
        "test_accuracy_mean,test_accuracy_sd,test_accuracy_ci_low,test_accuracy_ci_high,"
        "test_accuracy_median,test_accuracy_min,test_accuracy_max,"
        "test_accuracy_group,test_accuracy_difference,test_accuracy_p,"
        "test_accuracy_at_1_mean,test_accuracy_at_1_sd,test_accuracy_at_1_ci_low,test_accuracy_at_1_ci_high,"
        "test_accuracy_at_1_median,test_accuracy_at_1_min,test_accuracy_at_1_max,"
        "test_accuracy_at_1_group,test_accuracy_at_1_difference,test_accuracy_at_1_p,"
        "train_seconds_mean,train_seconds_sd,train_seconds_ci_low,train_seconds_ci_high,"
        "train_seconds_median,train_seconds_min,train_seconds_max,"
        "train_seconds_group,train_seconds_difference,train_seconds_p"
    )


@pytest.mark.parametrize("baseline", [None, "sgd"])
def test_letters_and_differences_follow_the_figures(baseline):
    records = {**accuracies("a", 0.5, 0.52, 0.51), **accuracies("b", 0.9, 0.91, 0.92), "c0": a_record("c0", "diverged")}
    points = {("sgd",): ["a0", "a1", "a2"], ("adam",): ["b0", "b1", "b2"], ("lion",): ["c0", "c1", "c2"]}
    results = Results(an_experiment({"optimizer": ["sgd", "adam", "lion"]}, points), records)
    [table] = results.tables(["test_accuracy"], ["last"], baseline=baseline)
    sgd, adam, lion = csv.DictReader(io.StringIO(csv_text(table)))
    other, same, sign = (adam, sgd, 1) if baseline else (sgd, adam, -1)
    assert [row["test_accuracy_group"] for row in (sgd, adam, lion)] == ["b", "a", ""]
    assert float(other["test_accuracy_difference"]) == pytest.approx(sign * 0.4)
    assert 0 < float(other["test_accuracy_p"]) < 0.001
    assert (same["test_accuracy_difference"], same["test_accuracy_p"]) == ("", "")
    assert (lion["test_accuracy_difference"], lion["test_accuracy_p"]) == ("", "")


def test_fractions_in_full_precision_and_nothing_where_there_is_nothing():
    done, diverged, new = csv.DictReader(io.StringIO(csv_text(sample())))
    assert done["optimizer"] == "sgd, plain"
    assert done["training.batch_size"] == "32"
    assert (done["runs"], done["done"], done["diverged"], done["failed"]) == ("1", "1", "0", "0")
    assert float(done["test_accuracy_mean"]) == 0.1 + 0.2
    assert done["test_accuracy_sd"] == ""
    assert (diverged["diverged"], diverged["test_accuracy_mean"], diverged["test_accuracy_median"]) == ("1", "", "-inf")
    assert (new["done"], new["test_accuracy_median"]) == ("0", "")


def test_the_file_is_replaced_whole(tmp_path):
    path = tmp_path / "tables" / "optimizers.csv"
    said = []
    write_tables(results_of_three_rows(), tmp_path, said.append)
    path.write_text("edited by hand")
    write_tables(results_of_three_rows(), tmp_path, said.append)
    assert said == [f"written: {path}", f"written: {path.with_name('optimizers-history.csv')}"] * 2
    assert path.read_text() == csv_text(sample(("test_accuracy", "train_seconds")))
    # No temporary file is left over.
    assert sorted(file.name for file in path.parent.iterdir()) == ["optimizers-history.csv", "optimizers.csv"]


def test_a_write_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "tables" / "optimizers.csv"
    path.parent.mkdir()
    path.write_text("old")

    def full_disk(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full_disk)
    with pytest.raises(SweepError) as caught:
        write_tables(results_of_three_rows(), tmp_path, print)
    advice = "runs in the ledger are kept; free some space, then run the same command again to continue"
    assert str(caught.value) == f"{path}: cannot write: No space left on device; {advice}"
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_without_axes_the_counts_come_first():
    [table] = Results(an_experiment({}, {(): ["a0"]}), accuracies("a", 0.5)).tables(["test_accuracy"], ["last"])
    assert csv_text(table).splitlines() == [
        "runs,done,diverged,failed,test_accuracy_mean,test_accuracy_sd,test_accuracy_ci_low,test_accuracy_ci_high,"
        "test_accuracy_median,test_accuracy_min,test_accuracy_max,"
        "test_accuracy_group,test_accuracy_difference,test_accuracy_p",
        "1,1,0,0,0.5,,,,0.5,0.5,0.5,,,",
    ]


def test_rows_with_something_to_note_have_a_last_column_for_it():
    alone = {
        run: a_record(
            run, metrics={"test_accuracy": 0.1, "collapsed": True}, timing="exclusive", seconds={"train": 1.0}
        )
        for run in ("b0",)
    }
    records = {"a0": a_record("a0", seconds={"train": 2.0}), **alone}
    experiment = an_experiment({"optimizer": ["adam", "sgd"]}, {("adam",): ["a0"], ("sgd",): ["b0"]})
    text = csv_text(Results(experiment, records).tables(["train_seconds"], ["last"])[0])
    assert text.partition("\n")[0].endswith("train_seconds_p,notes")
    shared, exclusive = (row["notes"] for row in csv.DictReader(io.StringIO(text)))
    assert shared == "timing shared (this comparison mixes exclusive, shared)"
    assert exclusive.startswith("collapsed 1 of 1: ")
    assert exclusive.endswith("; timing exclusive (this comparison mixes exclusive, shared)")


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("@SUM(1+1)", "'@SUM(1+1)"),
        ("-1+2", "'-1+2"),
        ("+-1", "'+-1"),
        (" =1+1", "' =1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-inf", "'-inf"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("-1", "-1"),
        ("+1e-3", "+1e-3"),
        ("-5 %", "-5 %"),
        ("a=b", "a=b"),
    ],
)
def test_a_label_is_neither_a_formula_nor_a_command(label, cell):
    axes = {"optimizer": [label]}
    [table] = Results(an_experiment(axes, {(label,): ["a0"]}), accuracies("a", -0.5)).tables(
        ["test_accuracy"], ["last"]
    )
    [row] = csv.DictReader(io.StringIO(csv_text(table)))
    assert row["optimizer"] == cell
    # Figures are numbers, whatever their sign.
    assert row["test_accuracy_mean"] == "-0.5"
