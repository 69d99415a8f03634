"""Each loss trained: beside `model.fit` with Keras' loss, and by itself on ten and on two classes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import pytest

from gdbench.catalog.losses import LOSSES
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.loop import Loop
from gdbench.training.program import Program
from gdbench.training.splits import Prepared, Split
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.training.fit import BIASES, SEED, apart, overrides
from tests.training.programs import data_of, weights_of

RunOf = Callable[..., Run]


@dataclass(frozen=True)
class Twin:
    """A loss said to gdbench, and Keras' loss with the activation of its output layer."""

    loss: str
    keras: Callable[[], Any]
    activation: str
    outputs: int = 10
    chosen: str = "null"
    threshold: float = 0.5


TWINS = {
    "cross_entropy, smoothed": Twin(
        "{name: cross_entropy, label_smoothing: 0.125}",
        lambda: keras.losses.CategoricalCrossentropy(label_smoothing=0.125),
        "softmax",
    ),
    "cross_entropy behind a sigmoid": Twin(
        "cross_entropy", lambda: keras.losses.CategoricalCrossentropy(), "sigmoid", chosen="sigmoid"
    ),
    "binary_cross_entropy": Twin("binary_cross_entropy", lambda: keras.losses.BinaryCrossentropy(), "sigmoid"),
    "squared_error": Twin("squared_error", lambda: keras.losses.MeanSquaredError(), "sigmoid"),
    "squared_error behind a softmax": Twin(
        "squared_error", lambda: keras.losses.MeanSquaredError(), "softmax", chosen="softmax"
    ),
    "squared_error, two classes, linear": Twin(
        "squared_error", lambda: keras.losses.MeanSquaredError(), "linear", outputs=1, chosen="linear"
    ),
    "hinge": Twin("hinge", lambda: keras.losses.Hinge(), "linear"),
    "squared_hinge, two classes": Twin(
        "squared_hinge", lambda: keras.losses.SquaredHinge(), "linear", outputs=1, threshold=0.0
    ),
    "focal": Twin("focal", lambda: keras.losses.CategoricalFocalCrossentropy(), "softmax"),
}


def odd(data: Prepared) -> Prepared:
    """The same images in two classes: even digits and odd ones."""

    def halved(split: Split) -> Split:
        return replace(split, labels=split.labels % 2)

    return replace(data, train=halved(data.train), test=halved(data.test), classes=2)


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
@pytest.mark.usefixtures("floatx")
def test_300_updates_are_those_of_model_fit(run_of: RunOf, twin: Twin):
    run = run_of(
        *(BIASES, *overrides(300)),
        f"training.loss={twin.loss}",
        f"architecture={{name: mlp, hidden: [12, 12], output: {{activation: {twin.chosen}}}}}",
        "optimizer={name: adam, epsilon: 1e-4}",
        seed=SEED,
    )
    layers = [keras.layers.Dense(12, "relu"), keras.layers.Dense(12, "relu")]
    model = keras.Sequential([*layers, keras.layers.Dense(twin.outputs, twin.activation)])
    data = data_of(run) if twin.outputs == 10 else odd(data_of(run))
    weights, metrics = apart(
        run,
        data,
        model,
        keras.optimizers.Adam(epsilon=1e-4),
        twin.keras(),
        lambda labels: np.eye(10)[labels] if twin.outputs == 10 else labels[:, None].astype(float),
        twin.threshold,
    )
    assert weights < 1e-9
    assert metrics < 1e-9


# Methods without a gradient minimize the share of wrong answers: see methods/test_method_loop.py.
@pytest.mark.parametrize("name", [name for name in LOSSES.entries if name != "zero_one"])
def test_a_loss_falls_in_training(trainer: Trainer, run_of: RunOf, name: str):
    run = run_of(f"training.loss={name}", "training={epochs: 1, evaluate_every: 0.5, evaluate_train: true}")
    outcome = trainer(run)
    assert outcome.metrics is not None
    assert outcome.metrics["collapsed"] is False
    for measured in ("train_eval", "test"):
        first, second = outcome.history[f"{measured}_loss"]
        assert second < first
    first, second = outcome.history["test_accuracy"]
    assert second > first


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "squared_error", "squared_hinge"])
def test_two_classes_are_learnt_by_a_single_output(run_of: RunOf, loss: str):
    """Right answers, accuracy and the most predicted class, by the output weights alone."""
    run = run_of(f"training.loss={loss}", "architecture=perceptron", "training.compile=eager")
    program = Program(settings_of(run), odd(data_of(run)))
    program.start(settings_of(run))
    program.train(permutation(0, 0, 1000), 0, 8, 0, np.full(8, 0.01, np.float32))
    weights = weights_of(program.model)
    assert weights["output/kernel"].shape == (784, 1)
    test = program.data.test
    linear = test.images.numpy() / 255 @ weights["output/kernel"] + weights["output/bias"]
    answers, labels = linear[:, 0] > 0, test.labels.numpy()
    measured = program.evaluate(test)
    assert measured.accuracy == (answers == labels).mean() > 0.7
    assert measured.largest_share == max(answers.mean(), 1 - answers.mean())


def test_a_single_output_that_says_one_class_has_collapsed(run_of: RunOf):
    run = run_of(
        *("training={steps: 1, loss: binary_cross_entropy, compile: eager}", "optimizer={learning_rate: 1e-9}"),
        "architecture={name: perceptron, kernel_initializer: zeros, bias_initializer: ones}",
    )
    outcome = Loop(settings_of(run), Program(settings_of(run), odd(data_of(run)))).outcome()
    assert outcome.metrics is not None
    assert outcome.metrics["collapsed"] is True
