import math

import pytest

from gdbench.comparison.values import value
from gdbench.experiment.moment import Seconds
from gdbench.metrics import METRICS
from tests.builders import a_record

HISTORY = {
    "epoch": [1, 1.5, 2, 3],
    "val_accuracy": [0.7, None, 0.9, 0.9],
    "test_accuracy": [0.71, 0.99, 0.91, 0.93],
    "test_loss": [0.5, 0.4, 0.2, 0.3],
}
RECORD = a_record(
    metrics={"test_accuracy": 0.93, "test_loss": 0.3, "collapsed": False},
    history=HISTORY,
    seconds={"train": 1.5, "evaluate": 0.25, "compile": 2.0, "data": 0.0},
    images=600,
)


@pytest.mark.parametrize(
    ("metric", "at", "expected"),
    [
        ("test_accuracy", "last", 0.93),
        ("test_accuracy", "best_val", 0.91),  # the earlier of the two best
        ("test_accuracy", "max", 0.99),
        ("test_accuracy", 1, 0.71),
        ("test_accuracy", 4, None),
        ("test_loss", "last", 0.3),
        ("test_loss", "best_val", 0.2),
        ("test_loss", "max", 0.2),
        ("test_error", "last", pytest.approx(0.07)),
        ("test_error", "max", pytest.approx(0.01)),
        ("test_error", 4, None),
        ("val_accuracy", "last", None),
        ("val_accuracy", 2, 0.9),
        ("train_loss", "max", None),
        ("train_loss", 1, None),
        ("train_seconds", "last", 1.5),
        ("evaluate_seconds", 7, 0.25),
        ("compile_seconds", "best_val", 2.0),
        ("data_seconds", "last", 0.0),
        ("images_per_second", "last", 400.0),
        ("images_per_second", 3, 400.0),
    ],
)
def test_the_value_of_a_metric_at_an_epoch(metric, at, expected):
    assert value(RECORD, METRICS[metric], at) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.1, None), (0.2, 0.71), (0.39, 0.71), (0.4, 0.99), (1.4, 0.91), (1.5, 0.93), (9, 0.93)]
)
def test_within_a_time_the_last_evaluation_counts(seconds, expected):
    clock = [0.2, 0.4, 1.0, 1.5]
    record = a_record(metrics={"test_accuracy": 0.93}, history=HISTORY, seconds={"train": 1.5}, clock=clock)
    assert value(record, METRICS["test_accuracy"], Seconds(seconds)) == expected
    assert value(RECORD, METRICS["test_accuracy"], Seconds(seconds)) is None
    # It diverged after 1.6 seconds.
    diverged = a_record(status="diverged", history=HISTORY, seconds={"train": 1.6}, clock=clock)
    assert value(diverged, METRICS["test_accuracy"], Seconds(seconds)) == (None if seconds == 9 else expected)


def test_without_validation_data_there_is_no_best_epoch():
    record = a_record(history={"epoch": [1], "test_accuracy": [0.7]})
    assert value(record, METRICS["test_accuracy"], "best_val") is None


def test_a_diverged_run_has_only_the_epochs_before_it_diverged():
    record = a_record(status="diverged", history=HISTORY, seconds={"train": 1.5})
    assert value(record, METRICS["test_accuracy"], 2) == 0.91
    for at in ("last", "max", "best_val", 4):
        assert value(record, METRICS["test_accuracy"], at) is None
    assert value(record, METRICS["train_seconds"], "last") is None


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_run_that_did_not_end_has_no_value(status):
    record = a_record(status=status, history=HISTORY, seconds={"train": 1.5})
    for at in ("last", "max", "best_val", 1):
        assert value(record, METRICS["test_accuracy"], at) is None
    assert value(record, METRICS["train_seconds"], "last") is None


TARGETED = {"epoch": [0.5, 1, 2], "update": [50, 100, 200], "test_accuracy": [0.7, 0.9, 0.95]}


@pytest.mark.parametrize(
    ("metric", "target", "expected"),
    [
        ("epochs_to_target", 0.7, 0.5),
        ("epochs_to_target", 0.8, 1),
        ("updates_to_target", 0.95, 200),
        ("seconds_to_target", 0.9, 2.5),
        ("updates_to_target", 0.96, math.inf),
        ("seconds_to_target", 0.96, math.inf),
        ("epochs_to_target", None, None),
    ],
)
def test_what_it_took_to_reach_a_target(metric, target, expected):
    record = a_record(history=TARGETED, clock=[1.2, 2.5, 5.0])
    assert value(record, METRICS[metric], "last", target) == expected


def test_a_target_is_one_of_validation_accuracy_where_there_is_any():
    record = a_record(history=TARGETED | {"val_accuracy": [0.6, 0.65, 0.9]})
    assert value(record, METRICS["updates_to_target"], "last", 0.9) == 200


def test_a_run_that_diverged_has_reached_a_target_before_or_misses_it():
    record = a_record(status="diverged", history=TARGETED)
    assert value(record, METRICS["updates_to_target"], "last", 0.9) == 100
    assert value(record, METRICS["updates_to_target"], "last", 0.99) == math.inf
    assert value(a_record(status="failed"), METRICS["updates_to_target"], "last", 0.9) is None


def test_a_record_from_before_the_clock_has_no_seconds_to_a_target():
    assert value(a_record(history=TARGETED), METRICS["seconds_to_target"], "last", 0.7) is None


def test_a_record_from_before_images_were_counted_has_no_rate():
    assert value(a_record(seconds={"train": 1.5}), METRICS["images_per_second"], "last") is None
