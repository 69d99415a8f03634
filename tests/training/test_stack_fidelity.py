"""Stacks of layers, and architectures that Keras has no one layer for, train as Keras' own models do under model.fit.

In float64, where two orders of summation stay together; the strengths of penalties need no rounding to float32.
"""

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers

from gdbench.records import Run
from tests.training.fit import SEED, apart, overrides
from tests.training.programs import data_of

L2 = 2.0**-8
UPDATES = 40


def sequential(*hidden: Any, **output: Any) -> keras.Model:
    return keras.Sequential([*hidden, layers.Dense(10, activation="softmax", **output)])


def convolutions() -> keras.Model:
    return sequential(
        layers.ZeroPadding2D(2),
        layers.Conv2D(3, 5, strides=2, activation="elu", kernel_regularizer=keras.regularizers.L2(L2)),
        layers.BatchNormalization(momentum=0.9),
        layers.SeparableConv2D(4, 3, padding="same"),
        layers.LeakyReLU(negative_slope=0.1),
        layers.AveragePooling2D((2, 3)),
        layers.Flatten(),
        layers.Dense(6, activation="tanh", kernel_constraint=keras.constraints.MaxNorm(0.5)),
    )


def sequences() -> keras.Model:
    return sequential(
        layers.Conv1D(8, 4, strides=4, padding="causal", activation="relu"),
        layers.LSTM(6, return_sequences=True, recurrent_regularizer=keras.regularizers.L1L2(L2, L2)),
        layers.LayerNormalization(),
        layers.GRU(5, reset_after=False, recurrent_activation="hard_sigmoid", go_backwards=True),
    )


def recurrent(kind: type[keras.layers.Layer], **arguments: Any) -> keras.Model:
    l2 = keras.regularizers.L2(L2)
    return sequential(
        kind(5, kernel_regularizer=l2, recurrent_regularizer=l2, **arguments),
        kernel_regularizer=l2,
    )


def lenet5() -> keras.Model:
    return sequential(
        layers.Conv2D(6, 5, padding="same", activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="tanh"),
        layers.Dense(84, activation="tanh"),
    )


def resnet() -> keras.Model:
    """Two stages of one block, the layers in the order in which gdbench makes them."""

    def normalized(tensor: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        return layers.BatchNormalization()(layers.Conv2D(filters, size, strides, padding="same")(tensor))

    inputs = keras.Input((28, 28, 1))
    tensor = keras.activations.relu(normalized(inputs, 2))
    for filters, strides in ((2, 1), (3, 2)):
        inner = normalized(keras.activations.relu(normalized(tensor, filters, strides=strides)), filters)
        shortcut = normalized(tensor, filters, 1, strides) if strides == 2 else tensor
        tensor = keras.activations.relu(inner + shortcut)
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(tensor))
    return keras.Model(inputs, outputs)


CASES: dict[str, tuple[list[str], Callable[[], keras.Model]]] = {
    "convolutions": (
        [
            "architecture={layers: [{name: ZeroPadding2D, padding: 2}, {name: Conv2D, filters: 3, kernel_size: 5, "
            f"strides: 2, activation: elu, kernel_regularizer: {{name: l2, l2: {L2}}}}}, "
            "{name: BatchNormalization, momentum: 0.9}, "
            "{name: SeparableConv2D, filters: 4, kernel_size: 3, padding: same}, "
            "{name: LeakyReLU, negative_slope: 0.1}, {name: AveragePooling2D, pool_size: [2, 3]}, Flatten, "
            "{name: Dense, units: 6, activation: tanh, kernel_constraint: {name: max_norm, max_value: 0.5}}]}"
        ],
        convolutions,
    ),
    "sequences": (
        [
            "architecture={layers: [{name: Conv1D, filters: 8, kernel_size: 4, strides: 4, padding: causal, "
            "activation: relu}, {name: LSTM, units: 6, return_sequences: true, "
            f"recurrent_regularizer: {{name: l1_l2, l1: {L2}, l2: {L2}}}}}, LayerNormalization, "
            "{name: GRU, units: 5, reset_after: false, recurrent_activation: hard_sigmoid, go_backwards: true}]}"
        ],
        sequences,
    ),
    "lstm": (
        ["architecture={name: lstm, hidden: [5], recurrent_activation: hard_sigmoid}", f"regularization.l2={L2}"],
        lambda: recurrent(layers.LSTM, recurrent_activation="hard_sigmoid"),
    ),
    "gru": (
        ["architecture={name: gru, hidden: [5], activation: softsign}", f"regularization.l2={L2}"],
        lambda: recurrent(layers.GRU, activation="softsign"),
    ),
    "lenet5": (["architecture=lenet5"], lenet5),
    "resnet": (["architecture={name: resnet, widths: [2, 3]}"], resnet),
}


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("floatx")
def test_updates_are_those_of_model_fit(run_of: Callable[..., Run], case: str):
    settings, make = CASES[case]
    run = run_of(*settings, *overrides(UPDATES), "optimizer={name: adam, epsilon: 1e-4}", seed=SEED)
    loss = keras.losses.SparseCategoricalCrossentropy()
    weights, metrics = apart(run, data_of(run), make(), keras.optimizers.Adam(epsilon=1e-4), loss)
    assert weights < 1e-9
    assert metrics < 1e-9
