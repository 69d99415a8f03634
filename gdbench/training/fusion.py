"""Finds convolutions, activations and max-poolings in a stack of Keras layers that can run as one block."""

from collections.abc import Sequence
from functools import partial
from itertools import takewhile

import keras

from gdbench.training.compiling import xla_compiled
from gdbench.training.convolution import ConvolutionBlock, maximum
from gdbench.training.keras_types import KerasLayer, Tensor, TensorFunction

# Layers that cost no more than a pass over the values.
_ELEMENTWISE = (keras.layers.BatchNormalization, keras.layers.Activation)


def fuse(layers: Sequence[KerasLayer]) -> list[TensorFunction]:
    """Return the steps of a forward pass: blocks in place of the layers that form one, and all other layers."""
    steps: list[TensorFunction] = []
    needed: tuple[int, ...] | None = None
    end = len(layers)
    # From the last layer to the first, since each block tells the one before it how much of its map it needs.
    while end:
        length = _block_length(layers[:end])
        if length:
            block = _block(layers[: end - length], layers[end - length : end], needed)
            steps.append(block)
            needed = block.needs
        elif _is_plain_pooling(layers[end - 1]):
            length = _elementwise_length(layers[:end])
            steps.append(partial(_pooled, layers[end - length : end]))
            needed = None
        else:
            length = 1
            steps.append(layers[end - 1])
            needed = None
        end -= length
    return steps[::-1]


def _elementwise_length(layers: Sequence[KerasLayer]) -> int:
    """Return the number of layers at the end that are a pooling and elementwise layers before it."""
    elementwise = takewhile(lambda layer: isinstance(layer, _ELEMENTWISE), reversed(layers[:-1]))
    return 1 + sum(1 for _ in elementwise)


def _pooled(layers: Sequence[KerasLayer], inputs: Tensor, training: bool) -> Tensor:
    """Call elementwise layers and a pooling as one function compiled by XLA."""

    # Compiled again in each trace, since dropout takes the number of the update from the graph around it.
    def call(values: Tensor) -> Tensor:
        for layer in layers[:-1]:
            values = layer(values, training=training)
        pooling = layers[-1]
        return maximum(values, pooling.pool_size[0], pooling.output.shape[1:3])

    return xla_compiled(call)(inputs)


def _block_length(layers: Sequence[KerasLayer]) -> int:
    """Return the number of layers at the end that form a block, 0 if they form none."""
    if not _is_plain_pooling(layers[-1]):
        return 0
    if len(layers) > 1 and _is_plain_convolution(layers[-2]):
        return 2
    separate = len(layers) > 2 and type(layers[-2]) is keras.layers.Activation
    linear = separate and _is_plain_convolution(layers[-3]) and layers[-3].activation is keras.activations.linear
    return 3 if linear else 0


def _block(
    before: Sequence[KerasLayer], layers: Sequence[KerasLayer], needed: tuple[int, ...] | None
) -> ConvolutionBlock:
    pooling = layers[-1]
    keep: Sequence[int] = needed or pooling.output.shape[1:3]
    first = not any(layer.trainable_variables for layer in before)
    return ConvolutionBlock(layers[0], layers[-2].activation, pooling.pool_size[0], keep, first)


def _is_plain_convolution(layer: KerasLayer) -> bool:
    # `type`, not isinstance: a subclass may compute something else.
    return (
        type(layer) is keras.layers.Conv2D
        and layer.use_bias
        and layer.groups == 1
        and layer.data_format == "channels_last"
        and {*layer.strides, *layer.dilation_rate} == {1}
    )


def _is_plain_pooling(layer: KerasLayer) -> bool:
    return (
        type(layer) is keras.layers.MaxPooling2D
        and layer.padding == "valid"
        and layer.strides == layer.pool_size
        and len(set(layer.pool_size)) == 1
    )
