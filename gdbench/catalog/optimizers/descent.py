"""Optimizers that step along the momentum: itself, its signs, or its nearest orthogonal matrix."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import INPUT, Count, NotNegative, Positive
from gdbench.catalog.optimizers.options import (
    Decay,
    Epsilon,
    GradientDecay,
    LearningRate,
    Momentum,
    Nesterov,
    WeightDecay,
    unless_off,
)

if TYPE_CHECKING:
    from keras.optimizers import Optimizer

Coefficient = Annotated[float, Field(description="coefficient of the Newton-Schulz iteration")]


def sgd(
    learning_rate: LearningRate = 0.01,
    momentum: Momentum = 0.0,
    nesterov: Nesterov = False,
) -> "Optimizer":
    """Stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's variant (1983)."""
    import keras

    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum, nesterov=nesterov)


def lion(
    learning_rate: LearningRate = 0.001,
    beta_1: Annotated[float, Field(gt=0, le=1, description="share of the running mean in the signs of a step")] = 0.9,
    beta_2: GradientDecay = 0.99,
) -> "Optimizer":
    """Steps of equal size along the signs of the momentum (Chen et al. 2023)."""
    import keras

    return keras.optimizers.Lion(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)


def muon(
    learning_rate: LearningRate = 0.001,
    adam_beta_1: GradientDecay = 0.9,
    adam_beta_2: Decay = 0.999,
    adam_weight_decay: Annotated[
        NotNegative | Literal["off"], Field(description="weight decay of everything but matrices"), INPUT
    ] = 0.004,
    epsilon: Epsilon = 1e-7,
    weight_decay: Annotated[WeightDecay, Field(description="weight decay of the matrices"), INPUT] = 0.004,
    exclude_embeddings: Annotated[bool, Field(description="leave embedding layers to AdamW")] = True,
    muon_a: Coefficient = 3.4445,
    muon_b: Coefficient = -4.7750,
    muon_c: Coefficient = 2.0315,
    adam_lr_ratio: Annotated[Positive, Field(description="step size of AdamW relative to that of the matrices")] = 1.0,
    momentum: Momentum = 0.95,
    ns_steps: Annotated[Count, Field(description="Newton-Schulz iterations")] = 5,
    nesterov: Nesterov = True,
    rms_rate: Annotated[
        Positive | Literal["off"], Field(description="root mean square of a step of size 1 (Liu et al. 2025)")
    ] = 0.2,
) -> "Optimizer":
    """Orthogonalized momentum for matrices, AdamW for the rest (Jordan et al. 2024, Liu et al. 2025).

    As in Keras, every weight of two dimensions counts as a matrix, including the output layer's and recurrent kernels;
    biases and the kernels of convolutions are left to AdamW. Keras' `exclude_layers`, a list of patterns of layer
    names, is left out: the layers of an architecture have no names in a file.
    """
    import keras

    return keras.optimizers.Muon(
        learning_rate=learning_rate,
        adam_beta_1=adam_beta_1,
        adam_beta_2=adam_beta_2,
        adam_weight_decay=unless_off(adam_weight_decay),
        epsilon=epsilon,
        weight_decay=unless_off(weight_decay),
        exclude_embeddings=exclude_embeddings,
        muon_a=muon_a,
        muon_b=muon_b,
        muon_c=muon_c,
        adam_lr_ratio=adam_lr_ratio,
        momentum=momentum,
        ns_steps=ns_steps,
        nesterov=nesterov,
        rms_rate=unless_off(rms_rate),
    )
