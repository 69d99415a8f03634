"""Optimizers, with Keras' arguments and defaults."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gdbench.catalog.entry import INPUT, Entry, Family, NotNegative, Positive

if TYPE_CHECKING:
    from keras.optimizers import Optimizer

LearningRate = Annotated[Positive, Field(description="step size"), INPUT]
Momentum = Annotated[float, Field(ge=0, le=1, description="share of the last step that is kept")]
Epsilon = Annotated[NotNegative, Field(description="added to the divisor so that it is never zero")]
Decay = Annotated[float, Field(ge=0, lt=1, description="decay of the running mean of squared gradients")]


def sgd(
    learning_rate: LearningRate = 0.01,
    momentum: Momentum = 0.0,
    nesterov: Annotated[bool, Field(description="look ahead along the momentum")] = False,
) -> "Optimizer":
    """Stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's variant (1983)."""
    import keras

    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum, nesterov=nesterov)


def adagrad(
    learning_rate: LearningRate = 0.001,
    initial_accumulator_value: Annotated[NotNegative, Field(description="start of the sums of squares")] = 0.1,
    epsilon: Epsilon = 1e-7,
) -> "Optimizer":
    """Steps divided by the root of the sum of all squared gradients (Duchi, Hazan and Singer 2011)."""
    import keras

    return keras.optimizers.Adagrad(
        learning_rate=learning_rate, initial_accumulator_value=initial_accumulator_value, epsilon=epsilon
    )


def rmsprop(
    learning_rate: LearningRate = 0.001,
    rho: Decay = 0.9,
    momentum: Momentum = 0.0,
    epsilon: Epsilon = 1e-7,
    centered: Annotated[bool, Field(description="divide by the variance, not by the mean square")] = False,
) -> "Optimizer":
    """Steps divided by the root of a running mean of squared gradients (Tieleman and Hinton 2012)."""
    import keras

    return keras.optimizers.RMSprop(
        learning_rate=learning_rate, rho=rho, momentum=momentum, epsilon=epsilon, centered=centered
    )


def adam(
    learning_rate: LearningRate = 0.001,
    beta_1: Annotated[float, Field(ge=0, lt=1, description="decay of the running mean of gradients")] = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-7,
    amsgrad: Annotated[bool, Field(description="keep the largest mean square (Reddi et al. 2018)")] = False,
) -> "Optimizer":
    """Running means of gradients and of their squares, corrected for their start (Kingma and Ba 2015)."""
    import keras

    return keras.optimizers.Adam(
        learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, amsgrad=amsgrad
    )


OPTIMIZERS = Family(
    "optimizer",
    "how a gradient becomes a step",
    {"sgd": Entry(sgd), "adagrad": Entry(adagrad), "rmsprop": Entry(rmsprop), "adam": Entry(adam)},
)
