import math
from dataclasses import replace

import pytest

from gdbench.comparison.results import Results
from tests.builders import a_record, accuracies, an_experiment

AXES = {"optimizer": ["sgd", "adam"]}


def one_table(points, records, metrics=("test_accuracy",), at=("last",)):
    [table] = Results(an_experiment(AXES, points), records).tables(metrics, at)
    return table


def by_id(*records):
    return {record.run.id: record for record in records}


def test_one_row_a_point_in_the_order_of_the_file():
    records = {**accuracies("b", 0.5), **accuracies("a", 0.9, 0.7)}
    table = one_table({("sgd",): ["a0", "a1"], ("adam",): ["b0", "b1"]}, records)
    assert (table.comparison, table.title, table.axes) == ("optimizers", "Optimizers on MNIST", ("optimizer",))
    assert [row.labels for row in table.rows] == [("sgd",), ("adam",)]
    assert [(row.runs, row.done) for row in table.rows] == [(2, 2), (2, 1)]
    assert [row.statistics[0].mean for row in table.rows] == [pytest.approx(0.8), 0.5]


def test_how_the_runs_ended_stands_beside_the_mean():
    records = by_id(
        a_record("a", metrics={"test_accuracy": 0.8}),
        a_record("b", "diverged"),
        a_record("c", "failed"),
        a_record("d", "interrupted"),
    )
    [row] = one_table({("sgd",): ["a", "b", "c", "d", "e"]}, records).rows
    assert (row.runs, row.done, row.diverged, row.failed) == (5, 1, 1, 1)
    assert (row.statistics[0].n, row.statistics[0].mean) == (1, 0.8)
    assert row.statistics[0].median == -math.inf


def test_nothing_trained_gives_rows_with_nothing_done():
    [row] = one_table({("sgd",): ["a", "b"]}, {}, ("val_accuracy", "train_seconds"), ("best_val", 3)).rows
    assert (row.runs, row.done, row.notes) == (2, 0, ())
    assert [figures.n for figures in row.statistics] == [0, 0, 0]


def test_runs_no_longer_asked_for_stay_out():
    records = {**accuracies("a", 0.9), "old": a_record("old", keras="2.0")}
    results = Results(an_experiment(AXES, {("sgd",): ["a0"]}), records)
    assert [record.run.id for record in results.own_records] == ["a0"]
    assert results.tables(["test_accuracy"], ["last"])[0].rows[0].notes == ()


def test_collapsed_runs_are_counted_and_noted():
    collapsed = {"test_accuracy": 0.1, "collapsed": True}
    records = by_id(a_record("a", metrics=collapsed), a_record("b"), a_record("c"))
    table = one_table({("sgd",): ["a", "b"], ("adam",): ["c"]}, records)
    assert [row.collapsed for row in table.rows] == [1, 0]
    assert table.rows[0].notes == ("collapsed 1 of 2: at least 99 % of the last test predictions are one class",)
    assert table.rows[1].notes == ()


def test_runs_without_test_images_collapse_on_the_validation_images():
    records = by_id(a_record("a", metrics={"val_accuracy": 0.1, "collapsed": True}))
    [row] = one_table({("sgd",): ["a"]}, records, ("val_accuracy",)).rows
    assert "at least 99 % of the last validation predictions are one class" in row.notes[0]


def test_a_row_that_collapses_now_and_then_has_no_interval_but_of_its_times():
    metrics = [{"test_accuracy": 0.9, "collapsed": False}, {"test_accuracy": 0.1, "collapsed": True}]
    records = by_id(
        *(a_record(f"a{seed}", metrics=metrics[seed == 2], seconds={"train": seed}) for seed in range(3)),
        *(a_record(f"b{seed}", metrics=metrics[1], seconds={"train": seed}) for seed in range(3)),
    )
    points = {(name,): [f"{name}{seed}" for seed in range(3)] for name in "ab"}
    table = one_table(points, records, ("test_accuracy", "train_seconds"))
    assert [row.is_partly_collapsed for row in table.rows] == [True, False]
    partly, wholly = (row.statistics for row in table.rows)
    assert (partly[0].median, partly[0].ci_low, partly[0].ci_high) == (0.9, None, None)
    assert partly[1].ci_low is not None
    assert wholly[0].ci_low == pytest.approx(0.1)


def test_each_selection_has_a_separation_of_the_whole_table():
    records = {**accuracies("a", 0.5, 0.6, 0.55), **accuracies("b", 0.9, 0.95, 0.92)}
    points = {("sgd",): ["a0", "a1", "a2"], ("adam",): ["b0", "b1", "b2"]}
    [table] = Results(an_experiment(AXES, points), records).tables(
        ["test_accuracy", "test_error"], ["last"], test="paired", baseline="sgd"
    )
    assert [row.key for row in table.rows] == ["sgd", "adam"]
    assert [(each.test, each.best, each.baseline) for each in table.separations] == [("paired", "adam", "sgd")] * 2
    accuracy, error = (each.rows["adam"].from_baseline for each in table.separations)
    assert error.mean == pytest.approx(-accuracy.mean)
    assert error.p == pytest.approx(accuracy.p)


@pytest.mark.parametrize("name", ["python", "keras", "tensorflow", "machine"])
def test_several_origins_are_noted_in_each_row(name):
    records = by_id(a_record("a", **{name: "x"}), a_record("b", **{name: "y"}), a_record("c", **{name: "y"}))
    table = one_table({("sgd",): ["a", "b"], ("adam",): ["c", "d"], ("none",): ["e"]}, records)
    assert [row.notes for row in table.rows] == [
        (f"{name} x and y (this comparison mixes x, y)",),
        (f"{name} y (this comparison mixes x, y)",),
        (),
    ]


def test_a_failed_run_of_another_machine_mixes_nothing():
    records = by_id(a_record("a"), a_record("b", "failed", machine="laptop"))
    assert one_table({("sgd",): ["a", "b"]}, records).rows[0].notes == ()


def test_mixed_timing_is_noted_where_times_are_shown():
    records = by_id(a_record("a", seconds={"train": 1.0}), a_record("b", seconds={"train": 2.0}, timing="exclusive"))
    points = {("sgd",): ["a"], ("adam",): ["b"]}
    assert [row.notes for row in one_table(points, records).rows] == [(), ()]
    assert [row.notes for row in one_table(points, records, ["train_seconds"]).rows] == [
        ("timing shared (this comparison mixes exclusive, shared)",),
        ("timing exclusive (this comparison mixes exclusive, shared)",),
    ]


def test_a_mean_over_other_runs_than_the_done_ones_says_so():
    long, short = {"epoch": [1, 2], "test_accuracy": [0.5, 0.6]}, {"epoch": [1], "test_accuracy": [0.5]}
    records = by_id(a_record("a", history=long), a_record("b", history=short), a_record("c", "diverged", history=short))
    [row] = one_table({("sgd",): ["a", "b", "c"]}, records, at=[1, 2]).rows
    assert row.notes == (
        "test_accuracy_at_1: 3 of 3 runs have a value, 2 are done",
        "test_accuracy_at_2: 1 of 3 runs have a value, 2 are done",
    )
    first, second = row.statistics
    assert first.median == 0.5  # the run that diverged later had its value then
    assert (second.n, second.median) == (1, -math.inf)


def test_a_missed_target_is_no_part_of_the_mean_and_worst_in_the_median():
    history = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.9]}
    missed = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.6]}
    records = by_id(a_record("a", history=history), a_record("b", history=missed), a_record("c", history=missed))
    experiment = an_experiment(AXES, {("sgd",): ["a", "b", "c"]})
    targeted = replace(experiment, comparisons=(replace(experiment.comparisons[0], target=0.8),))
    [table] = Results(targeted, records).tables(["updates_to_target"], ["last", 2])
    [row] = table.rows
    assert [selection.name for selection in table.selections] == ["updates_to_target"]
    assert (row.statistics[0].n, row.statistics[0].mean, row.statistics[0].median) == (1, 20, math.inf)
    assert row.notes == ("updates_to_target: 1 of 3 runs have reached the target",)


def test_without_axes_there_is_one_row():
    [table] = Results(an_experiment({}, {(): ["a0"]}), accuracies("a", 0.9)).tables(["test_accuracy"], ["last"])
    assert [(row.labels, row.done) for row in table.rows] == [((), 1)]
