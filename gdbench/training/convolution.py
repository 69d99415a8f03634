"""Convolution, activation and max-pooling as one block: Keras' weights and results, several times its speed on a core.

Three things make the difference; results/speed/README.md has the figures. XLA's gradient of a maximum of strided slices
takes a fifth of the time of TensorFlow's max-pooling gradient. A convolution of few inputs is a product of patches. And
nothing is computed that the pooling leaves out: a map of 11 x 11 pooled by 2 needs 10 x 10. Convolutions of many inputs
stay with TensorFlow, whose oneDNN kernels XLA does not reach.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import keras
import tensorflow as tf

# The first convolution is a product of patches up to so many weights a filter: 3 x 3 of three channels, 5 x 5 of one.
MOST_NARROW = 32
# Of an activation that never falls the maximum may be taken first: it is then computed for a quarter of the values.
_RISING = ("relu", "relu6", "leaky_relu", "elu", "selu", "softplus", "tanh", "sigmoid", "hard_sigmoid", "linear")

Activation = Callable[[Any], Any]


class Block:
    """A convolution, its activation and a max-pooling of `pool` x `pool` windows, called as a layer is.

    `keep` is the rows and columns of the pooled map that the next layer looks at; `first` says that nothing before the
    block is trained, so that its inputs need no gradient.
    """

    def __init__(self, layer: keras.layers.Conv2D, activation: Activation, pool: int, keep: Sequence[int], first: bool):
        """Take the weights of `layer`, which Keras has built."""
        self.layer = layer
        self.activation = activation
        self.pool = pool
        self.keep = keep
        weights = layer.kernel.shape[0] * layer.kernel.shape[1] * layer.kernel.shape[2]
        rising = getattr(getattr(activation, "func", activation), "__name__", "") in _RISING
        narrow = first and rising and weights <= MOST_NARROW
        self.train, self.predict = self._narrow() if narrow else self._wide(rising)

    @property
    def needs(self) -> tuple[int, ...]:
        """The rows and columns of the input that the kept ones depend on."""
        sides = zip(self.layer.input.shape[1:3], self.keep, self.layer.kernel_size, strict=True)
        same = self.layer.padding == "same"
        return tuple(side if same else self.pool * kept + size - 1 for side, kept, size in sides)

    def __call__(self, inputs: Any, training: bool) -> Any:
        """Return the pooled map (batch, *keep, filters) of inputs (batch, rows, columns, channels)."""
        weights = map(tf.convert_to_tensor, (self.layer.kernel.value, self.layer.bias.value))
        return (self.train if training else self.predict)(inputs, *weights)

    def _wide(self, rising: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
        def finish(linear: Any, bias: Any) -> Any:
            if rising:
                return self.activation(maximum(linear, self.pool, self.keep) + bias)
            return maximum(self.activation(linear + bias), self.pool, self.keep)

        finished = recomputed(finish)
        padding = self.layer.padding.upper()

        def call(inputs: Any, kernel: Any, bias: Any) -> Any:
            return finished(tf.nn.conv2d(inputs, kernel, 1, padding), bias)

        return call, call

    def _narrow(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        forward, backward = compiled(self._narrow_forward), compiled(self._narrow_backward)

        def call(inputs: Any, kernel: Any, bias: Any) -> Any:
            outputs, best, place = forward(inputs, kernel, bias)
            return outputs, lambda gradient: (None, *backward(inputs, best, place, gradient))

        return tf.custom_gradient(call), compiled(lambda *values: self._narrow_forward(*values)[0])

    def _narrow_forward(self, inputs: Any, kernel: Any, bias: Any) -> Any:
        """Return the outputs, their values before the activation, and the place in its window that each is from.

        A patch is what a whole window depends on; the kernel is set into it at each place of the window, and one
        product a place gives all its convolutions.
        """
        patches = self._patches(inputs)
        filters = kernel.shape[3]
        products = []
        for row, column in places(self.pool):
            margins = [[row, self.pool - 1 - row], [column, self.pool - 1 - column], [0, 0], [0, 0]]
            products.append(patches @ tf.reshape(tf.pad(kernel, margins), [-1, filters]))
        best, place = products[0], tf.zeros_like(products[0], tf.uint8)
        for number, product in enumerate(products[1:], start=1):
            better = product > best
            best, place = tf.where(better, product, best), tf.where(better, tf.constant(number, tf.uint8), place)
        best = tf.reshape(best + bias, [-1, *self.keep, filters])
        return self.activation(best), best, tf.reshape(place, tf.shape(best))

    def _narrow_backward(self, inputs: Any, best: Any, place: Any, gradient: Any) -> tuple[Any, Any]:
        """Return the gradients of kernel and bias."""
        (gradient,) = pulled_back(self.activation, (best,), gradient)
        patches = self._patches(inputs)
        rows, columns, channels, filters = self.layer.kernel.shape
        wide = [rows + self.pool - 1, columns + self.pool - 1, channels, filters]
        parts = []
        for number, (row, column) in enumerate(places(self.pool)):
            chosen = tf.reshape(tf.where(place == number, gradient, 0), [-1, filters])
            part = tf.reshape(tf.matmul(patches, chosen, transpose_a=True), wide)
            parts.append(part[row : row + rows, column : column + columns])
        return tf.add_n(parts), tf.reduce_sum(gradient, [0, 1, 2])

    def _patches(self, inputs: Any) -> Any:
        """Return all that each kept window depends on, (batch * rows * columns of `keep`, values)."""
        rows, columns = (size + self.pool - 1 for size in self.layer.kernel_size)
        if self.layer.padding == "same":
            inputs = tf.pad(inputs, [[0, 0], *([(s - 1) // 2, s // 2] for s in self.layer.kernel_size), [0, 0]])
        height, width = (self.pool * (kept - 1) + 1 for kept in self.keep)
        slices = [
            inputs[:, row : row + height : self.pool, column : column + width : self.pool]
            for row in range(rows)
            for column in range(columns)
        ]
        return tf.reshape(tf.concat(slices, -1), [-1, rows * columns * inputs.shape[3]])


def maximum(values: Any, pool: int, keep: Sequence[int]) -> Any:
    """Return the maxima of `keep` rows and columns of windows; of equal ones the first has the gradient, as Keras'."""
    ends = [pool * kept for kept in keep]
    slices = [values[:, row : ends[0] : pool, column : ends[1] : pool] for row, column in places(pool)]
    return reduce(tf.maximum, slices)


def places(pool: int) -> list[tuple[int, int]]:
    """Return the places in a window, row by row."""
    return [(row, column) for row in range(pool) for column in range(pool)]


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
