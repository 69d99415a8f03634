import pytest

from gdbench.experiment.settings.schema import EarlyStopping, StopAt, Training
from gdbench.training.stopping import stops


def watching(metric: str, patience: int = 2, min_delta: float = 0.0) -> Training:
    return Training(early_stopping=EarlyStopping(metric=metric, patience=patience, min_delta=min_delta))


def reaching(metric: str, value: float) -> Training:
    return Training(stop_at=StopAt(metric=metric, value=value))


@pytest.mark.parametrize(
    ("losses", "stopped"),
    [
        ([1.0], False),
        ([1.0, 1.1], False),
        ([1.0, 1.1, 1.2], True),
        ([1.0, 1.0, 1.0], True),
        ([1.0, 1.1, 0.9, 1.0], False),
        ([1.0, 1.1, 0.9, 1.0, 0.95], True),
        ([1.0, 0.9, 0.8, 0.7, 0.6], False),
    ],
)
def test_early_stopping_waits_for_patience_evaluations_without_a_better_loss(losses: list[float], stopped: bool):
    assert stops(watching("val_loss"), {"val_loss": losses}) is stopped


def test_an_accuracy_is_better_when_higher():
    assert not stops(watching("val_accuracy"), {"val_accuracy": [0.7, 0.8, 0.9]})
    assert stops(watching("val_accuracy"), {"val_accuracy": [0.9, 0.8, 0.7]})


def test_progress_below_min_delta_is_none():
    losses = {"val_loss": [1.0, 0.95, 0.92]}
    assert stops(watching("val_loss", min_delta=0.1), losses)
    assert not stops(watching("val_loss", min_delta=0.06), losses)


def test_stop_at_takes_an_accuracy_from_below_and_a_loss_from_above():
    assert not stops(reaching("val_accuracy", 0.9), {"val_accuracy": [0.95, 0.89]})
    assert stops(reaching("val_accuracy", 0.9), {"val_accuracy": [0.5, 0.9]})
    assert not stops(reaching("train_loss", 0.1), {"train_loss": [0.05, 0.11]})
    assert stops(reaching("train_loss", 0.1), {"train_loss": [0.5, 0.1]})


def test_an_error_is_one_minus_the_accuracy_of_the_history():
    assert not stops(reaching("val_error", 0.02), {"val_accuracy": [0.9799]})
    assert stops(reaching("val_error", 0.02), {"val_accuracy": [0.9799, 0.98]})
    assert stops(watching("train_eval_error"), {"train_eval_accuracy": [0.9, 0.8, 0.9]})
    assert not stops(watching("train_eval_error"), {"train_eval_accuracy": [0.9, 0.8, 0.91]})


def test_nothing_stops_a_run_that_asks_for_no_stop():
    assert not stops(Training(), {"val_loss": [1.0] * 50})
