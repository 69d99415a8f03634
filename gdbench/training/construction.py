"""Makes Keras layers of described ones: components built, weights started from streams, errors said in one line."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import keras

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import Layer
from gdbench.catalog.describe import family_of
from gdbench.errors import ArchitectureError
from gdbench.training.random_layers import DropoutLayer, KerasRandomSource

SeededInitializer = Callable[[int], Any]
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def construct(layer: Layer, name: str, **own: Any) -> Any:
    """Return the layer as a Keras layer; `own` are arguments beside the described ones.

    Raises:
        ArchitectureError: Keras refuses the arguments.
    """
    if layer.kind == "Dropout":
        return DropoutLayer(name, layer.arguments["rate"])
    families = _families(layer)
    arguments = {
        key: _built(families[key], value)
        for key, value in layer.arguments.items()
        if families[key] != "initializer"  # a weight's start is its maker's affair
    }
    try:
        return getattr(keras.layers, layer.kind)(**arguments, **own, name=name)
    except ValueError as error:
        raise ArchitectureError(f"{layer.kind} {name}: {_reason(error)}") from None


def named(made: Any, name: str) -> Any:
    """Return a Keras layer of a user's making under the name that its streams have here."""
    made.name = name
    return made


def fresh(made: Any, seed: int) -> list[Any]:
    """Return the start of the variables of a user's layer under a seed: those of a copy that is made anew."""
    keras.utils.set_random_seed(seed)
    copy = type(made).from_config(made.get_config())
    copy.build(made.input.shape)
    return [variable.numpy() for variable in copy.variables]


def initializers_of(layer: Layer, name: str) -> dict[str, SeededInitializer]:
    """Return the maker of each weight that the layer's arguments say the start of, by `layer/variable`."""
    initializers = {
        f"{name}/{_variable(layer.kind, key)}": _built(family, layer.arguments[key])
        for key, family in _families(layer).items()
        if family == "initializer"
    }
    return with_forget_bias(initializers, layer, name)


def with_forget_bias(
    initializers: dict[str, SeededInitializer], layer: Layer, name: str
) -> dict[str, SeededInitializer]:
    """Let the second quarter of an LSTM's bias, that of its forget gate, start at 1 if the layer says so."""
    if layer.arguments.get("unit_forget_bias"):
        initializers[f"{name}/bias"] = _forgetting(initializers[f"{name}/bias"])
    return initializers


def random_sources_of(made: Any) -> dict[str, DropoutLayer | KerasRandomSource]:
    """Return what is random in a Keras layer by the name of its stream; recurrent layers drop within themselves."""
    if isinstance(made, DropoutLayer):
        return {made.name.removesuffix("_dropout"): made}
    if hasattr(made, "cell"):
        return {f"{made.name}/recurrent": KerasRandomSource(made.cell.seed_generator)}
    return {made.name: KerasRandomSource(made.seed_generator)} if hasattr(made, "seed_generator") else {}


def through(layers: Iterable[Any], tensor: Any) -> Any:
    """Return what the layers make of a symbolic tensor, one after the other.

    Raises:
        ArchitectureError: a layer cannot take what the one before gives.
    """
    for layer in layers:
        try:
            tensor = layer(tensor)
        except ValueError as error:
            given = " x ".join(map(str, tensor.shape[1:]))
            kind = type(layer).__name__
            raise ArchitectureError(f"{kind} {layer.name} cannot take {given} values: {_reason(error)}") from None
    return tensor


@dataclass(frozen=True, slots=True)
class Sum:
    """Adds what two chains of layers make of one input."""

    name: str
    inner: list[Any]
    shortcut: list[Any]

    def __call__(self, tensor: Any) -> Any:
        """Return the sum for a symbolic tensor."""
        return keras.layers.Add(name=self.name)([through(self.inner, tensor), through(self.shortcut, tensor)])


def _families(layer: Layer) -> dict[str, str | None]:
    fields = FAMILIES["layer"].model(layer.kind).model_fields
    return {key: family_of(fields[key]) for key in layer.arguments}


def _built(family: str | None, value: Any) -> Any:
    if family and value is not None:
        return FAMILIES[family].build(value)
    return tuple(_built(None, item) for item in value) if isinstance(value, list) else value


def _variable(kind: str, argument: str) -> str:
    """Return Keras' name of the variable that an argument such as `kernel_initializer` starts."""
    part = argument.removesuffix("_initializer")
    if part in ("recurrent", "pointwise") or (part == "depthwise" and kind.startswith("Separable")):
        return f"{part}_kernel"
    return "kernel" if part == "depthwise" else part


def _forgetting(maker: SeededInitializer) -> SeededInitializer:
    def make(seed: int) -> Any:
        def start(shape: tuple[int, ...], dtype: Any) -> Any:
            bias = maker(seed)(shape, dtype=dtype)
            units = shape[0] // 4
            return keras.ops.concatenate([bias[:units], keras.ops.ones((units,), dtype), bias[2 * units :]])

        return start

    return make


def _reason(error: ValueError) -> str:
    """Return the one line of Keras' message that says what is wrong."""
    lines = [line.strip() for line in _ESCAPES.sub("", str(error)).splitlines()]
    return next((line for line in lines if line and not line.startswith("Exception encountered")), "refused by Keras")
