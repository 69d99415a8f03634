"""Convolution, activation and max-pooling as one block: Keras' weights and results, in less time on a core.

Four things make the difference; results/speed/README.md has the figures. The gradient of a maximum of strided slices,
compiled by XLA, is cheaper than TensorFlow's gradient of max-pooling. A convolution with few inputs is a sum of shifted
images, computed together with the maximum. One of 3 x 3 with many inputs needs fewer multiplications with Winograd's
filtering; others with many inputs stay with TensorFlow, whose oneDNN kernels XLA does not match. And nothing is
computed that the pooling leaves out: a map of 11 x 11 pooled by 2 needs 10 x 10.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce

import keras
import numpy as np
import tensorflow as tf

from gdbench.training import winograd
from gdbench.training.compiling import vector_jacobian_product, with_recomputed_gradient, xla_compiled
from gdbench.training.keras_types import Tensor, TensorFunction

# A first convolution with at most this many weights per filter is a sum of shifted images: 3 x 3 of three channels, or
# 5 x 5.
MOST_NARROW = 32
# The maximum may be taken before an activation that never decreases, which then has a quarter of the values to compute.
_INCREASING = ("relu", "relu6", "leaky_relu", "elu", "selu", "softplus", "tanh", "sigmoid", "hard_sigmoid", "linear")

# Winograd's transformed values are held in memory, half a gigabyte of float32 at most: 600 images of a map of 26 x 26.
MOST_WINOGRAD = 2**27

Pointwise = Callable[[Tensor], Tensor]
Place = tuple[int, int]
# Functions of inputs, kernel and bias: one for training, one for everything else.
Calls = tuple[TensorFunction, TensorFunction]


class ConvolutionBlock:
    """A convolution, its activation and a max-pooling of `pool` x `pool` windows, called like a layer.

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
        # An activation with arguments is a partial of Keras' function.
        self.increasing = getattr(getattr(activation, "func", activation), "__name__", "") in _INCREASING
        narrow = first and self.increasing and weights <= MOST_NARROW
        self._direct = self._narrow() if narrow else self._wide()
        self._winograd = None if narrow or layer.kernel_size != (3, 3) or pool != 2 else self._filtered()

    @property
    def needs(self) -> tuple[int, ...]:
        """The rows and columns of the input that the kept ones depend on."""
        sides = zip(self.layer.input.shape[1:3], self.keep, self.layer.kernel_size, strict=True)
        same = self.layer.padding == "same"
        return tuple(side if same else self.pool * kept + size - 1 for side, kept, size in sides)

    def __call__(self, inputs: Tensor, training: bool) -> Tensor:
        """Return the pooled map (batch, *keep, filters) of inputs (batch, rows, columns, channels)."""
        weights = map(tf.convert_to_tensor, (self.layer.kernel.value, self.layer.bias.value))
        train, predict = self._calls(inputs.shape[0])
        return (train if training else predict)(inputs, *weights)

    def _calls(self, images: int) -> Calls:
        size = winograd.size(images, self.keep, *self.layer.kernel.shape[2:])
        return self._winograd if self._winograd and size <= MOST_WINOGRAD else self._direct

    def _finish(self, windows: Sequence[Tensor], bias: Tensor) -> Tensor:
        """Return the pooled values, given the convolutions at each place of the windows."""
        if self.increasing:
            return self.activation(reduce(tf.maximum, windows) + bias)
        return reduce(tf.maximum, [self.activation(value + bias) for value in windows])

    def _filtered(self) -> Calls:
        filtering = winograd.Winograd(self._finish, self.keep)
        rows, columns = (2 * kept + 2 for kept in self.keep)
        margin = 1 if self.layer.padding == "same" else 0

        def call(convolve: TensorFunction, inputs: Tensor, *weights: Tensor) -> Tensor:
            padded = tf.pad(inputs, [[0, 0], [margin, margin], [margin, margin], [0, 0]]) if margin else inputs
            return convolve(padded[:, :rows, :columns], *weights)

        return partial(call, filtering.train), partial(call, filtering.predict)

    def _wide(self) -> Calls:
        finish = with_recomputed_gradient(
            lambda linear, bias: self._finish(windows_of(linear, self.pool, self.keep), bias)
        )
        padding = self.layer.padding.upper()

        def call(inputs: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
            return finish(tf.nn.conv2d(inputs, kernel, 1, padding), bias)

        return call, call

    def _narrow(self) -> Calls:
        forward, backward = xla_compiled(self._narrow_forward), xla_compiled(self._narrow_backward)

        def call(inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, TensorFunction]:
            outputs, largest, place = forward(inputs, kernel, bias)
            return outputs, lambda gradient: (None, *backward(inputs, largest, place, gradient))

        return tf.custom_gradient(call), xla_compiled(lambda *values: self._narrow_forward(*values)[0])

    def _narrow_forward(self, inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the outputs, their values before the activation, and the place of each maximum in its window."""
        channels = {place: tf.split(values, inputs.shape[3], -1) for place, values in self._slices(inputs).items()}
        weights = dict(
            zip(np.ndindex(*kernel.shape[:3]), tf.unstack(tf.reshape(kernel, [-1, kernel.shape[3]])), strict=True)
        )
        products = [
            winograd.sum_of([channels[row + r, column + c][n] * weight for (r, c, n), weight in weights.items()])
            for row, column in places(self.pool)
        ]
        largest, place = products[0], tf.zeros_like(products[0], tf.uint8)
        for number, product in enumerate(products[1:], start=1):
            # Of equal values the first is the maximum, as in Keras.
            larger = product > largest
            largest, place = tf.where(larger, product, largest), tf.where(larger, tf.constant(number, tf.uint8), place)
        largest = largest + bias
        return self.activation(largest), largest, place

    def _narrow_backward(self, inputs: Tensor, largest: Tensor, place: Tensor, gradient: Tensor) -> Sequence[Tensor]:
        """Return the gradients of kernel and bias.

        A patch is everything that a whole window depends on; a product for each place of the maximum gives the gradient
        of the kernel put into the patch at that place.
        """
        (gradient,) = vector_jacobian_product(self.activation, (largest,), gradient)
        patches = self._patches(inputs)
        rows, columns, channels, filters = self.layer.kernel.shape
        patch_shape = [rows + self.pool - 1, columns + self.pool - 1, channels, filters]
        parts = []
        for number, (row, column) in enumerate(places(self.pool)):
            chosen = tf.reshape(tf.where(place == number, gradient, 0), [-1, filters])
            part = tf.reshape(tf.matmul(patches, chosen), patch_shape)
            parts.append(part[row : row + rows, column : column + columns])
        return tf.add_n(parts), tf.reduce_sum(gradient, [0, 1, 2])

    def _patches(self, inputs: Tensor) -> Tensor:
        """Return everything that each kept window depends on, (values, batch * rows * columns of `keep`)."""
        values = [value for seen in self._slices(inputs).values() for value in tf.unstack(seen, axis=3)]
        return tf.reshape(tf.stack(values), [len(values), -1])

    def _slices(self, inputs: Tensor) -> dict[Place, Tensor]:
        """Return what the kept windows see at each place of their patches, (batch, *keep, channels), row by row."""
        rows, columns = (size + self.pool - 1 for size in self.layer.kernel_size)
        if self.layer.padding == "same":
            inputs = tf.pad(inputs, [[0, 0], *([(s - 1) // 2, s // 2] for s in self.layer.kernel_size), [0, 0]])
        height, width = (self.pool * (kept - 1) + 1 for kept in self.keep)
        return {
            (row, column): inputs[:, row : row + height : self.pool, column : column + width : self.pool]
            for row, column in np.ndindex(rows, columns)
        }


def maximum(values: Tensor, pool: int, keep: Sequence[int]) -> Tensor:
    """Return the maxima of `keep` rows and columns of windows; of equal values the first has the gradient."""
    return reduce(tf.maximum, windows_of(values, pool, keep))


def windows_of(values: Tensor, pool: int, keep: Sequence[int]) -> list[Tensor]:
    """Return the values at each place of `keep` rows and columns of windows, (batch, *keep, filters)."""
    ends = [pool * kept for kept in keep]
    return [values[:, row : ends[0] : pool, column : ends[1] : pool] for row, column in places(pool)]


def places(pool: int) -> list[Place]:
    """Return the places in a window, row by row."""
    return list(np.ndindex(pool, pool))
