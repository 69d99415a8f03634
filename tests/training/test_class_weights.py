"""Class weights act as `class_weight` of `model.fit`."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.class_weights import class_weights
from gdbench.training.loop import Loop
from gdbench.training.program import Program
from gdbench.training.trainer import Trainer
from tests.training.fit import PER_EPOCH, SEED, Batches, overrides
from tests.training.programs import data_of

RunOf = Callable[..., Run]

CHOSEN = [0.5, 1, 2, 0, 1, 3, 1, 0.25, 1, 1]


def test_balanced_weights_are_those_of_scikit_learn():
    """compute_class_weight('balanced', classes=[0, 1, 2], y=[0] * 6 + [1] * 3 + [2])."""
    labels = np.repeat([0, 1, 2], [6, 3, 1])
    assert class_weights("balanced", labels, 3) == pytest.approx([10 / 18, 10 / 9, 10 / 3])
    # A class without images counts for nothing.
    assert class_weights("balanced", labels, 4)[:3] == pytest.approx([10 / 18, 10 / 9, 10 / 3])
    assert class_weights([2, 1, 0.5], labels, 3) == pytest.approx([2, 1, 0.5])


def encoded(labels: np.ndarray) -> np.ndarray:
    return np.eye(10, dtype=keras.config.floatx())[labels]


@pytest.mark.parametrize(
    ("name", "loss", "encode"),
    [
        ("cross_entropy", keras.losses.SparseCategoricalCrossentropy, lambda labels: labels),
        ("squared_error", keras.losses.MeanSquaredError, encoded),
    ],
)
@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.usefixtures("floatx")
def test_updates_and_losses_are_those_of_model_fit(run_of: RunOf, name: str, loss: Any, encode: Any):
    run = run_of(
        *("optimizer={name: sgd, learning_rate: 0.125, momentum: 0.5}", *overrides(21), f"training.loss={name}"),
        *(f"training.class_weight={CHOSEN}", "training.evaluate_every=1", "architecture.hidden=[12]"),
        seed=SEED,
    )
    program = Program(settings_of(run), data_of(run))
    program.start(settings_of(run))
    model = keras.Sequential(
        [
            keras.Input(data_of(run).shape),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(10, activation="softmax" if name == "cross_entropy" else "sigmoid"),
        ]
    )
    for theirs, mine in zip(model.trainable_variables, program.model.keras.trainable_variables, strict=True):
        theirs.assign(mine)
    model.compile(keras.optimizers.SGD(0.125, momentum=0.5), loss(), jit_compile=False)
    fitted = model.fit(
        Batches(program, 3 * PER_EPOCH, encode), shuffle=False, verbose=0, class_weight=dict(enumerate(CHOSEN))
    )
    outcome = Loop(settings_of(run), program).outcome()
    for theirs, mine in zip(model.trainable_variables, program.model.keras.trainable_variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=0, atol=1e-9)
    # One epoch to `fit`, whose loss is the mean over the images of all three.
    assert np.mean(outcome.history["train_loss"]) == pytest.approx(fitted.history["loss"][0], rel=1e-6)


def test_runs_that_differ_in_their_weights_share_a_program_and_nothing_else(trainer: Trainer, run_of: RunOf):
    ones, balanced, listed, off = (
        trainer(run_of("training.epochs=1", f"training.class_weight={chosen}"))
        for chosen in ([1] * 10, "balanced", CHOSEN, "off")
    )
    assert (balanced.seconds["compile"], listed.seconds["compile"]) == (0, 0)
    assert ones.metrics == pytest.approx(off.metrics, rel=1e-5)
    assert ones.metrics != balanced.metrics != listed.metrics
    assert listed.answers is not None
    assert len({ones.history["train_loss"][0], balanced.history["train_loss"][0], listed.history["train_loss"][0]}) == 3
    # Images of class 3 weigh nothing, so it is learned as the wrong answer.
    assert listed.answers["last"]["confusion"][3][3] == 0
