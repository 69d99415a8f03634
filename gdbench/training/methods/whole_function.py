"""One compiled function of all weights: its loss, its gradient, and the products of its Hessian with directions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog.optimizers.method import Computed
from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.keras_types import Array, Tensor, TensorFunction, Variable
from gdbench.training.model import Model
from gdbench.training.splits import Prepared

# The value that is minimized, and how many answers are right.
Valued = Callable[[], tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass over the images gave.

    `loss` is the mean without penalties, `total` what is minimized; `correct` is None where there are no answers.
    `derivative` (size,), in double precision, is the gradient, or the product of the Hessian and a direction; empty
    where the loss alone was computed.
    """

    loss: float
    total: float
    correct: int | None
    derivative: Array


@dataclass(eq=False)
class WholeFunction:
    """The mean loss over the first `images` training images, with penalties, as a function of all trained weights.

    It is computed `batch` images at a time; `penalty` is what regularization adds, None where it adds nothing.
    """

    model: Model
    data: Prepared
    images: int
    batch: int
    compiler: CompilerName
    penalty: Callable[[], Tensor] | None
    _compiled: dict[Computed, tuple[TensorFunction, TensorFunction]] = field(default_factory=dict, init=False)

    @property
    def variables(self) -> list[Variable]:
        """What is trained, whose values one after the other are the weights."""
        variables: list[Variable] = self.model.keras.trainable_variables
        return variables

    @property
    def weights(self) -> Array:
        """All weights as one vector (size,) in double precision."""
        return _flat([variable.value for variable in self.variables])

    def assign(self, weights: Array) -> None:
        """Give the model the weights of a vector (size,)."""
        for variable, part in zip(self.variables, self._parts(weights), strict=True):
            variable.assign(part)

    def compile(self, computed: Computed) -> bool:
        """Compile what is to be computed; return False if that had been done."""
        if computed in self._compiled:
            return False
        self._compiled[computed] = self._functions(computed)
        # Traced and compiled with the first call.
        self(computed, self.weights, self.weights)
        return True

    def __call__(self, computed: Computed, weights: Array, direction: Array | None = None) -> Pass:
        """Make one pass at some weights (size,); a product is that with a direction (size,)."""
        self.assign(weights)
        along = [] if direction is None or computed != "product" else list(map(tf.constant, self._parts(direction)))
        over_batches, of_penalty = self._compiled[computed]
        whole, train = self.images // self.batch * self.batch, self.data.train
        results = [
            over_batches(train.images, train.labels, tf.constant(first), tf.constant(stop), along, size)
            for first, stop, size in ((0, whole, self.batch), (whole, self.images, self.images - whole))
            if first < stop
        ]
        # In double precision: a sum of 60,000 losses loses digits in single precision.
        loss = sum(float(losses.numpy().astype(np.float64).sum()) for losses, _, _ in results) / self.images
        correct = sum(int(right.numpy().sum()) for _, right, _ in results)
        derivative = np.sum([_flat(parts) for _, _, parts in results], axis=0) / self.images
        if self.penalty is None:
            return Pass(loss, loss, correct, derivative)
        value, parts = of_penalty(along)
        return Pass(loss, loss + float(value), correct, derivative + _flat(parts))

    def _parts(self, weights: Array) -> list[Array]:
        """Return a vector (size,) as arrays in the shapes and the precision of the variables."""
        ends = np.cumsum([math.prod(variable.shape) for variable in self.variables])
        pieces = np.split(weights.astype(keras.config.floatx()), ends[:-1])
        return [piece.reshape(variable.shape) for piece, variable in zip(pieces, self.variables, strict=True)]

    def _functions(self, computed: Computed) -> tuple[TensorFunction, TensorFunction]:
        """Return compiled functions of the sums over batches, and of the penalty."""

        def over_batches(
            images: Tensor, labels: Tensor, first: Tensor, stop: Tensor, along: Sequence[Tensor], size: int
        ) -> tuple[Tensor, Tensor, Sequence[Tensor]]:
            def body(start: Tensor, index: Tensor, losses: Tensor, correct: Tensor, *sums: Tensor) -> Sequence[Tensor]:
                loss, right, parts = self._derived(computed, along, self._of_batch(images, labels, start, size))
                added = [total + part for total, part in zip(sums, parts, strict=True)]
                return [start + size, index + 1, losses.write(index, loss), correct.write(index, right), *added]

            count = images.shape[0] // size
            arrays = (
                tf.TensorArray(keras.config.floatx(), count, element_shape=()),
                tf.TensorArray(tf.int32, count, element_shape=()),
            )
            zeros = [] if computed == "loss" else [tf.zeros_like(variable.value) for variable in self.variables]
            state = (first, 0, *arrays, *zeros)
            looped = tf.while_loop(lambda start, *_: start < stop, body, state, parallel_iterations=1)
            return looped[2].stack(), looped[3].stack(), looped[4:]

        def of_penalty(along: Sequence[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
            assert self.penalty is not None, "called only where there is a penalty"
            penalty = self.penalty
            value, _, parts = self._derived(computed, along, lambda: (penalty(), tf.constant(0)))
            return value, parts

        return compiled_by(self.compiler, over_batches), compiled_by(self.compiler, of_penalty)

    def _of_batch(self, images: Tensor, labels: Tensor, start: Tensor, size: int) -> Valued:
        """Return the function that computes the summed loss and the correct answers of a batch."""

        def summed() -> tuple[Tensor, Tensor]:
            shape = images.shape
            batch = tf.slice(images, [start, *([0] * (len(shape) - 1))], [size, *shape[1:]])
            answers = tf.slice(labels, [start], [size])
            outputs = self.model.outputs(self.data.pixels(batch), False)
            return tf.reduce_sum(self.model.losses(answers, outputs)), self.model.count_correct(answers, outputs)

        return summed

    def _derived(
        self, computed: Computed, along: Sequence[Tensor], valued: Valued
    ) -> tuple[Tensor, Tensor, Sequence[Tensor]]:
        """Return a value, the correct answers, and for each variable the gradient or its change along a direction."""
        weights = [variable.value for variable in self.variables]
        if computed == "loss":
            return *valued(), []
        zero = tf.UnconnectedGradients.ZERO
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                value, correct = valued()
            gradient = inner.gradient(value, weights, unconnected_gradients=zero)
            if computed == "product":
                slope = tf.add_n([tf.reduce_sum(part * step) for part, step in zip(gradient, along, strict=True)])
        if computed == "product":
            gradient = outer.gradient(slope, weights, unconnected_gradients=zero)
        return value, correct, gradient


def _flat(parts: Sequence[Tensor]) -> Array:
    """Return tensors one after the other, as one vector in double precision."""
    return np.concatenate([np.zeros(0), *(np.asarray(part, np.float64).ravel() for part in parts)])
