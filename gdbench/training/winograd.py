"""A convolution of 3 x 3 kernels pooled by 2 x 2, by Winograd's minimal filtering F(2 x 2, 3 x 3).

Lavin and Gray 2016 (arXiv:1509.09308), section 4.1: from an input tile d of 4 x 4 and a kernel g, an output tile of
2 x 2 is A' [(G g G') * (B' d B)] A. That is exactly one pooling window, at 16 multiplications per channel and filter
instead of 36. The gradients are the transposed sums, with as few multiplications.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain

import tensorflow as tf

from gdbench.training.compiling import vector_jacobian_product, xla_compiled
from gdbench.training.keras_types import Tensor, TensorFunction

Matrix = Sequence[Sequence[float]]
Tiles = Sequence[Sequence[Tensor]]
Finish = Callable[[Sequence[Tensor], Tensor], Tensor]

# B', G and A' of the paper.
INPUT: Matrix = ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1))
KERNEL: Matrix = ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1))
OUTPUT: Matrix = ((1, 1, 1, 0), (0, 1, -1, -1))


class Winograd:
    """Convolves, finishes and pools; `finish` computes the pooled values from the four of each window and the bias.

    `keep` is the rows and columns of the pooled map; inputs (batch, rows, columns, channels) need two rows and columns
    for each of them, and two more.
    """

    def __init__(self, finish: Finish, keep: Sequence[int]) -> None:
        """Compile nothing yet."""
        self.keep = tuple(keep)
        self.finish = finish
        # Compiled separately, or XLA computes the results of one again wherever another uses them.
        self._compiled_weights = xla_compiled(_transformed_kernel)
        self._compiled_forward = xla_compiled(self._forward)
        self._compiled_outputs = xla_compiled(lambda *values: self._forward(*values)[0])
        self._compiled_pooling = xla_compiled(
            lambda gradient, *values: vector_jacobian_product(self._finished, values, gradient)
        )
        self._compiled_products = xla_compiled(_products_gradient)
        self._compiled_kernel = xla_compiled(self._kernel_gradient)
        self._compiled_input = xla_compiled(self._input_gradient)
        self.train: TensorFunction = tf.custom_gradient(self._train)

    def predict(self, inputs: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
        """Return the pooled map (batch, *keep, filters)."""
        return self._compiled_outputs(inputs, self._compiled_weights(kernel), bias)

    def _train(self, inputs: Tensor, kernel: Tensor, bias: Tensor) -> tuple[Tensor, TensorFunction]:
        weights = self._compiled_weights(kernel)
        outputs, transformed, windows = self._compiled_forward(inputs, weights, bias)

        def gradients(gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            *window_gradients, bias_gradient = self._compiled_pooling(gradient, *windows, bias)
            product_gradients = self._compiled_products(window_gradients)
            kernel_gradient = self._compiled_kernel(transformed, product_gradients)
            return self._compiled_input(product_gradients, weights), kernel_gradient, bias_gradient

        return outputs, gradients

    def _finished(self, *values: Tensor) -> Tensor:
        """Return the pooled map (batch, *keep, filters) of the four values of a window, (positions, filters) each.

        The bias comes after them.
        """
        pooled = self.finish(values[:-1], values[-1])
        return tf.reshape(pooled, [-1, *self.keep, pooled.shape[1]])

    def _forward(self, inputs: Tensor, weights: Tiles, bias: Tensor) -> tuple[Tensor, Tiles, list[Tensor]]:
        """Return the outputs, the transformed inputs and the four convolutions of each window.

        `weights` are those of the transformed kernel.
        """
        transformed = sandwiched(INPUT, self._tiles(inputs))
        products = zipped(tf.matmul, transformed, weights)
        windows = list(chain(*sandwiched(OUTPUT, products)))
        return self._finished(*windows, bias), transformed, windows

    def _kernel_gradient(self, transformed: Tiles, product_gradients: Tiles) -> Tensor:
        """Return the gradient of the kernel (3, 3, channels, filters), given those of the products."""

        def gradient(tile: Tensor, product_gradient: Tensor) -> Tensor:
            return tf.matmul(tile, product_gradient, transpose_a=True)

        sums = sandwiched(_transposed(KERNEL), zipped(gradient, transformed, product_gradients))
        return tf.stack([tf.stack(row) for row in sums])

    def _input_gradient(self, product_gradients: Tiles, weights: Tiles) -> Tensor:
        """Return the gradient of the inputs, given those of the products."""

        def gradient(product_gradient: Tensor, weight: Tensor) -> Tensor:
            return tf.matmul(product_gradient, weight, transpose_b=True)

        return self._merged(zipped(gradient, product_gradients, weights))

    def _tiles(self, inputs: Tensor) -> list[list[Tensor]]:
        """Return the sixteen values of each tile, (positions, channels) each."""
        # Tiles overlap: each begins two rows and columns after the one before.
        rows, columns = (2 * kept - 1 for kept in self.keep)
        return [
            [
                tf.reshape(inputs[:, row : row + rows : 2, column : column + columns : 2], [-1, inputs.shape[3]])
                for column in range(4)
            ]
            for row in range(4)
        ]

    def _merged(self, tiles: Tiles) -> Tensor:
        """Return the gradient of the inputs, given that of the transformed tiles."""
        maps = [[tf.reshape(tile, [-1, *self.keep, tile.shape[1]]) for tile in row] for row in tiles]
        # Rows first and columns of their sums, or each input would be a sum over up to four tiles of sixteen.
        return _joined([_joined(column, 1) for column in zip(*maps, strict=True)], 2)


def _joined(maps: Sequence[Tensor], axis: int) -> Tensor:
    """Return the sums along an axis of what the back-transformed tiles, which overlap by two, give each input."""
    first, second, third, fourth = (_combined(weights, maps) for weights in _transposed(INPUT))
    even = _overlapped(first, third, axis)
    odd = _overlapped(second, fourth, axis)
    shape = even.shape.as_list()
    shape[axis] *= 2
    return tf.reshape(tf.stack([even, odd], axis + 1), [-1, *shape[1:]])


def _overlapped(current: Tensor, previous: Tensor, axis: int) -> Tensor:
    """Return the sums of each tile and the previous one where they overlap; at either end there is only one."""
    after_last, before_first = ([[0, 0]] * axis + [margin] + [[0, 0]] * (3 - axis) for margin in ([0, 1], [1, 0]))
    return tf.pad(current, after_last) + tf.pad(previous, before_first)


def size(images: int, keep: Sequence[int], channels: int, filters: int) -> int:
    """Return the number of transformed inputs and products together."""
    return 16 * images * math.prod(keep) * (channels + filters)


def sandwiched(matrix: Matrix, tiles: Tiles) -> list[list[Tensor]]:
    """Return `matrix @ tiles @ matrix'` for tiles whose entries are arrays."""
    rows = [[_combined(weights, column) for column in zip(*tiles, strict=True)] for weights in matrix]
    return [[_combined(weights, row) for weights in matrix] for row in rows]


def zipped(function: Callable[[Tensor, Tensor], Tensor], left: Tiles, right: Tiles) -> list[list[Tensor]]:
    """Apply a function of two arguments to the entries of two tiles."""
    return [[function(*pair) for pair in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]


def _combined(weights: Sequence[float], values: Sequence[Tensor]) -> Tensor:
    """Return the weighted sum."""
    terms = [(weight, value) for weight, value in zip(weights, values, strict=True) if weight]
    # No operation for a weight of 0, 1 or -1: most are, and saving those multiplications is the point.
    return sum_of([value if weight == 1 else -value if weight == -1 else weight * value for weight, value in terms])


def sum_of(values: Sequence[Tensor]) -> Tensor:
    """Return the sum, added in the given order."""
    # Without `start`, sum adds to 0: one more operation in the graph.
    return sum(values[1:], start=values[0])


def _products_gradient(window_gradients: Sequence[Tensor]) -> list[list[Tensor]]:
    """Return the gradients of the sixteen products, given those of the four convolutions of each window."""
    return sandwiched(_transposed(OUTPUT), [window_gradients[:2], window_gradients[2:]])


def _transformed_kernel(kernel: Tensor) -> list[list[Tensor]]:
    return sandwiched(KERNEL, [tf.unstack(row) for row in tf.unstack(kernel)])


def _transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))
