"""Training matches `model.fit`: both make the same updates, on the same batches, weights and dropout masks.

300 updates in float64, where two orders of summation stay together, and 30 in float32, the precision that ships: SGD
with momentum drifts apart by 0.4 within 300 float32 updates, but only by 4e-14 in float64.

The suite trains the four oldest optimizers so that each pair of optimizer and architecture, of optimizer and
regularization, and of architecture and regularization comes up in float64, each of these parts once in float32, and
every other optimizer on an mlp with dropout, in both. `pytest -m long tests/training/test_fidelity.py` trains all
other combinations.
"""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import pytest
import tensorflow as tf

from gdbench.catalog.optimizers import OPTIMIZERS, STEPS
from gdbench.records import Run
from gdbench.training.streams import stream_31
from tests.training.fit import BIASES, SEED, apart, overrides
from tests.training.programs import data_of

# Keras rounds the strength of l2 to float32; a power of two stays what it is.
RATE, L2 = 0.3, 2.0**-8
ARCHITECTURES = {
    "mlp": "architecture={name: mlp, hidden: [12, 12]}",
    "cnn": "architecture={name: cnn, filters: [2, 3]}",
    "rnn": "architecture={name: rnn, hidden: [8]}",
}
REGULARIZATIONS = {
    "nothing": "regularization={}",
    "l2": f"regularization={{l2: {L2}}}",
    "dropout": f"regularization={{dropout: {{input: 0.1, hidden: {RATE}}}}}",
    "batch_norm": "regularization={batch_norm: true}",
}
PRODUCT = list(itertools.product(STEPS, ARCHITECTURES, REGULARIZATIONS))
OLDEST = ("sgd", "adagrad", "rmsprop", "adam")
# A Latin square: the architectures shift by one from optimizer to optimizer.
SQUARE = {
    (optimizer, tuple(ARCHITECTURES)[(row + column + 2) % len(ARCHITECTURES)], regularization)
    for row, optimizer in enumerate(OLDEST)
    for column, regularization in enumerate(REGULARIZATIONS)
}
OTHERS = {(optimizer, "mlp", "dropout") for optimizer in STEPS if optimizer not in OLDEST}
# One case of each row and column.
DIAGONAL = {
    *(("sgd", "rnn", "nothing"), ("adagrad", "cnn", "l2")),
    *(("rmsprop", "mlp", "dropout"), ("adam", "rnn", "batch_norm")),
}
SUITE = {"float64": SQUARE | OTHERS, "float32": DIAGONAL | OTHERS}
# Updates, and how far apart the weights and metrics may be after them.
PRECISIONS = {"float64": (300, 1e-9), "float32": (30, 1e-4)}
# The gradient of a bias before batch normalization is zero but for rounding. Steps whose size does not depend on the
# gradient's, by signs or in proportion to a norm, make a random walk of it (0.04 apart after 300 float64 updates of
# lion), which the running mean follows and nothing else sees: all other weights stay within 4e-16. These two are
# copied over, not compared.
WALKING = set(itertools.product(("lion", "lamb"), ("mlp", "cnn"), ("batch_norm",)))


@pytest.mark.parametrize(
    "parts",
    [(0, 1), (0, 2), (1, 2)],
    ids=["optimizer-architecture", "optimizer-regularization", "architecture-regularization"],
)
def test_the_suite_trains_every_pair(parts: tuple[int, int]) -> None:
    def pairs(cases: set[tuple[str, str, str]]) -> set[tuple[str, ...]]:
        return {tuple(case[part] for part in parts) for case in cases}

    assert pairs(SUITE["float64"]) >= pairs(set(itertools.product(OLDEST, ARCHITECTURES, REGULARIZATIONS)))


@pytest.mark.parametrize("cases", SUITE.values(), ids=SUITE)
def test_the_suite_trains_every_part_in_each_precision(cases: set[tuple[str, str, str]]) -> None:
    assert [set(part) for part in zip(*cases, strict=True)] == [set(STEPS), set(ARCHITECTURES), set(REGULARIZATIONS)]


class Masked(keras.layers.Layer):
    """Dropout on the side of Keras with the masks of a gdbench run, which are functions of key and update."""

    def __init__(self, rate: float, key: int) -> None:
        super().__init__()
        self.rate, self.key = rate, key
        self.counter = self.add_weight(shape=(), dtype="int32", trainable=False, initializer="zeros")

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        seed = tf.stack([self.key, tf.cast(self.counter.value, tf.int32)])
        bits = tf.random.stateless_uniform(tf.shape(inputs), seed, None, None, tf.uint32, alg="philox")
        self.counter.assign(self.counter + 1)
        kept = tf.cast(bits // 2**9, inputs.dtype) / 2**23 >= self.rate
        return tf.where(kept, inputs / (1 - self.rate), tf.zeros_like(inputs))


def twin(architecture: str, regularization: str) -> keras.Model:
    """The same model, made of Keras' public layers."""
    l2 = {"kernel_regularizer": keras.regularizers.L2(L2)} if regularization == "l2" else {}
    recurrent_l2 = {"recurrent_regularizer": keras.regularizers.L2(L2)} if regularization == "l2" else {}
    norm = [keras.layers.BatchNormalization] if regularization == "batch_norm" else []

    def drop(place: str, rate: float) -> list[Any]:
        return [Masked(rate, stream_31(SEED, f"dropout/{place}"))] if regularization == "dropout" else []

    def hidden(number: int, layer: Any) -> list[Any]:
        after = drop(f"hidden_{number}", RATE)
        return [layer, *(make() for make in norm), keras.layers.Activation("relu"), *after]

    layers = drop("input", 0.1)
    if architecture == "mlp":
        layers += hidden(1, keras.layers.Dense(12, **l2)) + hidden(2, keras.layers.Dense(12, **l2))
    elif architecture == "cnn":
        layers += [*hidden(1, keras.layers.Conv2D(2, 3, **l2)), keras.layers.MaxPooling2D()]
        layers += [*hidden(2, keras.layers.Conv2D(3, 3, **l2)), keras.layers.MaxPooling2D(), keras.layers.Flatten()]
    else:
        recurrent = keras.layers.SimpleRNN(8, **l2, **recurrent_l2)
        layers += [recurrent, *(make() for make in norm), *drop("hidden_1", RATE)]
    layers.append(keras.layers.Dense(10, activation="softmax", **l2))
    return keras.Sequential(layers)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Leave to `-m long` what the suite has no time for."""
    if "regularization" in metafunc.fixturenames:
        cases = [
            pytest.param(*case, floatx, *measure, marks=() if case in SUITE[floatx] else pytest.mark.long)
            for floatx, measure in PRECISIONS.items()
            for case in PRODUCT
        ]
        names = ("optimizer", "architecture", "regularization", "floatx", "updates", "bound")
        metafunc.parametrize(names, cases, indirect=["floatx"])


def keras_optimizer(name: str) -> keras.optimizers.Optimizer:
    """Keras' own optimizer with the gentle arguments of the entry, made without the entry's function."""
    component = OPTIMIZERS.model(name)().model_dump()
    return type(OPTIMIZERS.build({"name": name, **component}))(**STEPS[name].gentle)


@pytest.mark.usefixtures("floatx")
def test_updates_are_those_of_model_fit(
    run_of: Callable[..., Run], optimizer: str, architecture: str, regularization: str, updates: int, bound: float
) -> None:
    settings = "".join(f", {argument}: {value}" for argument, value in STEPS[optimizer].gentle.items())
    run = run_of(
        *(f"optimizer={{name: {optimizer}{settings}}}", ARCHITECTURES[architecture], REGULARIZATIONS[regularization]),
        *(BIASES, *overrides(updates)),
        # Only this replaces Keras' convolution and pooling by gdbench's own.
        *(["training.compile=auto"] if architecture == "cnn" else []),
        seed=SEED,
    )
    loss = keras.losses.SparseCategoricalCrossentropy()
    model, walks = twin(architecture, regularization), (optimizer, architecture, regularization) in WALKING
    weights, metrics = apart(run, data_of(run), model, keras_optimizer(optimizer), loss, walks=walks)
    assert weights < bound
    assert metrics < bound
