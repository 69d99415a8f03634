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
        self.predict = compiled(lambda *values: self._forward(*values)[0])
        self._compiled_forward = compiled(self._forward)
        # Apart, or XLA computes a window's gradients anew for each of the sixteen products.
        self._compiled_pooling = compiled(lambda gradient, *values: pulled_back(self._finished, values, gradient))
        self._compiled_backward = compiled(self._backward)
        self.train = tf.custom_gradient(self._train)

    def _train(self, inputs: Any, kernel: Any, bias: Any) -> tuple[Any, Callable[..., Any]]:
        outputs, transformed, windows = self._compiled_forward(inputs, kernel, bias)

        def gradients(gradient: Any) -> tuple[Any, Any, Any]:
            *of_windows, of_bias = self._compiled_pooling(gradient, *windows, bias)
            return (*self._compiled_backward(transformed, kernel, of_windows), of_bias)

        return outputs, gradients

    def _finished(self, *values: Any) -> Any:
        """Return the pooled map (batch, *keep, filters) of a window's four values, (positions, filters) each."""
        pooled = self.finish(values[:-1], values[-1])
        return tf.reshape(pooled, [-1, *self.keep, pooled.shape[1]])

    def _forward(self, inputs: Any, kernel: Any, bias: Any) -> tuple[Any, Tiles, list[Any]]:
        """Return the outputs, the transformed inputs and the four convolutions of each window."""
        transformed = sandwiched(INPUT, self._tiles(inputs))
        products = zipped(tf.matmul, transformed, _transformed_kernel(kernel))
        windows = list(chain(*sandwiched(OUTPUT, products)))
        return self._finished(*windows, bias), transformed, windows

    def _backward(self, transformed: Tiles, kernel: Any, windows: Sequence[Any]) -> tuple[Any, Any]:
        """Return the gradients of inputs and kernel, given those of the four convolutions of each window."""
        of_products = sandwiched(_transposed(OUTPUT), [windows[:2], windows[2:]])

        def of_kernel(tile: Any, gradient: Any) -> Any:
            return tf.matmul(tile, gradient, transpose_a=True)

        def of_input(gradient: Any, weights: Any) -> Any:
            return tf.matmul(gradient, weights, transpose_b=True)

        kernels = sandwiched(_transposed(KERNEL), zipped(of_kernel, transformed, of_products))
        tiles = zipped(of_input, of_products, _transformed_kernel(kernel))
        return self._merged(sandwiched(_transposed(INPUT), tiles)), tf.stack([tf.stack(row) for row in kernels])

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
        """Return the sums over tiles, which overlap by two rows and columns, at each input."""
        maps = [[tf.reshape(tile, [-1, *self.keep, tile.shape[1]]) for tile in row] for row in tiles]
        # Inputs of even and odd rows and columns apart: each is in up to four tiles.
        parts = [[self._part(maps, row, column) for column in (0, 1)] for row in (0, 1)]
        merged = tf.stack([tf.stack(row, 3) for row in parts], 2)
        rows, columns = (2 * kept + 2 for kept in self.keep)
        return tf.reshape(merged, [-1, rows, columns, merged.shape[5]])

    def _part(self, maps: Tiles, row: int, column: int) -> Any:
        shifts = [(down, right) for down in (0, 1) for right in (0, 1)]
        margins = [[[0, 0], [down, 1 - down], [right, 1 - right], [0, 0]] for down, right in shifts]
        placed = [maps[row + 2 * down][column + 2 * right] for down, right in shifts]
        return tf.add_n([tf.pad(map_, margin) for map_, margin in zip(placed, margins, strict=True)])


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


def _transformed_kernel(kernel: Any) -> list[list[Any]]:
    return sandwiched(KERNEL, [tf.unstack(row) for row in tf.unstack(kernel)])


def _transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))
