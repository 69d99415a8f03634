"""Architectures: hidden layers, described without keras; the output layer follows from the loss."""

from collections.abc import Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gdbench.catalog.architecture_spec import ArchitectureSpec, Layer, PluginLayer, Residual, form_of
from gdbench.catalog.entry import Activation, Component, Count, Entry, Initializer, LayerItem, Options
from gdbench.catalog.family import Family
from gdbench.catalog.keras_entries import LAYERS
from gdbench.catalog.plugin_checks import require_instance, type_name
from gdbench.catalog.plugin_entry import Arguments, PluginContract
from gdbench.catalog.plugin_loading import Attribute
from gdbench.catalog.plugins import is_plugin
from gdbench.errors import PluginError
from gdbench.records import Settings

if TYPE_CHECKING:
    from keras.layers import Layer as KerasLayer

# The lists in the signatures below are never changed, and a tuple would not pass the strict check.
Widths = Annotated[list[Count], Field(description="units of each hidden layer")]
Hidden = Annotated[Activation, Field(description="activation of the hidden units")]
Gates = Annotated[Activation, Field(description="activation of the gates")]


class Output(Options):
    """Changes to the output layer that the loss and the architecture imply."""

    activation: Annotated[Activation | None, Field(description="activation; by default that of the loss")] = None
    kernel_initializer: Annotated[Initializer | None, Field(description="by default that of the architecture")] = None
    bias_initializer: Annotated[Initializer | None, Field(description="by default that of the architecture")] = None


class ArchitectureOptions(Options):
    """Options of every architecture of the catalog."""

    kernel_initializer: Annotated[Initializer, Field(description="initial kernels of all layers")] = "glorot_uniform"
    bias_initializer: Annotated[Initializer, Field(description="initial biases of all layers")] = "zeros"
    output: Annotated[Output, Field(description="the output layer")] = Output()


class LayersOutput(Output):
    """The output layer beside `layers`, with its own initializers."""

    kernel_initializer: Annotated[Initializer, Field(description="initial kernel")] = "glorot_uniform"
    bias_initializer: Annotated[Initializer, Field(description="initial bias")] = "zeros"


class LayersOptions(Options):
    """Options of `layers`, whose items have their own initializers."""

    output: Annotated[LayersOutput, Field(description="the output layer")] = LayersOutput()


def perceptron() -> ArchitectureSpec:
    """No hidden layers: logistic regression on the pixels."""
    return ArchitectureSpec("flat", ())


def mlp(hidden: Widths = [128], activation: Hidden = "relu") -> ArchitectureSpec:  # noqa: B006
    """Fully connected hidden layers on the flat image."""
    return ArchitectureSpec("flat", _dense(hidden, activation))


def cnn(
    filters: Annotated[list[Count], Field(description="filters of each convolution")] = [32, 64],  # noqa: B006
    kernel_size: Annotated[Count, Field(description="pixels along a side")] = 3,
    pool_size: Annotated[Count, Field(description="pixels along a side; 1 for no pooling")] = 2,
    padding: Annotated[
        Literal["valid", "same"], Field(description="valid: windows inside the image; same: zeros around it")
    ] = "valid",
    hidden: Widths = [],  # noqa: B006
    activation: Hidden = "relu",
) -> ArchitectureSpec:
    """Convolutions, each with max-pooling, then fully connected layers (LeCun et al. 1998)."""
    layers: list[Layer] = []
    for count in filters:
        convolution = {"filters": count, "kernel_size": kernel_size, "padding": padding}
        layers.append(Layer("Conv2D", convolution, activation))
        if pool_size > 1:
            layers.append(Layer("MaxPooling2D", {"pool_size": pool_size}))
    return ArchitectureSpec("image", (*layers, Layer("Flatten"), *_dense(hidden, activation)))


def lenet5(activation: Hidden = "tanh") -> ArchitectureSpec:
    """LeNet-5 (LeCun et al. 1998) with plain average pooling, C3 on all maps, and a softmax output.

    The paper's tanh is scaled, 1.7159 * tanh(2 / 3 * x); its 32 x 32 input is MNIST's 28 x 28 padded with zeros.
    """
    c1 = Layer("Conv2D", {"filters": 6, "kernel_size": 5, "padding": "same"}, activation)
    c3 = Layer("Conv2D", {"filters": 16, "kernel_size": 5}, activation)
    mean = Layer("AveragePooling2D", {"pool_size": 2})
    return ArchitectureSpec("image", (c1, mean, c3, mean, Layer("Flatten"), *_dense((120, 84), activation)))


def resnet(
    widths: Annotated[list[Count], Field(description="filters of each stage; later ones halve the side")] = [8, 16, 32],  # noqa: B006
    blocks: Annotated[Count, Field(description="residual blocks per stage, of two convolutions each")] = 1,
    activation: Hidden = "relu",
    batch_norm: Annotated[bool, Field(description="as in the paper; regularization.batch_norm can tune it")] = True,
) -> ArchitectureSpec:
    """Residual network in its CIFAR form (He, Zhang, Ren and Sun 2015): 2 * stages * blocks + 2 layers deep.

    At the start of a stage, the input is projected by a 1 x 1 convolution (the paper's option B).
    """
    layers: list[Layer | Residual] = [_convolution(widths[0], 3, 1, activation)] if widths else []
    for stage, filters in enumerate(widths):
        for block in range(blocks):
            # The first block of a later stage halves the map.
            stride = 2 if stage and not block else 1
            inner = (_convolution(filters, 3, stride, activation), _convolution(filters, 3, 1, activation))
            # Input and output of a block can be added only if their shapes agree.
            widens = not block and filters != widths[max(stage - 1, 0)]
            projected = _convolution(filters, 1, stride, None) if stride > 1 or widens else None
            layers.append(Residual(inner, projected))
    layers.append(Layer("GlobalAveragePooling2D"))
    return ArchitectureSpec("image", tuple(layers), batch_norm)


def _convolution(filters: int, size: int, stride: int, activation: Component | None) -> Layer:
    arguments = {"filters": filters, "kernel_size": size, "strides": stride, "padding": "same"}
    return Layer("Conv2D", arguments, activation)


def rnn(hidden: Widths = [128], activation: Hidden = "tanh") -> ArchitectureSpec:  # noqa: B006
    """Simple recurrent layers that read the image row by row (Elman 1990)."""
    return _recurrent("SimpleRNN", hidden, activation)


def lstm(
    hidden: Widths = [128],  # noqa: B006
    activation: Hidden = "tanh",
    recurrent_activation: Gates = "sigmoid",
    unit_forget_bias: Annotated[
        bool, Field(description="start the forget gate's bias at 1, regardless of bias_initializer")
    ] = True,
) -> ArchitectureSpec:
    """Long short-term memory that reads the image row by row (Hochreiter and Schmidhuber 1997)."""
    gates = {"recurrent_activation": recurrent_activation, "unit_forget_bias": unit_forget_bias}
    return _recurrent("LSTM", hidden, activation, gates)


def gru(
    hidden: Widths = [128],  # noqa: B006
    activation: Hidden = "tanh",
    recurrent_activation: Gates = "sigmoid",
) -> ArchitectureSpec:
    """Gated recurrent units that read the image row by row (Cho et al. 2014)."""
    return _recurrent("GRU", hidden, activation, {"recurrent_activation": recurrent_activation})


def layers(
    layers: Annotated[list[LayerItem], Field(description="Keras layers in order: gdbench list layer")],
) -> ArchitectureSpec:
    """Any sequence of Keras layers, by their names and arguments in Keras; short: `architecture: {layers: [...]}`."""
    items = tuple(_layer({"name": item} if isinstance(item, str) else item) for item in layers)
    return ArchitectureSpec(form_of(items), items)


def _layer(component: Settings) -> Layer | PluginLayer:
    name = component["name"]
    if is_plugin(name):
        # Made only in training: a plan must not run user code.
        return PluginLayer(name, make=partial(LAYERS.build, component))
    return Layer(name, {key: value for key, value in component.items() if key != "name"})


def _dense(hidden: Sequence[int], activation: Component) -> tuple[Layer, ...]:
    return tuple(Layer("Dense", {"units": units}, activation) for units in hidden)


def _recurrent(
    kind: str, hidden: Sequence[int], activation: Component, gates: Settings = MappingProxyType({})
) -> ArchitectureSpec:
    # All but the last layer give an output per row, as the next one reads them.
    last = len(hidden) - 1
    stacked = (
        Layer(kind, {"units": units, "return_sequences": index < last, **gates}, activation)
        for index, units in enumerate(hidden)
    )
    # The output layer takes a flat input even where no hidden layer makes it flat.
    return ArchitectureSpec("rows", (*stacked, *(() if hidden else (Layer("Flatten"),))))


def _adapt(attribute: Attribute, arguments: Arguments) -> ArchitectureSpec:
    """Make an architecture of code that returns its hidden layers, a list of Keras layers."""
    import keras

    returned = attribute(**arguments)
    if not isinstance(returned, list | tuple):
        raise PluginError(f"expected a list of Keras layers; got {type_name(returned)}")
    layers = [require_instance(keras.layers.Layer, layer) for layer in returned]
    kinds = [_keras_class(layer) for layer in layers]
    # The form that Permute takes depends on its dims, an attribute of the layer.
    form = form_of([Layer(kind, vars(layer)) for kind, layer in zip(kinds, layers, strict=True)])
    return ArchitectureSpec(form, tuple(map(_already_made, kinds, layers)))


def _already_made(kind: str, layer: "KerasLayer") -> PluginLayer:
    return PluginLayer(kind, make=lambda: layer)


def _keras_class(layer: object) -> str:
    """Return the name of the Keras class that a layer is an instance of, directly or by derivation."""
    return next(kind.__name__ for kind in type(layer).__mro__ if kind.__module__.startswith("keras."))


def has_its_own_layers(architecture: Settings) -> bool:
    """Whether a file or user code spells the layers out, so that regularization has no place beside them."""
    return architecture["name"] == "layers" or is_plugin(architecture["name"])


ARCHITECTURES = Family(
    "architecture",
    "the hidden layers",
    {
        "perceptron": Entry(perceptron),
        "mlp": Entry(mlp),
        "cnn": Entry(cnn),
        "lenet5": Entry(lenet5),
        "resnet": Entry(resnet),
        "rnn": Entry(rnn),
        "lstm": Entry(lstm),
        "gru": Entry(gru),
        "layers": Entry(layers, options=LayersOptions),
    },
    ArchitectureOptions,
    plugins=PluginContract(_adapt),
)
