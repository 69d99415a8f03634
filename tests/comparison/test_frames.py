from dataclasses import replace

import pytest

from gdbench.comparison.frames import curves_frames, history_frame, rows_frame, runs_frame
from gdbench.comparison.results import Results
from gdbench.records import Run
from tests.builders import a_record, a_run, accuracies, an_experiment

HISTORY = {"epoch": [0.5, 1], "update": [5, 10], "test_accuracy": [0.5, None], "val_loss": [2.0, 1.0]}
POINTS = {("sgd",): ["a0", "a1"], ("adam",): ["b0", "b1", "b2"]}


def with_settings(run_id: str, **sections: dict) -> Run:
    return replace(a_run(run_id), **sections)


@pytest.fixture
def results() -> Results:
    """A row of a done and a diverged run, and one of a failed run, a done one without history and a missing one."""
    records = {
        "a0": a_record(
            "a0", metrics={"test_accuracy": 0.75, "collapsed": False}, history=HISTORY, seconds={"train": 2}
        ),
        "a1": a_record("a1", "diverged", history={name: values[:1] for name, values in HISTORY.items()}, clock=[1.5]),
        "b0": a_record("b0", "failed"),
        **accuracies("b1", 0.25),
    }
    records["b1"] = a_record("b1", metrics={"test_accuracy": 0.25, "collapsed": True})
    del records["b10"]
    schedule = {"name": "step", "every": 3, "rates": [0.1, [1, 2]]}
    settings = with_settings(
        "a0",
        optimizer={"name": "own:Signum", "momentum": 0.9, "code": {"family": "optimizer", "file": "x", "sha256": "ff"}},
        training={"epochs": 3, "schedule": schedule},
        architecture={"name": "layers", "layers": [{"name": "Dense", "units": 4}]},
        regularization={"dropout": {"input": 0.2, "hidden": 0.5}},
    )
    records["a0"] = replace(records["a0"], run=settings)
    return Results(an_experiment({"optimizer": ["sgd", "adam"]}, POINTS), records)


def test_a_row_for_each_run_with_its_settings_by_path(results: Results):
    frame = runs_frame(results)
    assert frame.index.name == "id"
    assert list(frame.index) == ["a0", "a1", "b0", "b1", "b2"]
    first = frame.loc["a0"].dropna()
    assert {name: first[name] for name in first.index if "." in name and not name.startswith("environment")} == {
        "architecture.layers": ('{"name": "Dense", "units": 4}',),
        "optimizer.momentum": 0.9,
        "optimizer.code": "ff",
        "training.epochs": 3,
        "training.schedule": "step",
        "training.schedule.every": 3,
        "training.schedule.rates": (0.1, (1, 2)),
        "regularization.dropout.input": 0.2,
        "regularization.dropout.hidden": 0.5,
    }
    assert first[["dataset", "architecture", "optimizer"]].tolist() == ["mnist", "layers", "own:Signum"]


def test_sections_stand_together_before_what_was_measured(results: Results):
    columns = list(runs_frame(results).columns)
    sections = [name.partition(".")[0] for name in columns[2:]]
    assert columns[:2] == ["seed", "status"]
    assert list(dict.fromkeys(sections))[:6] == [
        *("dataset", "architecture", "optimizer", "training", "regularization"),
        "test_accuracy",
    ]
    # `optimizer.learning_rate` comes from the second run only.
    assert sections.index("training") > max(index for index, part in enumerate(sections) if part == "optimizer")


def test_every_run_has_a_row_however_it_ended(results: Results):
    frame = runs_frame(results)
    assert frame["status"].tolist() == ["done", "diverged", "failed", "done", "missing"]
    assert frame["seed"].tolist() == [0, 0, 0, 0, 2]
    assert frame["test_accuracy"].tolist()[::3] == [0.75, 0.25]
    assert frame["test_error"].tolist()[0] == 0.25
    assert frame["test_accuracy"].isna().tolist() == [False, True, True, False, True]
    assert frame.loc["a0", "train_seconds"] == frame.loc["a0", "seconds"] == 2
    assert frame.loc["b1", "collapsed"]
    assert frame.loc["a1", "diverged_epoch"] == 2
    assert frame.loc["b0", "error"] == "ValueError: no"
    assert frame.loc["a0", "environment.keras"] == "3.15.0"


def test_a_planned_run_has_its_settings_before_it_is_trained(results: Results):
    frame = runs_frame(results, [a_run("b2", seed=7)])
    assert frame.loc["b2", ["status", "seed", "training.epochs"]].tolist() == ["missing", 7, 3]


def test_a_row_for_each_evaluation(results: Results):
    frame = history_frame(results)
    assert list(frame.index) == ["a0", "a0", "a1"]
    assert list(frame.columns) == ["epoch", "update", "test_accuracy", "val_loss", "train_seconds"]
    assert frame["epoch"].tolist() == [0.5, 1, 0.5]
    assert frame["test_accuracy"].isna().tolist() == [False, True, False]
    # The first record is from before seconds were kept.
    assert frame["train_seconds"].isna().tolist() == [True, True, False]
    joined = frame.join(runs_frame(results)[["optimizer", "seed"]])
    assert joined["optimizer"].tolist() == ["own:Signum", "own:Signum", "adam"]


def test_a_run_of_several_comparisons_has_a_row_of_each():
    experiment = an_experiment({"optimizer": ["sgd"]}, {("sgd",): ["a0", "a1"]})
    other = replace(experiment.comparisons[0], name="other")
    frame = rows_frame((*experiment.comparisons, other))
    assert frame.reset_index().values.tolist() == [
        [run, name, "sgd"] for name in ("optimizers", "other") for run in ("a0", "a1")
    ]


def test_curves_have_the_labels_of_their_row(results: Results):
    [measurement] = results.measurements
    [frame] = curves_frames(measurement)
    assert list(frame.columns)[:6] == ["optimizer", "seed", "id", "status", "epoch", "update"]
    assert frame[["optimizer", "id", "status"]].values.tolist() == [
        ["sgd", "a0", "done"],
        ["sgd", "a0", "done"],
        ["sgd", "a1", "diverged"],
    ]


def test_nothing_trained_is_a_frame_without_measurements():
    empty = Results(an_experiment({"optimizer": ["sgd"]}, {("sgd",): ["a0"]}), {})
    assert runs_frame(empty).reset_index().values.tolist() == [["a0", 0, "missing"]]
    assert history_frame(empty).empty
    assert [frame.empty for frame in curves_frames(empty.measurements[0])] == [True]


@pytest.mark.parametrize(
    ("last", "clock", "row"),
    [
        ({"epoch": [1], "update": [5]}, None, "sgd,1,a1,done,1,5\n"),
        (HISTORY, None, "sgd,1,a1,done,1.0,5,,\n"),
        ({"epoch": [1], "test_loss": [2]}, [1.5], "sgd,1,a1,done,1,5.0,,\n"),
    ],
)
def test_parts_of_the_curves_are_written_as_all_of_them(last, clock, row):
    histories = {"a0": {}, "a1": {"epoch": [1, 2], "update": [5, 10]}, "b0": last}
    records = {run: replace(a_record(run, history=history)) for run, history in histories.items()}
    records = {run: replace(record, run=replace(record.run, seed=int(run[1]))) for run, record in records.items()}
    records["b0"] = replace(records["b0"], outcome=replace(records["b0"].outcome, clock=clock))
    measurement = Results(an_experiment({"optimizer": ["sgd", "adam"]}, POINTS), records).measurements[0]
    parts = [frame.to_csv(index=False, header=not part) for part, frame in enumerate(curves_frames(measurement, 1))]
    assert (len(parts), parts[1].splitlines(keepends=True)[0]) == (3, row)
    [whole] = curves_frames(measurement)
    assert "".join(parts) == whole.to_csv(index=False)
