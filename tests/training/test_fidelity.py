"""gdbench trains what `model.fit` trains: updates of both, on the same batches, weights and dropout masks.

300 in float64, where two orders of summation stay together, 30 in float32, which ships: SGD with momentum drifts apart
by 0.4 in 300 float32 updates, by 4e-14 in float64.

    pytest tests/training/test_fidelity.py --all-pairs

holds every optimizer on every architecture under every regularisation. Without the option the four oldest are held so,
and each of the others on the mlp under one.
"""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import pytest
import tensorflow as tf

from gdbench.catalog import FAMILIES
from gdbench.records import Run
from gdbench.training.streams import stream_31
from tests.training.fit import BIASES, SEED, apart, overrides
from tests.training.programs import data_of

# Keras rounds the strengths of l2 and weight decay to float32, so here are ones that need no rounding.
RATE, L2, DECAY = 0.3, 2.0**-8, 2.0**-8
# Gentle enough that rounding is not amplified: a high rate is chaotic, and an epsilon of 1e-7 makes steps of what is
# zero but for rounding, the gradient of a bias before batch normalisation.
OPTIMIZERS: dict[str, tuple[Callable[..., Any], dict[str, float]]] = {
    "sgd": (keras.optimizers.SGD, {"learning_rate": 0.002, "momentum": 0.9}),
    "adagrad": (keras.optimizers.Adagrad, {"learning_rate": 0.005}),
    "rmsprop": (keras.optimizers.RMSprop, {"epsilon": 1e-4}),
    "adam": (keras.optimizers.Adam, {"epsilon": 1e-4}),
    "adadelta": (keras.optimizers.Adadelta, {"learning_rate": 0.02, "epsilon": 1e-4}),
    "adafactor": (keras.optimizers.Adafactor, {"learning_rate": 0.01, "epsilon_1": 1e-4}),
    "adamw": (keras.optimizers.AdamW, {"epsilon": 1e-4, "weight_decay": DECAY}),
    "adamax": (keras.optimizers.Adamax, {"learning_rate": 3e-4, "epsilon": 1e-3}),
    "ftrl": (keras.optimizers.Ftrl, {"learning_rate": 0.01}),
    "lamb": (keras.optimizers.Lamb, {"epsilon": 1e-4}),
    "lion": (keras.optimizers.Lion, {"learning_rate": 1e-4}),
    "muon": (keras.optimizers.Muon, {"epsilon": 1e-4, "weight_decay": DECAY, "adam_weight_decay": DECAY}),
    "nadam": (keras.optimizers.Nadam, {"learning_rate": 3e-4, "epsilon": 1e-3}),
    "schedule_free_adamw": (keras.optimizers.ScheduleFreeAdamW, {"learning_rate": 3e-4, "epsilon": 1e-3}),
}
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
PRODUCT = list(itertools.product(OPTIMIZERS, ARCHITECTURES, REGULARIZATIONS))
WHOLE = ("sgd", "adagrad", "rmsprop", "adam")
# A bias before batch normalisation has a gradient of zero but for rounding. Steps of a size of their own, by signs or
# in proportion to a norm, make a random walk of it (0.04 apart after 300 float64 updates of lion), which the running
# mean follows and nothing else sees: all other weights stay within 4e-16. These two are taken over, not compared.
WALKING = set(itertools.product(("lion", "lamb"), ("mlp", "cnn"), ("batch_norm",)))
USUAL = [pair for pair in PRODUCT if pair[0] in WHOLE or pair[1:] == ("mlp", "dropout")]


def test_every_optimizer_of_the_catalog_is_held() -> None:
    assert set(OPTIMIZERS) == set(FAMILIES["optimizer"].entries)


class Masked(keras.layers.Layer):
    """Dropout on the side of Keras, with the masks of a gdbench run: functions of key and update."""

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
    """The same model of Keras' own public layers."""
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
    """Choose the pairs to hold."""
    if "regularization" in metafunc.fixturenames:
        pairs = PRODUCT if metafunc.config.getoption("all_pairs") else USUAL
        metafunc.parametrize(("optimizer", "architecture", "regularization"), pairs)


@pytest.mark.parametrize(
    ("floatx", "updates", "bound"), [("float64", 300, 1e-9), ("float32", 30, 1e-4)], indirect=["floatx"]
)
@pytest.mark.usefixtures("floatx")
def test_updates_are_those_of_model_fit(
    run_of: Callable[..., Run], optimizer: str, architecture: str, regularization: str, updates: int, bound: float
) -> None:
    make, arguments = OPTIMIZERS[optimizer]
    settings = "".join(f", {argument}: {value}" for argument, value in arguments.items())
    run = run_of(
        *(f"optimizer={{name: {optimizer}{settings}}}", ARCHITECTURES[architecture], REGULARIZATIONS[regularization]),
        *(BIASES, *overrides(updates)),
        *(["training.compile=auto"] if architecture == "cnn" else []),  # which takes other layers than Keras'
        seed=SEED,
    )
    loss = keras.losses.SparseCategoricalCrossentropy()
    model, walks = twin(architecture, regularization), (optimizer, architecture, regularization) in WALKING
    weights, metrics = apart(run, data_of(run), model, make(**arguments), loss, walks=walks)
    assert weights < bound
    assert metrics < bound
