"""Runs trained with a user's own code: beside the same thing of the catalog's, or from seed to seed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gdbench.errors import ArchitectureError
from gdbench.records import Outcome, Run
from gdbench.training.trainer import Trainer
from tests.configs import plan_of
from tests.training.programs import data_of, model_of, weights_of

OWN = """\
import keras
import numpy as np


class Descent(keras.optimizers.SGD):
    pass


class Decaying(keras.optimizers.SGD):
    def __init__(self, learning_rate=0.01):
        super().__init__(learning_rate=learning_rate, weight_decay=0.1)


def error(targets, outputs, reduction="mean"):
    squares = keras.ops.square(targets - keras.ops.sigmoid(outputs))
    return keras.ops.mean(squares, axis=-1) if reduction == "mean" else keras.ops.sum(squares, axis=-1)


class Entropy(keras.losses.CategoricalCrossentropy):
    pass


def network(units=16):
    return [keras.layers.Flatten(), keras.layers.Dense(units, activation="relu"), keras.layers.Dropout(0.5)]


class Scaled(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="random_normal", name="scale")

    def call(self, inputs):
        return inputs * self.scale


def ramp(x, slope=1.0):
    return keras.ops.relu(slope * x)


def constant():
    return lambda rate, update, length: rate + 0 * update


def thirds(n=300):
    draws = np.random.default_rng(0)
    labels = np.arange(n) % 3
    points = np.eye(3)[labels] + 0.1 * draws.standard_normal((n, 3))
    return (points, labels), (points[:60], labels[:60])
"""
SMALL = """\
seeds: 1
dataset: {train: 600, test: 300}
architecture: {name: mlp, hidden: [16]}
training: {batch_size: 100, epochs: 2, compile: graph}
"""


@pytest.fixture
def train(tmp_path: Path, trainer: Trainer) -> Callable[..., Outcome]:
    (tmp_path / "own.py").write_text(OWN)

    def outcome(*overrides: str) -> Outcome:
        return trainer(plan_of(tmp_path, SMALL, *overrides).runs[0])

    return outcome


@pytest.mark.parametrize(
    ("own", "known"),
    [
        (["optimizer={name: own:Descent, learning_rate: 0.1, momentum: 0.9}"],
         ["optimizer={name: sgd, learning_rate: 0.1, momentum: 0.9}"]),
        (["optimizer={name: own:Decaying, learning_rate: 0.1}"],
         ["optimizer={name: sgd, learning_rate: 0.1, weight_decay: 0.1}"]),
        (["optimizer={name: own:Decaying, learning_rate: 0.1, weight_decay: 0.01}"],
         ["optimizer={name: sgd, learning_rate: 0.1, weight_decay: 0.01}"]),
        (["architecture={name: mlp, hidden: [16], output: {activation: linear}}",
          "training.loss={name: own:error, reduction: sum}"],
         ["training.loss={name: squared_error, reduction: sum}"]),
        (["training.loss=own:Entropy"], ["training.loss=cross_entropy"]),
        (["architecture.activation=own:ramp"], ["architecture.activation=relu"]),
        (["training.schedule=own:constant"], ["training.schedule=constant"]),
    ],
)  # fmt: skip
def test_own_code_trains_as_the_same_thing_of_the_catalog(
    train: Callable[..., Outcome], own: list[str], known: list[str]
):
    mine, theirs = train(*own), train(*known)
    assert mine.metrics is not None
    assert theirs.metrics is not None
    for name in ("train_loss", "test_loss", "test_accuracy"):
        assert mine.metrics[name] == pytest.approx(theirs.metrics[name], rel=1e-4, abs=1e-5)


def test_a_dataset_of_ones_own_is_trained_with(train: Callable[..., Outcome]):
    outcome = train("dataset={name: own:thirds, n: 900, validation: 90, scale: none}", "optimizer.learning_rate=0.02")
    assert outcome.metrics is not None
    assert outcome.metrics["test_accuracy"] > 0.95
    assert outcome.metrics["val_accuracy"] > 0.95


@pytest.mark.parametrize("architecture", ["own:network", "{layers: [Flatten, {name: Dense, units: 8}, own:Scaled]}"])
def test_layers_of_ones_own_start_from_the_seed(tmp_path: Path, architecture: str):
    (tmp_path / "own.py").write_text(OWN)
    runs: tuple[Run, ...] = plan_of(tmp_path, SMALL, f"architecture={architecture}", seeds=2).runs
    first, again, other = (weights_of(model_of(run)) for run in (runs[0], runs[0], runs[1]))
    drawn = [name for name in first if not name.endswith("bias")]
    assert len(drawn) == (2 if architecture == "own:network" else 3)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in drawn)


def test_an_output_layer_of_ones_own_is_refused(tmp_path: Path):
    copied = "def model():\n    return [keras.layers.Flatten(), keras.layers.Dense(10, 'softmax')]\n"
    (tmp_path / "own.py").write_text(f"import keras\n\n{copied}")
    (run,) = plan_of(tmp_path, SMALL, "architecture=own:model", seeds=1).runs
    with pytest.raises(
        ArchitectureError, match=r"expected hidden layers only, .*; got a last Dense of 10 units, softmax"
    ):
        model_of(run)


def test_an_architecture_of_ones_own_is_trained_with(train: Callable[..., Outcome]):
    outcome = train("architecture={name: own:network, units: 32}", "training.epochs=4")
    assert outcome.metrics is not None
    assert outcome.metrics["test_accuracy"] > 0.5
    assert train("architecture={name: own:network, units: 32}", "training.epochs=4").metrics == outcome.metrics


def test_features_are_scaled_each_by_itself(tmp_path: Path):
    lines = ["low,high,same,label", *(f"{row % 7},{1000 + 500 * (row % 5)},3.5,{row % 2}" for row in range(70))]
    (tmp_path / "own.csv").write_text("\n".join(lines) + "\n")
    text = "seeds: 1\ndataset: {name: csv, path: own.csv, scale: SCALE}\ntraining: {batch_size: 10}\n"
    for scale, low, high in (("unit", 0.0, 1.0), ("symmetric", -1.0, 1.0)):
        data = data_of(plan_of(tmp_path, text.replace("SCALE", scale)).runs[0])
        fed = data.pixels(data.train.images).numpy()
        assert fed[:, :2].min(axis=0) == pytest.approx([low, low])
        assert fed[:, :2].max(axis=0) == pytest.approx([high, high])
    data = data_of(plan_of(tmp_path, text.replace("SCALE", "standard")).runs[0])
    fed = data.pixels(data.train.images).numpy()
    assert fed.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert fed.std(axis=0) == pytest.approx([1, 1, 0], abs=1e-5)
