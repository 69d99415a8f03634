"""The options of every optimizer, and the arguments that several share."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from gdbench.catalog.entry import INPUT, Count, NotNegative, Options, Positive, Share

LearningRate = Annotated[Positive, Field(description="step size"), INPUT]
Momentum = Annotated[float, Field(ge=0, le=1, description="share of the last step kept")]
Epsilon = Annotated[NotNegative, Field(description="added to the divisor to keep it above zero")]
Decay = Annotated[Share, Field(description="decay of the running mean of squared gradients")]
GradientDecay = Annotated[Share, Field(description="decay of the running mean of gradients")]
Nesterov = Annotated[bool, Field(description="look ahead along the momentum")]
Amsgrad = Annotated[bool, Field(description="keep the largest mean square (Reddi et al. 2018)")]
WeightDecay = Annotated[
    NotNegative | Literal["off"],
    Field(description="decay of every weight and bias, times the learning rate (Loshchilov and Hutter 2019)"),
    INPUT,
]

T = TypeVar("T")


def unless_off(value: T | Literal["off"]) -> T | None:
    """Return the value for Keras of an argument that can be `off`."""
    return None if value == "off" else value


# A file says `off` for Keras' None, since an empty value in YAML is easily a mistake.
class OptimizerOptions(Options):
    """Options of every optimizer of the catalog."""

    weight_decay: WeightDecay = "off"
    clipnorm: Annotated[
        Positive | Literal["off"], Field(description="largest norm of the gradient of each kernel or bias")
    ] = "off"
    clipvalue: Annotated[
        Positive | Literal["off"], Field(description="largest absolute value of a gradient's elements")
    ] = "off"
    global_clipnorm: Annotated[
        Positive | Literal["off"], Field(description="largest norm of all gradients combined (Pascanu et al. 2013)")
    ] = "off"
    use_ema: Annotated[bool, Field(description="evaluate a running mean of the weights (Polyak and Juditsky 1992)")] = (
        False
    )
    ema_momentum: Annotated[float, Field(ge=0, le=1, description="decay of the running mean of the weights")] = 0.99
    ema_overwrite_frequency: Annotated[
        Count | Literal["off"], Field(description="updates after which the weights become their running mean")
    ] = "off"
