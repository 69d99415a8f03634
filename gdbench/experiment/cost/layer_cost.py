"""The multiply-adds and weights of an architecture, added up layer by layer."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gdbench.catalog.architecture_spec import ArchitectureSpec, Layer, Residual, shape_in
from gdbench.records import Settings

Shape = tuple[int, ...]

# How many times as long as in a dense layer a multiply-add takes.
CONVOLUTION_SLOWNESS, RECURRENT_SLOWNESS = 1.5, 1.4
# Products of an input and of a state that a recurrent layer computes in each step.
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


@dataclass(frozen=True, slots=True)
class LayerCost:
    """What a layer costs, its weights, how often one image uses each and how slow that is, and its output's shape."""

    output: Shape
    weights: int = 0
    uses: int = 0
    slowness: float = 1.0

    @property
    def multiply_adds(self) -> float:
        """Multiply-adds of one image, in units of those of a dense layer."""
        return self.uses * self.weights * self.slowness


def forward_cost(spec: ArchitectureSpec, image: Shape, classes: int) -> tuple[float, int]:
    """Return the multiply-adds of one image's forward pass, in units of those of a dense layer, and the weights."""
    shape = shape_in(spec.form, image) or (math.prod(image),)
    multiply_adds, weights = 0.0, 0
    for layer in (*_chain(spec), Layer("Dense", {"units": classes})):
        cost = _cost(layer, shape)
        multiply_adds += cost.multiply_adds
        weights += cost.weights
        shape = cost.output
    return multiply_adds, weights


def _chain(spec: ArchitectureSpec) -> Iterator[Layer]:
    """Yield the layers without their shortcuts, which cost little."""
    for layer in spec.layers:
        if isinstance(layer, Residual):
            yield from layer.layers
        elif isinstance(layer, Layer):
            yield layer


def _cost(layer: Layer, shape: Shape) -> LayerCost:
    if layer.kind in GATES:
        return _recurrent(layer.arguments, shape, GATES[layer.kind])
    # All other kinds count as free, and as leaving the shape as it is.
    return _COSTS[layer.kind](layer.arguments, shape) if layer.kind in _COSTS else LayerCost(shape)


def _dense(arguments: Settings, shape: Shape) -> LayerCost:
    units = arguments["units"]
    # On more than one dimension Keras applies the kernel along the last.
    return LayerCost((*shape[:-1], units), shape[-1] * units, math.prod(shape[:-1]))


def _recurrent(arguments: Settings, shape: Shape, gates: int) -> LayerCost:
    rows, columns = (*shape, 1)[:2]
    units = arguments["units"]
    output = (rows, units) if arguments["return_sequences"] else (units,)
    return LayerCost(output, gates * (columns + units) * units, rows, RECURRENT_SLOWNESS)


def _convolution(arguments: Settings, shape: Shape) -> LayerCost:
    *sides, channels = (*shape, 1, 1)[:3]
    windows, strides = _pair(arguments["kernel_size"]), _pair(arguments.get("strides", 1))
    is_padded = arguments.get("padding") == "same"
    rows, columns = (
        max(1, math.ceil((side - (0 if is_padded else window - 1)) / stride))
        for side, window, stride in zip(sides, windows, strides, strict=True)
    )
    filters = arguments["filters"]
    weights = math.prod(windows) * channels * filters
    return LayerCost((rows, columns, filters), weights, rows * columns, CONVOLUTION_SLOWNESS)


def _pooling(arguments: Settings, shape: Shape) -> LayerCost:
    rows, columns, channels = (*shape, 1, 1)[:3]
    down, across = _pair(arguments["pool_size"])
    return LayerCost((max(1, rows // down), max(1, columns // across), channels))


def _global_pooling(_arguments: Settings, shape: Shape) -> LayerCost:
    return LayerCost(((*shape, 1, 1)[2],))


def _flatten(_arguments: Settings, shape: Shape) -> LayerCost:
    return LayerCost((math.prod(shape),))


def _pair(value: int | list[int]) -> tuple[int, int]:
    """Return both sides of a window that one number or two numbers describe."""
    return (value[0], value[1]) if isinstance(value, list) else (value, value)


_COSTS: dict[str, Callable[[Settings, Shape], LayerCost]] = {
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "Flatten": _flatten,
}
