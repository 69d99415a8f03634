from typing import get_args

import pytest

from gdbench.experiment.settings.schema import (
    BatchNorm,
    Dropout,
    EarlyStopping,
    GaussianNoise,
    Regularization,
    StopAt,
    Training,
    Watched,
)
from gdbench.metrics import METRICS


def test_rules_watch_the_metrics_of_every_evaluation_but_those_of_the_test_images():
    literal, *_ = get_args(Watched)
    assert set(get_args(literal)) == {
        metric.name for metric in METRICS.values() if not metric.of_whole_run and metric.split != "test"
    }


def test_a_full_batch_is_all_images():
    assert [Training(batch_size=size).batch_size_for(700) for size in (32, "full")] == [32, 700]


def test_steps_stand_in_place_of_epochs():
    assert [Training(epochs=3, steps=steps).updates_for(8) for steps in (None, 10)] == [24, 10]


def test_what_is_off_is_none():
    assert Training().loss_interval is None
    assert Training(record_every=3).loss_interval == 3
    assert Regularization().norm_limit is None
    assert Regularization(max_norm=2.0).norm_limit == 2.0
    assert Regularization().batch_norm_options is None
    assert Regularization(batch_norm=BatchNorm(momentum=0.5)).batch_norm_options == BatchNorm(momentum=0.5)


def test_the_rules_that_are_on():
    early, at = EarlyStopping(patience=2), StopAt(metric="val_accuracy", value=0.9)
    assert Training().stopping_rules == {}
    assert Training(stop_at=at).stopping_rules == {"stop_at": at}
    assert Training(early_stopping=early, stop_at=at).stopping_rules == {"early_stopping": early, "stop_at": at}


@pytest.mark.parametrize(
    ("regularization", "in_use"),
    [
        (Regularization(dropout=Dropout(), gaussian_noise=GaussianNoise()), ()),
        (Regularization(l1=0.1, dropout=Dropout(input=0.5)), ("l1", "dropout")),
        (Regularization(batch_norm=BatchNorm(), max_norm=1.0), ("batch_norm", "max_norm")),
    ],
)
def test_the_regularizers_that_act(regularization: Regularization, in_use: tuple[str, ...]):
    assert regularization.options_in_use == in_use


def test_the_strength_of_noise_at_each_place():
    regularization = Regularization(dropout=Dropout(input=0.2, hidden=0.5), gaussian_noise=GaussianNoise(input=0.1))
    strengths = [regularization.strength(option, "hidden") for option in ("dropout", "gaussian_noise")]
    assert [regularization.strength("dropout", "input"), *strengths] == [0.2, 0.5, 0.0]
