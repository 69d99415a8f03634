"""Optimizers that divide steps by the magnitude of past gradients, without a running mean of the gradients."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gdbench.catalog.entry import NotNegative, Positive
from gdbench.catalog.optimizers.options import Decay, Epsilon, LearningRate, Momentum

if TYPE_CHECKING:
    from keras.optimizers import Optimizer

InitialAccumulator = Annotated[NotNegative, Field(description="initial value of the sums of squares")]


def adagrad(
    learning_rate: LearningRate = 0.001,
    initial_accumulator_value: InitialAccumulator = 0.1,
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
    centered: Annotated[bool, Field(description="divide by the variance instead of the mean square")] = False,
) -> "Optimizer":
    """Steps divided by the root of a running mean of squared gradients (Tieleman and Hinton 2012)."""
    import keras

    return keras.optimizers.RMSprop(
        learning_rate=learning_rate, rho=rho, momentum=momentum, epsilon=epsilon, centered=centered
    )


def adadelta(
    learning_rate: LearningRate = 0.001,
    rho: Annotated[Decay, Field(description="decay of the running means of squared gradients and steps")] = 0.95,
    epsilon: Annotated[Positive, Field(description="added to both mean squares; determines the first steps")] = (1e-7),
) -> "Optimizer":
    """Steps in the ratio of past steps to past gradients (Zeiler 2012, with a learning rate of 1)."""
    import keras

    return keras.optimizers.Adadelta(learning_rate=learning_rate, rho=rho, epsilon=epsilon)


def ftrl(
    learning_rate: LearningRate = 0.001,
    learning_rate_power: Annotated[
        float, Field(le=0, description="power of the sum of squares that scales the step; 0 for a fixed step")
    ] = -0.5,
    initial_accumulator_value: InitialAccumulator = 0.1,
    l1_regularization_strength: Annotated[NotNegative, Field(description="sets small weights to zero")] = 0.0,
    l2_regularization_strength: Annotated[NotNegative, Field(description="keeps the weights near zero")] = 0.0,
    l2_shrinkage_regularization_strength: Annotated[
        NotNegative, Field(description="this times 2 * weight is added to the gradient")
    ] = 0.0,
    beta: Annotated[NotNegative, Field(description="added to the root of the sum of squares")] = 0.0,
) -> "Optimizer":
    """Follow the regularized leader, for sparse linear models (McMahan et al. 2013).

    The leader starts at zero: with an initial accumulator above zero the first update all but forgets the initial
    weights. A learning rate of zero, as at the end of some schedules, divides by zero.
    """
    import keras

    return keras.optimizers.Ftrl(
        learning_rate=learning_rate,
        learning_rate_power=learning_rate_power,
        initial_accumulator_value=initial_accumulator_value,
        l1_regularization_strength=l1_regularization_strength,
        l2_regularization_strength=l2_regularization_strength,
        l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
        beta=beta,
    )
