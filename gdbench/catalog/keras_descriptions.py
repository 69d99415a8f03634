"""The arguments of Keras' layers, activations, initializers, regularizers and constraints: types, ranges, descriptions.

Names and defaults are in the generated `keras_signatures.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field

from gdbench.catalog.entry import (
    Activation,
    Constraint,
    Count,
    Initializer,
    NotNegative,
    Positive,
    Regularizer,
    Share,
    Whole,
)

# Annotations put together at runtime, which mypy does not follow.
Annotation: TypeAlias = Any
NotNegativeWhole = Annotated[Whole, Field(ge=0)]


def _twice(value: object) -> object:
    """Write out a size that stands for rows and columns."""
    return value if isinstance(value, list) or value is None else [value, value]


def _margin(value: object) -> object:
    """Write out a margin: [[top, bottom], [left, right]]."""
    sides = value if isinstance(value, list) else [value, value]
    return [_twice(side) for side in sides]


def _two(item: Annotation) -> Annotation:
    return Annotated[list[item], Field(min_length=2, max_length=2)]


def _argument(annotation: Annotation, description: str, *marks: Annotation) -> Annotation:
    return Annotated[(annotation, *marks, Field(description=description))]


def _sizes(name: str, description: str, item: Annotation = Count, *, optional: bool = False) -> dict[str, Annotation]:
    """Return an argument that takes one number in 1D layers, and one or two in 2D layers."""
    absent = None if optional else item
    return {
        name: _argument(item | absent, description),
        f"2D.{name}": _argument(item | _two(item) | absent, f"{description}: rows and columns", AfterValidator(_twice)),
    }


_NORM_AXIS = _argument(Whole | list[Whole], "axes that are normalized together")
_CHANNEL_AXIS = _argument(Whole, "axis of the channels, each of which is normalized by itself")
_MARGIN = _argument(
    NotNegativeWhole | _two(NotNegativeWhole | _two(NotNegativeWhole)),
    "pixels on each side: one number, [rows, columns] or [[top, bottom], [left, right]]",
    AfterValidator(_margin),
)
# To Keras, pooling without strides moves by the size of its window.
_POOL_STRIDES = _sizes("strides", "step from window to window; pool_size by default", optional=True)
_ENDS = _argument(
    NotNegativeWhole | _two(NotNegativeWhole), "rows at both ends, or [before, after]", AfterValidator(_twice)
)

# Keys are `argument`, `owner.argument` where owners differ, or `2D.argument` for 2D layers.
ARGUMENTS: Mapping[str, Annotation] = {
    "activation": _argument(Activation | None, "activation of the outputs"),
    "Activation.activation": _argument(Activation, "name of the activation"),
    "alpha": _argument(float, "scale below zero"),
    "approximate": _argument(bool, "approximate the normal distribution function by tanh"),
    "axis": _NORM_AXIS,
    "BatchNormalization.axis": _CHANNEL_AXIS,
    "GroupNormalization.axis": _CHANNEL_AXIS,
    "Softmax.axis": _argument(Whole, "axis along which the values add up to 1"),
    "max_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "min_max_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "unit_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "b": _argument(NotNegative, "smoothness of the bend at zero"),
    "center": _argument(bool, "add a trained offset"),
    "Cropping1D.cropping": _ENDS,
    "Cropping2D.cropping": _MARGIN,
    "default_value": _argument(float, "value below the threshold"),
    "depth_multiplier": _argument(Count, "outputs per channel"),
    **_sizes("dilation_rate", "spacing of the pixels of a window"),
    "dims": _argument(list[Count], "order of the axes, counted from 1"),
    "distribution": _argument(
        Literal["truncated_normal", "untruncated_normal", "uniform"], "distribution of the values"
    ),
    "dropout": _argument(Share, "share of the inputs dropped in training, the same for all rows"),
    "epsilon": _argument(Positive, "added to the variance"),
    "factor": _argument(NotNegative, "strength"),
    "filters": _argument(Count, "output channels"),
    "gain": _argument(float, "factor of the matrix"),
    "go_backwards": _argument(bool, "read the rows from the last to the first"),
    "groups": _argument(Count, "groups of channels convolved separately"),
    "GroupNormalization.groups": _argument(Annotated[Whole, Field(ge=-1)], "groups of channels; -1: one for each"),
    "interpolation": _argument(
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"], "how new pixels are filled in"
    ),
    "keepdims": _argument(bool, "keep the pooled axes with size 1"),
    **_sizes("kernel_size", "size of a window"),
    "l1": _argument(NotNegative, "strength of sum |w|"),
    "l2": _argument(NotNegative, "strength of sum w^2"),
    "max_value": _argument(NotNegative | None, "largest output"),
    "max_norm.max_value": _argument(Positive, "largest norm"),
    "min_max_norm.max_value": _argument(Positive, "largest norm"),
    "maxval": _argument(float, "upper bound"),
    "mean": _argument(float, "mean of the values"),
    "min_value": _argument(NotNegative, "smallest norm"),
    "minval": _argument(float, "lower bound"),
    "mode": _argument(Literal["fan_in", "fan_out", "fan_avg"], "n: inputs, outputs or their mean"),
    "orthogonal_regularizer.mode": _argument(Literal["rows", "columns"], "which vectors are kept orthogonal"),
    "momentum": _argument(Annotated[float, Field(ge=0, le=1)], "momentum of the running mean and variance"),
    "n": _argument(Count, "number of copies"),
    "negative_slope": _argument(NotNegative, "slope below zero"),
    **_sizes("output_padding", "added to the output", NotNegativeWhole, optional=True),
    **_sizes("output_size", "size of the output"),
    "padding": _argument(Literal["valid", "same"], "windows inside the input, or zeros around it"),
    "Conv1D.padding": _argument(Literal["valid", "same", "causal"], "windows inside, zeros around, or zeros before"),
    "ZeroPadding1D.padding": _ENDS,
    "ZeroPadding2D.padding": _MARGIN,
    **_sizes("pool_size", "size of a window"),
    "rate": _argument(Share, "share of the units dropped"),
    "min_max_norm.rate": _argument(Annotated[float, Field(ge=0, le=1)], "how far a norm is pulled in one update"),
    "recurrent_activation": _argument(Activation, "activation of the gates"),
    "recurrent_dropout": _argument(Share, "share of the recurrent inputs dropped in training"),
    "reset_after": _argument(bool, "apply the reset gate after the recurrent kernel"),
    "return_sequences": _argument(bool, "return the outputs of all rows, not only of the last"),
    "scale": _argument(bool, "multiply by a trained factor"),
    "variance_scaling.scale": _argument(Positive, "the variance times n"),
    "shared_axes": _argument(list[Count] | None, "axes along which units share a slope"),
    **_sizes("size", "repetitions of each pixel or row"),
    "stddev": _argument(Positive, "standard deviation of the values"),
    "GaussianNoise.stddev": _argument(Annotated[float, Field(ge=0, le=1)], "standard deviation of the noise"),
    **_sizes("strides", "step from window to window"),
    **{f"{kind}Pooling1D.strides": _POOL_STRIDES["strides"] for kind in ("Max", "Average")},
    **{f"{kind}Pooling2D.strides": _POOL_STRIDES["2D.strides"] for kind in ("Max", "Average")},
    "target_shape": _argument(list[Annotated[Whole, Field(ge=-1)]], "shape of one example; -1: whatever is left"),
    "threshold": _argument(float, "smallest x that is passed on"),
    "soft_shrink.threshold": _argument(NotNegative, "half-width of the zero interval"),
    "hard_shrink.threshold": _argument(NotNegative, "half-width of the zero interval"),
    "unit_forget_bias": _argument(bool, "start the forget gate's bias at 1, regardless of bias_initializer"),
    "units": _argument(Count, "number of units"),
    "unroll": _argument(bool, "unroll the loop over rows: same numbers, longer compilation"),
    "use_bias": _argument(bool, "add a trained bias"),
    "value": _argument(float, "the value"),
}
# The annotation of arguments such as `kernel_initializer` or `recurrent_constraint`, by their last word.
SUFFIXES: Mapping[str, tuple[Annotation, str]] = {
    "initializer": (Initializer, "initial values of the {}"),
    "regularizer": (Regularizer | None, "penalty on the {}"),
    "constraint": (Constraint | None, "constraint on the {}"),
}


def annotation_of(owner: str, argument: str) -> Annotation:
    """Return the annotation of an argument: type, range and description.

    Raises:
        KeyError: it is not described here.
    """
    part, _, suffix = argument.rpartition("_")
    if suffix in SUFFIXES:
        annotation, description = SUFFIXES[suffix]
        weight = f"{part} kernel" if part in ("depthwise", "pointwise", "recurrent") else part.replace("_", " ")
        return _argument(annotation, description.format(weight))
    # An owner's own description goes before that of all 2D layers.
    if "2D" in owner and f"2D.{argument}" in ARGUMENTS and f"{owner}.{argument}" not in ARGUMENTS:
        return ARGUMENTS[f"2D.{argument}"]
    return ARGUMENTS.get(f"{owner}.{argument}", None) or ARGUMENTS[argument]
