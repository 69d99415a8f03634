"""Activations of hidden and output units, with Keras' arguments and defaults."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from gdbench.catalog.entry import Entry, Family, NotNegative

Function = Callable[[Any], Any]


def relu() -> Function:
    """max(x, 0)."""
    import keras

    return keras.activations.relu  # type: ignore[no-any-return]


def leaky_relu(
    negative_slope: Annotated[NotNegative, Field(description="slope below zero")] = 0.2,
) -> Function:
    """X above zero, negative_slope * x below (Maas, Hannun and Ng 2013)."""
    import keras

    return partial(keras.activations.leaky_relu, negative_slope=negative_slope)


def tanh() -> Function:
    """Hyperbolic tangent, from -1 to 1."""
    import keras

    return keras.activations.tanh  # type: ignore[no-any-return]


def sigmoid() -> Function:
    """1 / (1 + exp(-x)), from 0 to 1."""
    import keras

    return keras.activations.sigmoid  # type: ignore[no-any-return]


def softmax() -> Function:
    """exp(x) divided by its sum over the outputs."""
    import keras

    return keras.activations.softmax  # type: ignore[no-any-return]


def linear() -> Function:
    """X itself."""
    import keras

    return keras.activations.linear  # type: ignore[no-any-return]


ACTIVATIONS = Family(
    "activation",
    "what a unit makes of its weighted sum",
    {
        "relu": Entry(relu),
        "leaky_relu": Entry(leaky_relu),
        "tanh": Entry(tanh),
        "sigmoid": Entry(sigmoid),
        "softmax": Entry(softmax),
        "linear": Entry(linear),
    },
)
