"""Parts of a graph that XLA compiles, with their gradients."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import tensorflow as tf

from gdbench.training.keras_types import Tensor, TensorFunction

CompilerName = Literal["xla", "graph", "eager"]
Result = TypeVar("Result")


def xla_compiled(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return a function of tensors that XLA compiles where a graph calls it."""
    # Without autograph: the functions here hold no Python control flow on tensors, and converting them takes time.
    compiled: Callable[..., Result] = tf.function(function, jit_compile=True, autograph=False)
    return compiled


def with_recomputed_gradient(function: TensorFunction) -> TensorFunction:
    """Compile a pure function and its gradient separately; the gradient computes intermediate values again.

    Keeping them from the forward pass costs more: they would have to be written to memory and read back.
    """
    forward = xla_compiled(function)
    backward = xla_compiled(lambda gradient, *inputs: vector_jacobian_product(function, inputs, gradient))

    def call(*inputs: Tensor) -> tuple[Tensor, TensorFunction]:
        return forward(*inputs), lambda gradient: backward(gradient, *inputs)

    differentiable: TensorFunction = tf.custom_gradient(call)
    return differentiable


def vector_jacobian_product(function: TensorFunction, inputs: Sequence[Tensor], gradient: Tensor) -> Sequence[Tensor]:
    """Return the gradients with respect to the inputs of a function, given that with respect to its output."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = function(*inputs)
    gradients: Sequence[Tensor] = tape.gradient(output, inputs, gradient)
    return gradients


def compiled_by(compiler: CompilerName, function: TensorFunction) -> TensorFunction:
    """Return a function of tensors as it runs under a compiler: XLA, TensorFlow's graphs, or none."""
    if compiler == "eager":
        return function
    compiled: TensorFunction = tf.function(function, jit_compile=compiler == "xla", autograph=False)
    return compiled
