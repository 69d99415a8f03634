"""A convolution of 3 x 3 kernels pooled by 2 x 2, by Winograd's minimal filtering F(2 x 2, 3 x 3).

Lavin and Gray 2016 (arXiv:1509.09308), section 4.1: of an input tile d of 4 x 4 and a kernel g, an output tile of 2 x 2
is A' [(G g G') * (B' d B)] A. It is just what one pooling window looks at, and takes 16 multiplications a channel and
filter instead of 36. The gradients are the same sums transposed, with as few.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import tensorflow as tf

from gdbench.training.compiling import compiled, pulled_back

Matrix = Sequence[Sequence[float]]
Tiles = Sequence[Sequence[Any]]
Finish = Callable[[Sequence[Any], Any], Any]

# B', G and A' of the paper.
INPUT: Matrix = ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1))
KERNEL: Matrix = ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1))
OUTPUT: Matrix = ((1, 1, 1, 0), (0, 1, -1, -1))


class Winograd:
    """Convolves, finishes and pools; `finish` makes the pooled values of the four of each window and the bias.

    `keep` is the rows and columns of the pooled map; inputs (batch, rows, columns, channels) need two rows and columns
    for each of them and two more.
    """

    def __init__(self, finish: Finish, keep: Sequence[int]) -> None:
        """Compile nothing yet."""
        self.keep = tuple(keep)
        self.finish = finish
        # Each apart, or XLA computes one's results anew wherever another uses them.
        self._compiled_weights = compiled(_transformed_kernel)
        self._compiled_forward = compiled(self._forward)
        self._compiled_outputs = compiled(lambda *values: self._forward(*values)[0])
        self._compiled_pooling = compiled(lambda gradient, *values: pulled_back(self._finished, values, gradient))
        self._compiled_products = compiled(_products_gradient)
        self._compiled_kernel = compiled(self._kernel_gradient)
        self._compiled_input = compiled(self._input_gradient)
        self.train = tf.custom_gradient(self._train)

    def predict(self, inputs: Any, kernel: Any, bias: Any) -> Any:
        """Return the pooled map (batch, *keep, filters)."""
        return self._compiled_outputs(inputs, self._compiled_weights(kernel), bias)

    def _train(self, inputs: Any, kernel: Any, bias: Any) -> tuple[Any, Callable[..., Any]]:
        weights = self._compiled_weights(kernel)
        outputs, transformed, windows = self._compiled_forward(inputs, weights, bias)

        def gradients(gradient: Any) -> tuple[Any, Any, Any]:
            *of_windows, of_bias = self._compiled_pooling(gradient, *windows, bias)
            of_products = self._compiled_products(of_windows)
            of_kernel = self._compiled_kernel(transformed, of_products)
            return self._compiled_input(of_products, weights), of_kernel, of_bias

        return outputs, gradients

    def _finished(self, *values: Any) -> Any:
        """Return the pooled map (batch, *keep, filters) of a window's four values, (positions, filters) each."""
        pooled = self.finish(values[:-1], values[-1])
        return tf.reshape(pooled, [-1, *self.keep, pooled.shape[1]])

    def _forward(self, inputs: Any, weights: Tiles, bias: Any) -> tuple[Any, Tiles, list[Any]]:
        """Return the outputs, the transformed inputs and the four convolutions of each window.

        `weights` are the kernel's, transformed.
        """
        transformed = sandwiched(INPUT, self._tiles(inputs))
        products = zipped(tf.matmul, transformed, weights)
        windows = list(chain(*sandwiched(OUTPUT, products)))
        return self._finished(*windows, bias), transformed, windows

    def _kernel_gradient(self, transformed: Tiles, of_products: Tiles) -> Any:
        """Return the gradient of the kernel (3, 3, channels, filters), given that of the products."""

        def gradient(tile: Any, of_product: Any) -> Any:
            return tf.matmul(tile, of_product, transpose_a=True)

        sums = sandwiched(_transposed(KERNEL), zipped(gradient, transformed, of_products))
        return tf.stack([tf.stack(row) for row in sums])

    def _input_gradient(self, of_products: Tiles, weights: Tiles) -> Any:
        """Return the gradient of the inputs, given that of the products."""

        def gradient(of_product: Any, weight: Any) -> Any:
            return tf.matmul(of_product, weight, transpose_b=True)

        return self._merged(zipped(gradient, of_products, weights))

    def _tiles(self, inputs: Any) -> list[list[Any]]:
        """Return the sixteen values of each tile, (positions, channels) each."""
        rows, columns = (2 * kept - 1 for kept in self.keep)
        return [
            [
                tf.reshape(inputs[:, row : row + rows : 2, column : column + columns : 2], [-1, inputs.shape[3]])
                for column in range(4)
            ]
            for row in range(4)
        ]

    def _merged(self, tiles: Tiles) -> Any:
        """Return the gradient of the inputs, given that of the transformed tiles."""
        maps = [[tf.reshape(tile, [-1, *self.keep, tile.shape[1]]) for tile in row] for row in tiles]
        # Rows first and columns of their sums, or each input would be a sum over up to four tiles of sixteen.
        return _joined([_joined(column, 1) for column in zip(*maps, strict=True)], 2)


def _joined(maps: Sequence[Any], axis: int) -> Any:
    """Return the sums along an axis of what the tiles, transformed back, give each input; they overlap by two."""
    first, second, third, fourth = (_combined(weights, maps) for weights in _transposed(INPUT))
    even = _beside(first, third, axis)
    odd = _beside(second, fourth, axis)
    shape = even.shape.as_list()
    shape[axis] *= 2
    return tf.reshape(tf.stack([even, odd], axis + 1), [-1, *shape[1:]])


def _beside(own: Any, before: Any, axis: int) -> Any:
    """Return what a tile and the one before it give together; at either end it is one alone."""
    after_last, before_first = ([[0, 0]] * axis + [margin] + [[0, 0]] * (3 - axis) for margin in ([0, 1], [1, 0]))
    return tf.pad(own, after_last) + tf.pad(before, before_first)


def values(images: int, keep: Sequence[int], channels: int, filters: int) -> int:
    """Return how many transformed inputs and products there are."""
    return 16 * images * math.prod(keep) * (channels + filters)


def sandwiched(matrix: Matrix, tiles: Tiles) -> list[list[Any]]:
    """Return `matrix @ tiles @ matrix'` for tiles whose entries are arrays."""
    rows = [[_combined(weights, column) for column in zip(*tiles, strict=True)] for weights in matrix]
    return [[_combined(weights, row) for weights in matrix] for row in rows]


def zipped(function: Callable[[Any, Any], Any], left: Tiles, right: Tiles) -> list[list[Any]]:
    """Apply a function of two to the entries of two tiles."""
    return [[function(*pair) for pair in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


def _combined(weights: Sequence[float], values: Sequence[Any]) -> Any:
    """Return the weighted sum; no operation is made for a weight of 0 or 1."""
    terms = [(weight, value) for weight, value in zip(weights, values, strict=True) if weight]
    return sum_of([value if weight == 1 else -value if weight == -1 else weight * value for weight, value in terms])


def sum_of(values: Sequence[Any]) -> Any:
    """Return the sum in the order given."""
    return sum(values[1:], start=values[0])


def _products_gradient(of_windows: Sequence[Any]) -> list[list[Any]]:
    """Return the gradients of the sixteen products, given those of the four convolutions of each window."""
    return sandwiched(_transposed(OUTPUT), [of_windows[:2], of_windows[2:]])


def _transformed_kernel(kernel: Any) -> list[list[Any]]:
    return sandwiched(KERNEL, [tf.unstack(row) for row in tf.unstack(kernel)])


def _transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))
