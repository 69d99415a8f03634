import csv
from dataclasses import replace

from gdbench.comparison.results import Results
from gdbench.display.sweep_summary import conclude
from gdbench.records import Outcome
from tests.builders import a_record, accuracies, an_experiment


def concluded(folder, **others):
    experiment = an_experiment({"optimizer": ["adam", "sgd"]}, {("adam",): ["a0"], ("sgd",): ["b0", "b1"]})
    said = []
    records = {**accuracies("a", 0.5), **accuracies("b", 0.25, 0.75), **others}
    return conclude(Results(experiment, records), folder, said.append), said


def test_tables_on_stdout_and_as_files(tmp_path, capsys):
    failed, said = concluded(tmp_path)
    path = tmp_path / "tables" / "optimizers.csv"
    assert failed == []
    assert said == [f"written: {path}"]
    assert capsys.readouterr().out.startswith("Optimizers on MNIST: test accuracy after the last epoch, 2 seeds\n")
    assert [row["test_accuracy_mean"] for row in csv.DictReader(path.read_text().splitlines())] == ["0.5", "0.5"]


def test_a_failed_run_is_a_row_and_a_line(tmp_path, capsys):
    failed, said = concluded(tmp_path, b1=a_record("b1", "failed"))
    assert [record.run.id for record in failed] == ["b1"]
    assert said[1:] == [
        "b1 (sgd, seed 0) failed: ValueError: no",
        f"1 of 3 runs failed; gdbench show {tmp_path} b1 prints it in full",
    ]
    assert "  sgd        25.00 %  1/2, 1 failed " in capsys.readouterr().out


def test_the_hint_names_a_run_with_a_traceback_if_there_is_one(tmp_path):
    error = "Traceback (most recent call last):\n  File ...\nValueError: no\n"
    traced = replace(a_record("b1", "failed"), outcome=Outcome("failed", error=error))
    _failed, said = concluded(tmp_path, b0=a_record("b0", "failed"), b1=traced)
    assert said[-1] == f"2 of 3 runs failed; gdbench show {tmp_path} b1 prints the traceback"


def test_a_failed_run_that_is_no_longer_asked_for_is_no_failure(tmp_path):
    assert concluded(tmp_path, old=a_record("old", "failed"))[0] == []


def test_all_runs_diverged_is_a_table_too(tmp_path, capsys):
    diverged = {run: a_record(run, "diverged") for run in ("a0", "b0", "b1")}
    assert concluded(tmp_path, **diverged)[0] == []
    assert "  sgd        diverged  0/2, 2 diverged" in capsys.readouterr().out
    rows = csv.DictReader((tmp_path / "tables" / "optimizers.csv").read_text().splitlines())
    assert [(row["diverged"], row["test_accuracy_mean"]) for row in rows] == [("1", ""), ("2", "")]


def test_only_the_models_that_still_exist_are_counted_and_the_others_named(tmp_path):
    kept = {
        run: replace(a_record(run), outcome=replace(a_record(run).outcome, model=f"models/{run}.keras"))
        for run in ("b0", "b1")
    }
    said = " ".join(concluded(tmp_path, **kept)[1])
    assert "Keras models:" not in said
    assert f"2 Keras models missing from {tmp_path / 'models'}: b0, b1; " in said
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "b1.keras").write_bytes(b"")
    said = concluded(tmp_path, **kept)[1]
    assert f"1 Keras model: {tmp_path / 'models'}" in said
    assert any(line.startswith(f"1 Keras model missing from {tmp_path / 'models'}: b0; ") for line in said)
