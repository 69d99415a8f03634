"""Regularizers beside `model.fit`: 300 updates of both in float64, on the same batches and with the same noise."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from gdbench.records import Run
from gdbench.training.streams import stream_31
from tests.training.fit import BIASES, SEED, apart, overrides
from tests.training.programs import data_of, program_of, weights_of

# Keras rounds strengths to float32, so here are some that need no rounding.
L1, L2 = 2.0**-12, 2.0**-8


class Noise(keras.layers.Layer):
    """Gaussian noise on the side of Keras, with the numbers of a gdbench run: functions of key and update."""

    def __init__(self, stddev: float, place: str) -> None:
        super().__init__()
        self.stddev, self.key = stddev, stream_31(SEED, f"gaussian_noise/{place}")
        self.counter = self.add_weight(shape=(), dtype="int32", trainable=False, initializer="zeros")

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        seed = tf.stack([self.key, tf.cast(self.counter.value, tf.int32)])
        size = tf.size(inputs)
        words = tf.random.stateless_uniform([2, (size + 1) // 2], seed, None, None, tf.uint32, alg="philox")
        self.counter.assign(self.counter + 1)
        uniform = tf.cast(words // 2**8, inputs.dtype) / 2**24
        radius, angle = keras.ops.sqrt(-2 * keras.ops.log(1 - uniform[0])), 2 * math.pi * uniform[1]
        pairs = [radius * keras.ops.cos(angle), radius * keras.ops.sin(angle)]
        return inputs + self.stddev * keras.ops.reshape(keras.ops.concatenate(pairs)[:size], tf.shape(inputs))


def hidden(make_norm: Callable[[], Any] | None = None, **arguments: Any) -> list[Any]:
    norm = [make_norm()] if make_norm else []
    return [keras.layers.Dense(12, **arguments), *norm, keras.layers.Activation("relu")]


def penalized() -> list[Any]:
    both = {"kernel_regularizer": keras.regularizers.L1L2(L1, L2)}
    return [*hidden(**both), *hidden(**both), keras.layers.Dense(10, "softmax", **both)]


def bounded() -> list[Any]:
    first, second = (hidden(kernel_constraint=keras.constraints.MaxNorm(1.0, axis=0)) for _ in range(2))
    return [*first, *second, keras.layers.Dense(10, "softmax")]


def normalized() -> list[Any]:
    first, second = (hidden(lambda: keras.layers.BatchNormalization(momentum=0.9, epsilon=0.01)) for _ in range(2))
    return [*first, *second, keras.layers.Dense(10, "softmax")]


def noisy() -> list[Any]:
    first, second = ([*hidden(), Noise(0.25, f"hidden_{number}")] for number in (1, 2))
    return [Noise(0.5, "input"), *first, *second, keras.layers.Dense(10, "softmax")]


TWINS = {
    f"{{l1: {L1}, l2: {L2}}}": penalized,
    "{max_norm: 1}": bounded,
    "{batch_norm: {momentum: 0.9, epsilon: 0.01}}": normalized,
    "{gaussian_noise: {input: 0.5, hidden: 0.25}}": noisy,
}


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.parametrize("regularization", TWINS)
@pytest.mark.usefixtures("floatx")
def test_300_updates_are_those_of_model_fit(run_of: Callable[..., Run], regularization: str):
    run = run_of(
        *(BIASES, *overrides(300)),
        f"regularization={regularization}",
        "architecture={name: mlp, hidden: [12, 12]}",
        "optimizer={name: sgd, learning_rate: 0.01, momentum: 0.9}",
        seed=SEED,
    )
    model = keras.Sequential(TWINS[regularization]())
    loss = keras.losses.SparseCategoricalCrossentropy()
    weights, metrics = apart(run, data_of(run), model, keras.optimizers.SGD(0.01, 0.9), loss)
    assert weights < 1e-9
    assert metrics < 1e-9


@pytest.mark.parametrize(
    "architecture",
    [
        "{name: cnn, filters: [4], hidden: [8]}",
        "{name: resnet, widths: [4, 8], batch_norm: false}",
        "{name: rnn, hidden: [8]}",
        "{name: lstm, hidden: [8]}",
        "{name: gru, hidden: [8]}",
    ],
)
def test_max_norm_bounds_what_comes_into_each_unit_of_every_kind_of_layer(
    run_of: Callable[..., Run], architecture: str
):
    run = run_of(
        f"architecture={architecture}", "regularization.max_norm=0.5", "optimizer={name: sgd, learning_rate: 1.0}"
    )
    program = program_of(run)
    program.train(np.arange(1000, dtype=np.int32), 0, 2, 0, np.ones(2))
    weights = weights_of(program.model)
    kernels = [value for name, value in weights.items() if name.startswith("hidden") and name.endswith("/kernel")]
    norms = [np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), axis=0) for kernel in kernels]
    assert len(norms) == {"cnn": 2, "resnet": 6}.get(run.architecture["name"], 1)
    assert np.concatenate(norms).max() == pytest.approx(0.5, abs=1e-5)
    assert np.linalg.norm(weights["output/kernel"], axis=0).max() > 0.5
