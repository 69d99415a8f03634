"""What gdbench says of Keras' layers, activations, initialisers, regularisers and constraints: words, types, ranges.

Names and defaults are in the generated `keras_signatures.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

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

SUMMARIES: Mapping[str, Mapping[str, str]] = {
    "activation": {
        "relu": "max(x, 0), with Keras' variants of it",
        "leaky_relu": "x above zero, negative_slope * x below (Maas, Hannun and Ng 2013)",
        "relu6": "x between 0 and 6, cut off there (Krizhevsky 2010)",
        "elu": "x above zero, alpha * (exp(x) - 1) below (Clevert, Unterthiner and Hochreiter 2016)",
        "celu": "x above zero, alpha * (exp(x / alpha) - 1) below (Barron 2017)",
        "selu": "elu scaled so that it keeps mean 0 and variance 1 (Klambauer et al. 2017)",
        "gelu": "x times the normal distribution function of x (Hendrycks and Gimpel 2016)",
        "silu": "x * sigmoid(x) (Elfwing, Uchibe and Doya 2018)",
        "swish": "another name of silu (Ramachandran, Zoph and Le 2017)",
        "hard_silu": "x * hard_sigmoid(x) (Howard et al. 2019)",
        "hard_swish": "another name of hard_silu",
        "mish": "x * tanh(softplus(x)) (Misra 2019)",
        "tanh": "hyperbolic tangent, from -1 to 1",
        "hard_tanh": "x between -1 and 1, cut off there",
        "tanh_shrink": "x - tanh(x)",
        "sigmoid": "1 / (1 + exp(-x)), from 0 to 1",
        "hard_sigmoid": "x / 6 + 1 / 2, cut off at 0 and 1",
        "sparse_sigmoid": "(x + 1) / 2, cut off at 0 and 1 (Martins and Astudillo 2016)",
        "log_sigmoid": "logarithm of the sigmoid",
        "softmax": "exp(x) divided by its sum over the outputs",
        "log_softmax": "logarithm of the softmax",
        "sparsemax": "the nearest point of the probability simplex (Martins and Astudillo 2016)",
        "softplus": "log(1 + exp(x))",
        "sparse_plus": "0 below -1, x above 1, (x + 1)^2 / 4 between",
        "squareplus": "(x + sqrt(x^2 + b)) / 2 (Barron 2021)",
        "softsign": "x / (1 + |x|)",
        "soft_shrink": "x moved towards zero by threshold, zero within it",
        "hard_shrink": "x, zero where |x| is at most threshold",
        "threshold": "x above threshold, default_value elsewhere",
        "exponential": "exp(x)",
        "linear": "x itself",
    },
    "initializer": {
        "glorot_uniform": "uniform, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)",
        "glorot_normal": "truncated normal, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)",
        "he_uniform": "uniform, variance 2 / inputs (He, Zhang, Ren and Sun 2015)",
        "he_normal": "truncated normal, variance 2 / inputs (He, Zhang, Ren and Sun 2015)",
        "lecun_uniform": "uniform, variance 1 / inputs (LeCun, Bottou, Orr and Müller 1998)",
        "lecun_normal": "truncated normal, variance 1 / inputs (LeCun, Bottou, Orr and Müller 1998)",
        "variance_scaling": "variance scale / n, where n is the inputs, the outputs or their mean",
        "random_normal": "normal values",
        "random_uniform": "uniform values",
        "truncated_normal": "normal values, drawn again beyond two standard deviations",
        "orthogonal": "a random orthogonal matrix (Saxe, McClelland and Ganguli 2014)",
        "identity": "the identity matrix, for weights of two dimensions",
        "zeros": "all zero",
        "ones": "all one",
        "constant": "all of one value",
    },
    "regularizer": {
        "l1": "l1 * sum |w|",
        "l2": "l2 * sum w^2",
        "l1_l2": "l1 * sum |w| + l2 * sum w^2",
        "orthogonal_regularizer": "factor * mean |cosine| between the rows or columns of a matrix",
    },
    "constraint": {
        "max_norm": "the norm of each unit's weights is at most max_value (Srivastava et al. 2014)",
        "min_max_norm": "the norm of each unit's weights is pulled between min_value and max_value",
        "unit_norm": "the norm of each unit's weights is 1",
        "non_neg": "negative weights become zero",
    },
    "layer": {
        "Dense": "every output is a weighted sum of all inputs",
        "Conv1D": "filters that slide along the rows of a sequence",
        "Conv2D": "filters that slide over an image",
        "Conv1DTranspose": "the adjoint of a convolution along a sequence, which lengthens it",
        "Conv2DTranspose": "the adjoint of a convolution over an image, which enlarges it",
        "DepthwiseConv1D": "a convolution of each channel of a sequence by itself",
        "DepthwiseConv2D": "a convolution of each channel of an image by itself",
        "SeparableConv1D": "a depthwise convolution along a sequence, then a mixture of its channels",
        "SeparableConv2D": "a depthwise convolution over an image, then a mixture of its channels (Chollet 2017)",
        "MaxPooling1D": "the largest value of each window along a sequence",
        "MaxPooling2D": "the largest value of each window of an image",
        "AveragePooling1D": "the mean of each window along a sequence",
        "AveragePooling2D": "the mean of each window of an image",
        "AdaptiveMaxPooling1D": "the largest values of so many windows as make output_size",
        "AdaptiveMaxPooling2D": "the largest values of so many windows as make output_size",
        "AdaptiveAveragePooling1D": "the means of so many windows as make output_size",
        "AdaptiveAveragePooling2D": "the means of so many windows as make output_size",
        "GlobalMaxPooling1D": "the largest value of each channel of a sequence",
        "GlobalMaxPooling2D": "the largest value of each channel of an image",
        "GlobalAveragePooling1D": "the mean of each channel of a sequence",
        "GlobalAveragePooling2D": "the mean of each channel of an image (Lin, Chen and Yan 2014)",
        "SimpleRNN": "units that see a row and their own last outputs (Elman 1990)",
        "LSTM": "units with a gated memory (Hochreiter and Schmidhuber 1997)",
        "GRU": "units with two gates (Cho et al. 2014)",
        "BatchNormalization": "mean 0 and variance 1 over the batch (Ioffe and Szegedy 2015)",
        "LayerNormalization": "mean 0 and variance 1 over the units of an image (Ba, Kiros and Hinton 2016)",
        "GroupNormalization": "mean 0 and variance 1 over groups of channels (Wu and He 2018)",
        "RMSNormalization": "mean square 1 over the units of an image (Zhang and Sennrich 2019)",
        "UnitNormalization": "norm 1 over the units of an image",
        "Dropout": "drops a share of the units in training (Srivastava et al. 2014)",
        "SpatialDropout1D": "drops whole channels of a sequence in training (Tompson et al. 2015)",
        "SpatialDropout2D": "drops whole channels of an image in training (Tompson et al. 2015)",
        "AlphaDropout": "dropout that keeps mean and variance, for selu (Klambauer et al. 2017)",
        "GaussianDropout": "multiplies by normal noise of mean 1 in training (Srivastava et al. 2014)",
        "GaussianNoise": "adds normal noise of mean 0 in training",
        "Activation": "an activation by itself",
        "ReLU": "max(x, 0), with Keras' variants of it",
        "LeakyReLU": "x above zero, negative_slope * x below (Maas, Hannun and Ng 2013)",
        "PReLU": "leaky relu with a trained slope for each unit (He, Zhang, Ren and Sun 2015)",
        "ELU": "x above zero, alpha * (exp(x) - 1) below (Clevert, Unterthiner and Hochreiter 2016)",
        "Softmax": "exp(x) divided by its sum along an axis",
        "Flatten": "all values in a row",
        "Reshape": "the same values in another shape",
        "Permute": "axes in another order",
        "RepeatVector": "a flat input n times, as a sequence",
        "ZeroPadding1D": "zeros before and behind a sequence",
        "ZeroPadding2D": "zeros around an image",
        "Cropping1D": "a sequence without its ends",
        "Cropping2D": "an image without its rim",
        "UpSampling1D": "each row of a sequence several times",
        "UpSampling2D": "an image enlarged",
    },
}

NotNegativeWhole = Annotated[Whole, Field(ge=0)]


def _twice(value: Any) -> Any:
    """Spell a size of both rows and columns out."""
    return value if isinstance(value, list) or value is None else [value, value]


def _rim(value: Any) -> Any:
    """Spell a rim out: [[top, bottom], [left, right]]."""
    return [_twice(side) for side in _twice(value)]


def _two(item: Any) -> Any:
    return Annotated[list[item], Field(min_length=2, max_length=2)]


def _argument(annotation: Any, description: str, *marks: Any) -> Any:
    return Annotated[(annotation, *marks, Field(description=description))]


def _sizes(name: str, description: str, item: Any = Count, *, optional: bool = False) -> dict[str, Any]:
    """Return an argument that is one number in layers of sequences and one or two in layers of images."""
    absent = None if optional else item
    return {
        name: _argument(item | absent, description),
        f"2D.{name}": _argument(item | _two(item) | absent, f"{description}: rows and columns", AfterValidator(_twice)),
    }


_NORM_AXIS = _argument(Whole | list[Whole], "axes that are normalised together")
_CHANNEL_AXIS = _argument(Whole, "axis of the channels, which are normalised each by itself")
_RIM = _argument(
    NotNegativeWhole | _two(NotNegativeWhole | _two(NotNegativeWhole)),
    "pixels at each side: one number, [rows, columns] or [[top, bottom], [left, right]]",
    AfterValidator(_rim),
)
_POOL_STRIDES = _sizes("strides", "steps from window to window; by default pool_size", optional=True)
_ENDS = _argument(
    NotNegativeWhole | _two(NotNegativeWhole), "rows at both ends, or before and behind", AfterValidator(_twice)
)

# Keys are an argument, or `owner.argument` where owners differ, or `2D.argument` for layers of images.
ARGUMENTS: Mapping[str, Any] = {
    "activation": _argument(Activation | None, "activation of the outputs"),
    "Activation.activation": _argument(Activation, "which one"),
    "alpha": _argument(float, "scale below zero"),
    "approximate": _argument(bool, "by tanh, in place of the normal distribution function"),
    "axis": _NORM_AXIS,
    "BatchNormalization.axis": _CHANNEL_AXIS,
    "GroupNormalization.axis": _CHANNEL_AXIS,
    "Softmax.axis": _argument(Whole, "axis along which the values add up to 1"),
    "max_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "min_max_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "unit_norm.axis": _argument(Whole | list[Whole], "axes of a unit's weights: 0 in Dense, [0, 1, 2] in Conv2D"),
    "b": _argument(NotNegative, "how round the bend at zero is"),
    "center": _argument(bool, "add a trained offset"),
    "Cropping1D.cropping": _ENDS,
    "Cropping2D.cropping": _RIM,
    "default_value": _argument(float, "value elsewhere"),
    "depth_multiplier": _argument(Count, "outputs of each channel"),
    **_sizes("dilation_rate", "distance of the pixels of a window"),
    "dims": _argument(list[Count], "which axis stands where, counted from 1"),
    "distribution": _argument(Literal["truncated_normal", "untruncated_normal", "uniform"], "of the values"),
    "dropout": _argument(Share, "share of the inputs dropped in training, the same for all rows"),
    "epsilon": _argument(Positive, "added to the variance"),
    "factor": _argument(NotNegative, "strength"),
    "filters": _argument(Count, "output channels"),
    "gain": _argument(float, "factor of the matrix"),
    "go_backwards": _argument(bool, "read the rows from the last to the first"),
    "groups": _argument(Count, "groups of channels that are convolved apart"),
    "GroupNormalization.groups": _argument(Annotated[Whole, Field(ge=-1)], "groups of channels; -1: a group each"),
    "interpolation": _argument(
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"], "what fills the gaps"
    ),
    "keepdims": _argument(bool, "keep the pooled axes, of size 1"),
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
    "mode": _argument(Literal["fan_in", "fan_out", "fan_avg"], "what n is: inputs, outputs or their mean"),
    "orthogonal_regularizer.mode": _argument(Literal["rows", "columns"], "what is held orthogonal"),
    "momentum": _argument(Annotated[float, Field(ge=0, le=1)], "of the running mean and variance"),
    "n": _argument(Count, "how often"),
    "negative_slope": _argument(NotNegative, "slope below zero"),
    **_sizes("output_padding", "added to the output", NotNegativeWhole, optional=True),
    **_sizes("output_size", "size of the output"),
    "padding": _argument(Literal["valid", "same"], "windows inside the input, or zeros around it"),
    "Conv1D.padding": _argument(Literal["valid", "same", "causal"], "windows inside, zeros around, or zeros before"),
    "ZeroPadding1D.padding": _ENDS,
    "ZeroPadding2D.padding": _RIM,
    **_sizes("pool_size", "size of a window"),
    "rate": _argument(Share, "share of the units dropped"),
    "min_max_norm.rate": _argument(Annotated[float, Field(ge=0, le=1)], "how far a norm is pulled in one update"),
    "recurrent_activation": _argument(Activation, "activation of the gates"),
    "recurrent_dropout": _argument(Share, "share of the recurrent inputs dropped in training"),
    "reset_after": _argument(bool, "apply the reset gate after the recurrent kernel"),
    "return_sequences": _argument(bool, "give the outputs of all rows, not of the last one"),
    "scale": _argument(bool, "multiply by a trained factor"),
    "variance_scaling.scale": _argument(Positive, "variance times n"),
    "shared_axes": _argument(list[Count] | None, "axes along which units share a slope"),
    **_sizes("size", "how often each is repeated"),
    "stddev": _argument(Positive, "standard deviation of the values"),
    "GaussianNoise.stddev": _argument(Annotated[float, Field(ge=0, le=1)], "standard deviation of the noise"),
    **_sizes("strides", "steps from window to window"),
    **{f"{kind}Pooling1D.strides": _POOL_STRIDES["strides"] for kind in ("Max", "Average")},
    **{f"{kind}Pooling2D.strides": _POOL_STRIDES["2D.strides"] for kind in ("Max", "Average")},
    "target_shape": _argument(list[Annotated[Whole, Field(ge=-1)]], "of one image; -1: what is left"),
    "threshold": _argument(float, "where the output begins to follow x"),
    "soft_shrink.threshold": _argument(NotNegative, "width of the zero on either side"),
    "hard_shrink.threshold": _argument(NotNegative, "width of the zero on either side"),
    "unit_forget_bias": _argument(
        bool, "start the forget gate's bias at 1, whatever bias_initializer gives the others"
    ),
    "units": _argument(Count, "outputs"),
    "unroll": _argument(bool, "write the rows out in place of a loop: the same numbers, compiled longer"),
    "use_bias": _argument(bool, "add a trained bias"),
    "value": _argument(float, "the value"),
}
# What is said of an argument such as `kernel_initializer` or `recurrent_constraint`, by its last word.
SUFFIXES: Mapping[str, tuple[Any, str]] = {
    "initializer": (Initializer, "start of the {}"),
    "regularizer": (Regularizer | None, "penalty on the {}"),
    "constraint": (Constraint | None, "bound of the {}"),
}


def annotation_of(owner: str, argument: str) -> Any:
    """Return the annotation of an argument: type, range and description.

    Raises:
        KeyError: nothing is said of it here.
    """
    part, _, suffix = argument.rpartition("_")
    if suffix in SUFFIXES:
        annotation, words = SUFFIXES[suffix]
        weight = f"{part} kernel" if part in ("depthwise", "pointwise", "recurrent") else part.replace("_", " ")
        return _argument(annotation, words.format(weight))
    if "2D" in owner and f"2D.{argument}" in ARGUMENTS and f"{owner}.{argument}" not in ARGUMENTS:
        return ARGUMENTS[f"2D.{argument}"]
    return ARGUMENTS.get(f"{owner}.{argument}", None) or ARGUMENTS[argument]
