"""Adam and its variants: running means of the gradients and of their magnitudes."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gdbench.catalog.entry import INPUT, NotNegative, Positive, Whole
from gdbench.catalog.optimizers.options import Amsgrad, Decay, Epsilon, GradientDecay, LearningRate

if TYPE_CHECKING:
    from keras.optimizers import Optimizer


def adam(
    learning_rate: LearningRate = 0.001,
    beta_1: GradientDecay = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-7,
    amsgrad: Amsgrad = False,
) -> "Optimizer":
    """Running means of gradients and of their squares, with bias correction (Kingma and Ba 2015)."""
    import keras

    return keras.optimizers.Adam(
        learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, amsgrad=amsgrad
    )


def adamw(
    learning_rate: LearningRate = 0.001,
    weight_decay: Annotated[
        NotNegative, Field(description="decay of every weight and bias, times the learning rate"), INPUT
    ] = 0.004,
    beta_1: GradientDecay = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-7,
    amsgrad: Amsgrad = False,
) -> "Optimizer":
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""
    import keras

    return keras.optimizers.AdamW(
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        beta_1=beta_1,
        beta_2=beta_2,
        epsilon=epsilon,
        amsgrad=amsgrad,
    )


def adamax(
    learning_rate: LearningRate = 0.001,
    beta_1: GradientDecay = 0.9,
    beta_2: Annotated[Decay, Field(description="decay of the largest absolute gradient")] = 0.999,
    epsilon: Epsilon = 1e-7,
) -> "Optimizer":
    """Adam with the largest gradient instead of the mean square (Kingma and Ba 2015, section 7.1)."""
    import keras

    return keras.optimizers.Adamax(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)


def nadam(
    learning_rate: LearningRate = 0.001,
    beta_1: GradientDecay = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-7,
) -> "Optimizer":
    """Adam with Nesterov momentum (Dozat 2016)."""
    import keras

    return keras.optimizers.Nadam(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)


def lamb(
    learning_rate: LearningRate = 0.001,
    beta_1: GradientDecay = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-7,
) -> "Optimizer":
    """Adam with steps proportional to the norm of each layer's weights, for large batches (You et al. 2020)."""
    import keras

    return keras.optimizers.Lamb(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)


def adafactor(
    learning_rate: LearningRate = 0.001,
    beta_2_decay: Annotated[
        float, Field(lt=0, description="the running mean of squares decays by 1 - update ** beta_2_decay")
    ] = -0.8,
    epsilon_1: Annotated[
        Positive,
        Field(description="added to the squared gradients; use 1e-16 where inputs can stay at 0, as pixels do"),
    ] = 1e-30,
    epsilon_2: Annotated[NotNegative, Field(description="lower limit of the root mean square of a weight")] = 1e-3,
    clip_threshold: Annotated[Positive, Field(description="largest root mean square of a step of size 1")] = 1.0,
    relative_step: Annotated[bool, Field(description="at most 1 / sqrt(update); Keras 3.15 does so either way")] = True,
) -> "Optimizer":
    """Adam without momentum, whose mean squares are a product of rows and columns (Shazeer and Stern 2018).

    The paper's `epsilon_1` squared is zero in float32: a run diverges in its first updates if a batch leaves both an
    input and a unit without a gradient, as black pixels and dead units do. 1e-16 is enough.
    """
    import keras

    return keras.optimizers.Adafactor(
        learning_rate=learning_rate,
        beta_2_decay=beta_2_decay,
        epsilon_1=epsilon_1,
        epsilon_2=epsilon_2,
        clip_threshold=clip_threshold,
        relative_step=relative_step,
    )


def schedule_free_adamw(
    learning_rate: LearningRate = 0.0025,
    beta_1: Annotated[
        float, Field(gt=0, le=1, description="share of the average where gradients are taken; unused in Keras 3.15")
    ] = 0.9,
    beta_2: Decay = 0.999,
    epsilon: Epsilon = 1e-8,
    warmup_steps: Annotated[Whole, Field(ge=0, description="updates over which the step size rises from 0")] = 0,
) -> "Optimizer":
    """Adam without momentum, evaluated at the average of its iterates (Defazio et al. 2024).

    The method takes gradients between the average and the last iterate. Keras 3.15 on TensorFlow takes them at the
    average itself, since it reads the last iterate only after its step: `beta_1` changes nothing, and the weights in
    training are the average to evaluate.
    """
    import keras

    return keras.optimizers.ScheduleFreeAdamW(
        learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, warmup_steps=warmup_steps
    )
