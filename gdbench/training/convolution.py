"""Convolution, activation and max-pooling as one block: Keras' weights and results, in less time on a core.

Four things make the difference; results/speed/README.md has the figures. The gradient of a maximum of strided slices,
compiled by XLA, is cheaper than TensorFlow's of max-pooling. A convolution of few inputs is a sum of shifted images,
computed together with the maximum. One of 3 x 3 and many inputs takes fewer multiplications by Winograd's filtering;
others of many inputs stay with TensorFlow, whose oneDNN kernels XLA does not reach. And nothing is computed that the
pooling leaves out: a map of 11 x 11 pooled by 2 needs 10 x 10.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gdbench.training import winograd
from gdbench.training.compiling import compiled, pulled_back, recomputed

# A first convolution of at most so many weights a filter is a sum of shifted images: 3 x 3 of three channels, 5 x 5.
MOST_NARROW = 32
# Of an activation that never falls the maximum may be taken first: it is then computed for a quarter of the values.
_RISING = ("relu", "relu6", "leaky_relu", "elu", "selu", "softplus", "tanh", "sigmoid", "hard_sigmoid", "linear")

# Winograd's transformed values are held in memory, half a gigabyte of float32 at most: 600 images of a map of 26 x 26.
MOST_WINOGRAD = 2**27

Pointwise = Callable[[Any], Any]
# What is called with inputs, kernel and bias in training, and what otherwise.
Calls = tuple[Callable[..., Any], Callable[..., Any]]


class ConvolutionBlock:
    """A convolution, its activation and a max-pooling of `pool` x `pool` windows, called as a layer is.

    `keep` is the rows and columns of the pooled map that the next layer looks at; `first` says that nothing before the
    block is trained, so that its inputs need no gradient.
    """

    def __init__(self, layer: keras.layers.Conv2D, activation: Pointwise, pool: int, keep: Sequence[int], first: bool):
        """Take the weights of `layer`, which Keras has built."""
        self.layer = layer
        self.activation = activation
        self.pool = pool
        self.keep = keep
        weights = layer.kernel.shape[0] * layer.kernel.shape[1] * layer.kernel.shape[2]
        self.rising = getattr(getattr(activation, "func", activation), "__name__", "") in _RISING
        narrow = first and self.rising and weights <= MOST_NARROW
        self._direct = self._narrow() if narrow else self._wide()
        self._winograd = None if narrow or layer.kernel_size != (3, 3) or pool != 2 else self._filtered()

    @property
    def needs(self) -> tuple[int, ...]:
        """The rows and columns of the input that the kept ones depend on."""
        sides = zip(self.layer.input.shape[1:3], self.keep, self.layer.kernel_size, strict=True)
        same = self.layer.padding == "same"
        return tuple(side if same else self.pool * kept + size - 1 for side, kept, size in sides)

    def __call__(self, inputs: Any, training: bool) -> Any:
        """Return the pooled map (batch, *keep, filters) of inputs (batch, rows, columns, channels)."""
        weights = map(tf.convert_to_tensor, (self.layer.kernel.value, self.layer.bias.value))
        train, predict = self._calls(inputs.shape[0])
        return (train if training else predict)(inputs, *weights)

    def _calls(self, images: int) -> Calls:
        values = winograd.values(images, self.keep, *self.layer.kernel.shape[2:])
        return self._winograd if self._winograd and values <= MOST_WINOGRAD else self._direct

    def _finish(self, windows: Sequence[Any], bias: Any) -> Any:
        """Return the pooled values of the convolutions at each place of the windows."""
        if self.rising:
            return self.activation(reduce(tf.maximum, windows) + bias)
        return reduce(tf.maximum, [self.activation(value + bias) for value in windows])

    def _filtered(self) -> Calls:
        made = winograd.Winograd(self._finish, self.keep)
        rows, columns = (2 * kept + 2 for kept in self.keep)
        margin = 1 if self.layer.padding == "same" else 0

        def call(convolve: Callable[..., Any], inputs: Any, *weights: Any) -> Any:
            padded = tf.pad(inputs, [[0, 0], [margin, margin], [margin, margin], [0, 0]]) if margin else inputs
            return convolve(padded[:, :rows, :columns], *weights)

        return partial(call, made.train), partial(call, made.predict)

    def _wide(self) -> Calls:
        finished = recomputed(lambda linear, bias: self._finish(windows_of(linear, self.pool, self.keep), bias))
        padding = self.layer.padding.upper()

        def call(inputs: Any, kernel: Any, bias: Any) -> Any:
            return finished(tf.nn.conv2d(inputs, kernel, 1, padding), bias)

        return call, call

    def _narrow(self) -> Calls:
        forward, backward = compiled(self._narrow_forward), compiled(self._narrow_backward)

        def call(inputs: Any, kernel: Any, bias: Any) -> Any:
            outputs, best, place = forward(inputs, kernel, bias)
            return outputs, lambda gradient: (None, *backward(inputs, best, place, gradient))

        return tf.custom_gradient(call), compiled(lambda *values: self._narrow_forward(*values)[0])

    def _narrow_forward(self, inputs: Any, kernel: Any, bias: Any) -> Any:
        """Return the outputs, their values before the activation, and the place in its window that each is from."""
        seen = {place: tf.split(values, inputs.shape[3], -1) for place, values in self._slices(inputs).items()}
        weights = dict(
            zip(np.ndindex(*kernel.shape[:3]), tf.unstack(tf.reshape(kernel, [-1, kernel.shape[3]])), strict=True)
        )
        products = [
            winograd.sum_of([seen[row + r, column + c][n] * weight for (r, c, n), weight in weights.items()])
            for row, column in places(self.pool)
        ]
        best, place = products[0], tf.zeros_like(products[0], tf.uint8)
        for number, product in enumerate(products[1:], start=1):
            better = product > best
            best, place = tf.where(better, product, best), tf.where(better, tf.constant(number, tf.uint8), place)
        best = best + bias
        return self.activation(best), best, place

    def _narrow_backward(self, inputs: Any, best: Any, place: Any, gradient: Any) -> tuple[Any, Any]:
        """Return the gradients of kernel and bias.

        A patch is all that a whole window depends on; a product for each place of the maximum gives the gradient of the
        kernel set into the patch there.
        """
        (gradient,) = pulled_back(self.activation, (best,), gradient)
        patches = self._patches(inputs)
        rows, columns, channels, filters = self.layer.kernel.shape
        wide = [rows + self.pool - 1, columns + self.pool - 1, channels, filters]
        parts = []
        for number, (row, column) in enumerate(places(self.pool)):
            chosen = tf.reshape(tf.where(place == number, gradient, 0), [-1, filters])
            part = tf.reshape(tf.matmul(patches, chosen), wide)
            parts.append(part[row : row + rows, column : column + columns])
        return tf.add_n(parts), tf.reduce_sum(gradient, [0, 1, 2])

    def _patches(self, inputs: Any) -> Any:
        """Return all that each kept window depends on, (values, batch * rows * columns of `keep`)."""
        values = [value for seen in self._slices(inputs).values() for value in tf.unstack(seen, axis=3)]
        return tf.reshape(tf.stack(values), [len(values), -1])

    def _slices(self, inputs: Any) -> dict[tuple[int, int], Any]:
        """Return what the kept windows see at each place of their patches, (batch, *keep, channels), row by row."""
        rows, columns = (size + self.pool - 1 for size in self.layer.kernel_size)
        if self.layer.padding == "same":
            inputs = tf.pad(inputs, [[0, 0], *([(s - 1) // 2, s // 2] for s in self.layer.kernel_size), [0, 0]])
        height, width = (self.pool * (kept - 1) + 1 for kept in self.keep)
        return {
            (row, column): inputs[:, row : row + height : self.pool, column : column + width : self.pool]
            for row, column in np.ndindex(rows, columns)
        }


def maximum(values: Any, pool: int, keep: Sequence[int]) -> Any:
    """Return the maxima of `keep` rows and columns of windows; of equal ones the first has the gradient, as Keras'."""
    return reduce(tf.maximum, windows_of(values, pool, keep))


def windows_of(values: Any, pool: int, keep: Sequence[int]) -> list[Any]:
    """Return the values at each place of `keep` rows and columns of windows, (batch, *keep, filters)."""
    ends = [pool * kept for kept in keep]
    return [values[:, row : ends[0] : pool, column : ends[1] : pool] for row, column in places(pool)]


def places(pool: int) -> list[tuple[int, int]]:
    """Return the places in a window, row by row."""
    return list(np.ndindex(pool, pool))
