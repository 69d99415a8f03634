"""Curves over seeds: means, bands, and where they end."""

import pytest

from gdbench.comparison.learning_curves import learning_curve, loss_curve
from gdbench.metrics import METRICS
from gdbench.records import Outcome, Record
from tests.builders import a_record, a_run


def run(accuracies: list[float], status: str = "done", clock: list[float] | None = None) -> Record:
    epochs = list(range(1, len(accuracies) + 1))
    history = {"epoch": epochs, "update": [10 * epoch for epoch in epochs], "test_accuracy": accuracies}
    return a_record(status=status, history=history, clock=clock)


def test_means_and_bands_are_those_of_the_table():
    curve = learning_curve([run([0.5, 0.90]), run([0.6, 0.92]), run([0.7, 0.94])], METRICS["test_accuracy"])
    assert [point.epoch for point in curve] == [1, 2]
    assert curve[1].statistics.mean == pytest.approx(0.92)
    # t(2, .975) = 4.302653, sd .02 over 3 seeds
    assert curve[1].statistics.ci_high == pytest.approx(0.92 + 4.302653 * 0.02 / 3**0.5)
    assert (curve[1].update, curve[1].seconds) == (20, None)


def test_a_curve_ends_with_the_first_run_that_ends():
    curve = learning_curve([run([0.5, 0.9, 0.95]), run([0.6], "diverged")], METRICS["test_accuracy"])
    assert [point.epoch for point in curve] == [1]
    failed = a_record(status="failed")
    assert len(learning_curve([run([0.5, 0.9]), failed], METRICS["test_accuracy"])) == 2


def test_seconds_are_means_over_the_seeds():
    curve = learning_curve([run([0.5], clock=[2.0]), run([0.6], clock=[4.0])], METRICS["test_accuracy"])
    assert curve[0].seconds == 3.0


def test_an_error_is_one_minus_the_accuracy():
    assert learning_curve([run([0.75])], METRICS["test_error"])[0].statistics.mean == 0.25


def test_nothing_measured_has_no_curve():
    assert learning_curve([], METRICS["test_loss"]) == []
    assert learning_curve([run([0.5])], METRICS["val_loss"]) == []


def recorded(losses: list[float | None]) -> Record:
    run = a_run()
    outcome = Outcome("done", metrics={"test_accuracy": 0.9}, losses=losses)
    return Record(
        type(run)(run.id, 0, run.dataset, run.architecture, run.optimizer, {"record_every": 5}, {}), outcome, "", {}
    )


def test_losses_stand_at_the_updates_that_were_recorded():
    curve = loss_curve([recorded([3.0, 2.0, 1.0]), recorded([1.0, 1.0, None])])
    assert [(point.update, point.statistics.mean) for point in curve] == [(5, 2.0), (10, 1.5)]
    assert loss_curve([recorded([3.0]), run([0.5])]) == []
