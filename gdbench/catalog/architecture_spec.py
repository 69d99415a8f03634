"""Architectures as stacks of hidden layers, described without importing keras."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gdbench.catalog.entry import Component
from gdbench.records import Settings

if TYPE_CHECKING:
    from keras.layers import Layer as KerasLayer

Form = Literal["flat", "rows", "image"]
_WITHOUT_WEIGHTS = ("Activation", "Softmax", "Dropout", "Flatten", "Reshape", "ActivityRegularization")
RECURRENT = ("SimpleRNN", "LSTM", "GRU")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: a Keras class by name and its arguments, as in the `layer` family.

    With an `activation` it is a hidden layer of a catalog architecture, whose linear part, batch normalization,
    activation and dropout are separate Keras layers; without one it is exactly Keras' layer.
    """

    kind: str
    arguments: Settings = field(default_factory=dict)
    activation: Component | None = None


@dataclass(frozen=True, slots=True)
class Residual:
    """Hidden layers whose input is added to their output, before the activation of the last one (He et al. 2015).

    `projection` is a layer without activation that maps the input to the shape of the output.
    """

    layers: tuple[Layer, ...]
    projection: Layer | None = None


@dataclass(frozen=True, slots=True)
class PluginLayer:
    """A layer that user code makes: the name of a Keras class it is derived from, or of the plug-in until it is made.

    `make` runs the code and returns the Keras layer, so that a plan can describe a layer without making it.
    """

    kind: str
    make: "Callable[[], KerasLayer]"


@dataclass(frozen=True, slots=True)
class ArchitectureSpec:
    """Hidden layers in order, and the form of an image that they take: flat, rows x columns, or with channels.

    `batch_norm` normalizes hidden layers even where regularization doesn't.
    """

    form: Form
    layers: tuple[Layer | Residual | PluginLayer, ...]
    batch_norm: bool = False

    @property
    def convolves(self) -> bool:
        """Whether any layer is a convolution."""
        # The residual blocks of the catalog consist of convolutions.
        return any(isinstance(layer, Residual) or "Conv" in layer.kind for layer in self.layers)


def shape_in(form: Form, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape in which an example is fed to the layers; None for features where they take images."""
    if form == "flat":
        return (math.prod(shape),)
    if len(shape) < 2:
        return None
    # A gray image has no axis for its channel.
    rows, columns, channels = (*shape, 1)[:3]
    return (rows, columns * channels) if form == "rows" else (rows, columns, channels)


def form_of(layers: Sequence[Layer | PluginLayer]) -> Form:
    """Return the form of an image that layers take: that of the first layer that accepts only one form.

    Layers with 2D in their name take an image with channels; those with 1D and recurrent ones take rows; Dense, Flatten
    and RepeatVector a flat image; Permute the form with as many axes as its dims. All others accept any form, and if
    all layers do, the image is flat.
    """
    return next((form for form in map(_form, layers) if form), "flat")


def _form(layer: Layer | PluginLayer) -> Form | None:
    if isinstance(layer, Layer) and layer.kind == "Permute":
        return {1: "flat", 2: "rows", 3: "image"}.get(len(layer.arguments["dims"]))  # type: ignore[return-value]
    if "2D" in layer.kind:
        return "image"
    # Recurrent layers read an image row by row.
    if "1D" in layer.kind or layer.kind in RECURRENT:
        return "rows"
    return "flat" if layer.kind in ("Dense", "Flatten", "RepeatVector") else None


def last_dense(layers: Sequence[Layer | Residual | PluginLayer]) -> tuple[int, str] | None:
    """Return units and activation of a Dense layer after which no layer has weights; None if there is no such layer."""
    activation = "linear"
    for layer in reversed(layers):
        if not isinstance(layer, Layer) or layer.kind not in (*_WITHOUT_WEIGHTS, "Dense"):
            return None
        own = layer.arguments.get("activation") or layer.activation
        name = own["name"] if isinstance(own, dict) else own
        if activation == "linear":
            activation = "softmax" if layer.kind == "Softmax" else name or "linear"
        if layer.kind == "Dense":
            return layer.arguments["units"], activation
    return None


def misfit(spec: ArchitectureSpec, shape: tuple[int, ...]) -> str | None:
    """Return the first window of a catalog architecture that is larger than the map it slides over, if any.

    Windows are square; they move by one pixel in convolutions and by their own size in pooling. `shape` begins with
    (rows, columns).
    """
    sides = list(shape[:2])
    for layer in spec.layers:
        if not isinstance(layer, Layer) or not layer.kind.endswith("2D"):
            continue
        convolves = "kernel_size" in layer.arguments
        window = layer.arguments.get("kernel_size") or layer.arguments.get("pool_size") or 1
        # Padded with zeros, any map is large enough.
        if layer.arguments.get("padding") == "same":
            continue
        if window > min(sides):
            return f"{window} x {window} on {' x '.join(map(str, sides))}"
        sides = [side - window + 1 if convolves else side // window for side in sides]
    return None
