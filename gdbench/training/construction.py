"""Builds Keras layers from described ones: their components, initializers and randomness, errors on one line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import keras

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import Layer
from gdbench.catalog.describe import family_of
from gdbench.catalog.keras_entries import INITIALIZERS, LAYERS, SeededInitializer
from gdbench.errors import ArchitectureError
from gdbench.records import Settings
from gdbench.training.keras_types import Array, DType, KerasLayer, Shape, Tensor
from gdbench.training.random_layers import DropoutLayer, KerasRandomSource, RandomSource

# Keras colors its messages.
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def construct(layer: Layer, name: str, arguments: Mapping[str, object] | None = None) -> KerasLayer:
    """Return a described layer as a Keras layer; `arguments` are those beside the described ones.

    Raises:
        ArchitectureError: Keras refuses the arguments.
    """
    if layer.kind == "Dropout":
        return DropoutLayer(name, layer.arguments["rate"])
    families = _families(layer)
    described = {
        key: _built(families[key], value)
        for key, value in layer.arguments.items()
        # Initial weights come from the streams of a run, not from Keras.
        if families[key] != "initializer"
    }
    try:
        return getattr(keras.layers, layer.kind)(**described, **(arguments or {}), name=name)
    except ValueError as error:
        raise ArchitectureError(f"{layer.kind} {name}: {_reason(error)}") from None


def initial_values(layer: KerasLayer, seed: int) -> list[Array]:
    """Return the initial values of the variables of a plug-in's layer under a seed: those of a new copy of it."""
    # A plug-in's initializers may use any of the seeds that this sets.
    keras.utils.set_random_seed(seed)
    copy = type(layer).from_config(layer.get_config())
    copy.build(layer.input.shape)
    return [variable.numpy() for variable in copy.variables]


def initializers_of(layer: Layer, name: str) -> dict[str, SeededInitializer]:
    """Return the initializers that the layer's arguments name, by `layer/variable`."""
    initializers = {
        f"{name}/{_variable(layer.kind, key)}": INITIALIZERS.build(layer.arguments[key])
        for key, family in _families(layer).items()
        if family == "initializer"
    }
    return with_forget_bias(initializers, layer, name)


def with_forget_bias(
    initializers: dict[str, SeededInitializer], layer: Layer, name: str
) -> dict[str, SeededInitializer]:
    """Let the second quarter of an LSTM's bias, that of its forget gate, start at 1 if the layer says so."""
    if not layer.arguments.get("unit_forget_bias"):
        return initializers
    bias = f"{name}/bias"
    return {**initializers, bias: _with_open_forget_gate(initializers[bias])}


def random_sources_of(layer: KerasLayer) -> dict[str, RandomSource]:
    """Return the randomness of a Keras layer by the name of its stream."""
    if isinstance(layer, DropoutLayer):
        return {layer.name.removesuffix("_dropout"): layer}
    # A recurrent layer drops units inside its cell.
    if hasattr(layer, "cell"):
        return {f"{layer.name}/recurrent": KerasRandomSource(layer.cell.seed_generator)}
    return {layer.name: KerasRandomSource(layer.seed_generator)} if hasattr(layer, "seed_generator") else {}


def apply_in_order(layers: "Iterable[KerasLayer | ResidualSum]", tensor: Tensor) -> Tensor:
    """Return a symbolic tensor after the layers, applied one after the other.

    Raises:
        ArchitectureError: a layer does not take the output of the one before.
    """
    for layer in layers:
        try:
            tensor = layer(tensor)
        except ValueError as error:
            shape = " x ".join(map(str, tensor.shape[1:]))
            kind = type(layer).__name__
            raise ArchitectureError(f"{kind} {layer.name} cannot take {shape} values: {_reason(error)}") from None
    return tensor


@dataclass(frozen=True, slots=True)
class ResidualSum:
    """Adds the outputs of two chains of layers with one input."""

    name: str
    inner: list[KerasLayer]
    shortcut: list[KerasLayer]

    def __call__(self, tensor: Tensor) -> Tensor:
        """Return the sum for a symbolic tensor."""
        terms = [apply_in_order(self.inner, tensor), apply_in_order(self.shortcut, tensor)]
        return keras.layers.Add(name=self.name)(terms)


def _families(layer: Layer) -> dict[str, str | None]:
    """Return for each argument of a layer the family that it names a component of, if any."""
    fields = LAYERS.model(layer.kind).model_fields
    return {key: family_of(fields[key]) for key in layer.arguments}


def _built(family: str | None, value: object) -> object:
    if family and isinstance(value, Mapping):
        component: Settings = value
        return FAMILIES[family].build(component)
    # Keras takes tuples where YAML has lists.
    return tuple(_built(None, item) for item in value) if isinstance(value, list) else value


def _variable(kind: str, argument: str) -> str:
    """Return Keras' name of the variable that an argument such as `kernel_initializer` initializes."""
    part = argument.removesuffix("_initializer")
    if part in ("recurrent", "pointwise") or (part == "depthwise" and kind.startswith("Separable")):
        return f"{part}_kernel"
    return "kernel" if part == "depthwise" else part


def _with_open_forget_gate(initializer: SeededInitializer) -> SeededInitializer:
    def seeded(seed: int) -> keras.initializers.Initializer:
        def initialize(shape: Shape, dtype: DType) -> Tensor:
            bias = initializer(seed)(shape, dtype=dtype)
            units = shape[0] // 4
            return keras.ops.concatenate([bias[:units], keras.ops.ones((units,), dtype), bias[2 * units :]])

        return initialize

    return seeded


def _reason(error: ValueError) -> str:
    """Return the line of Keras' message that says what is wrong."""
    lines = [line.strip() for line in _ESCAPES.sub("", str(error)).splitlines()]
    return next((line for line in lines if line and not line.startswith("Exception encountered")), "refused by Keras")
