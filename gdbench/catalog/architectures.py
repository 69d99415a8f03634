"""Architectures: stacks of hidden layers, described without keras; the output layer follows from the loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from gdbench.catalog.entry import Activation, Component, Count, Entry, Family, Initializer, Options

Widths = Annotated[list[Count], Field(description="units of each hidden layer")]
Hidden = Annotated[Activation, Field(description="activation of the hidden units")]


@dataclass(frozen=True, slots=True)
class Layer:
    """One hidden layer: a Keras class by name, its arguments, and the activation of its units if it has weights."""

    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    activation: Component | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """Hidden layers in order, and the form in which they take an image: flat, rows x columns, or with channels."""

    form: Literal["flat", "rows", "image"]
    layers: tuple[Layer, ...]


class Output(Options):
    """The output layer, where it should differ from what the loss and the architecture give it."""

    activation: Annotated[Activation | None, Field(description="activation; by default the loss's")] = None
    kernel_initializer: Annotated[Initializer | None, Field(description="by default the architecture's")] = None
    bias_initializer: Annotated[Initializer | None, Field(description="by default the architecture's")] = None


class ArchitectureOptions(Options):
    """Options of every architecture of the catalog."""

    kernel_initializer: Annotated[Initializer, Field(description="kernels of all layers")] = "glorot_uniform"
    bias_initializer: Annotated[Initializer, Field(description="biases of all layers")] = "zeros"
    output: Annotated[Output, Field(description="the output layer")] = Output()


def perceptron() -> Stack:
    """No hidden layer: logistic regression on the pixels."""
    return Stack("flat", ())


def mlp(hidden: Widths = [128], activation: Hidden = "relu") -> Stack:  # noqa: B006
    """Fully connected hidden layers on the flat image."""
    return Stack("flat", _dense(hidden, activation))


def cnn(
    filters: Annotated[list[Count], Field(description="filters of each convolution")] = [32, 64],  # noqa: B006
    kernel_size: Annotated[Count, Field(description="pixels along a side")] = 3,
    pool_size: Annotated[Count, Field(description="pixels along a side; 1 pools nothing")] = 2,
    padding: Annotated[Literal["valid", "same"], Field(description="inside the image, or up to its rim")] = "valid",
    hidden: Widths = [],  # noqa: B006
    activation: Hidden = "relu",
) -> Stack:
    """Convolutions, each with max-pooling, then fully connected layers (LeCun et al. 1998)."""
    layers: list[Layer] = []
    for count in filters:
        convolution = {"filters": count, "kernel_size": kernel_size, "padding": padding}
        layers.append(Layer("Conv2D", convolution, activation))
        if pool_size > 1:
            layers.append(Layer("MaxPooling2D", {"pool_size": pool_size}))
    return Stack("image", (*layers, Layer("Flatten"), *_dense(hidden, activation)))


def rnn(hidden: Widths = [128], activation: Hidden = "tanh") -> Stack:  # noqa: B006
    """Simple recurrent layers that read the image row by row (Elman 1990)."""
    last = len(hidden) - 1
    layers = (
        Layer("SimpleRNN", {"units": units, "return_sequences": index < last}, activation)
        for index, units in enumerate(hidden)
    )
    return Stack("rows", (*layers, *(() if hidden else (Layer("Flatten"),))))


def _dense(hidden: Sequence[int], activation: Component) -> tuple[Layer, ...]:
    return tuple(Layer("Dense", {"units": units}, activation) for units in hidden)


ARCHITECTURES = Family(
    "architecture",
    "the hidden layers",
    {"perceptron": Entry(perceptron), "mlp": Entry(mlp), "cnn": Entry(cnn), "rnn": Entry(rnn)},
    ArchitectureOptions,
)
