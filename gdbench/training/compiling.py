"""Pieces of a graph that XLA compiles, with their gradients."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile by XLA what is called from a graph."""
    made: Callable[..., Any] = tf.function(function, jit_compile=True, autograph=False)
    return made


def recomputed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a pure function and its gradient apart; the gradient computes values anew, since keeping costs more."""
    forward = compiled(function)
    backward = compiled(lambda gradient, *values: pulled_back(function, values, gradient))

    def call(*values: Any) -> Any:
        return forward(*values), lambda gradient: backward(gradient, *values)

    made: Callable[..., Any] = tf.custom_gradient(call)
    return made


def pulled_back(function: Callable[..., Any], values: Sequence[Any], gradient: Any) -> Sequence[Any]:
    """Return the gradients of a function's values, given that of its output."""
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = function(*values)
    gradients: Sequence[Any] = tape.gradient(outputs, values, gradient)
    return gradients
