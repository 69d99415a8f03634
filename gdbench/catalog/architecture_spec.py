"""What an architecture is to the rest of gdbench: a stack of hidden layers, described without keras."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gdbench.catalog.entry import Component
from gdbench.records import Settings

if TYPE_CHECKING:
    from keras.layers import Layer as KerasLayer

Form = Literal["flat", "rows", "image"]
RECURRENT = ("SimpleRNN", "LSTM", "GRU")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: a Keras class by name and its arguments, in the spelling of the `layer` family.

    `activation` makes it a hidden layer of the catalog's, whose linear part, batch normalisation, activation and
    dropout are layers of their own; without it the layer is taken as Keras makes it.
    """

    kind: str
    arguments: Settings = field(default_factory=dict)
    activation: Component | None = None


@dataclass(frozen=True, slots=True)
class Residual:
    """Hidden layers whose input is added to what they make, before the activation of the last one (He et al. 2015).

    `projection` is a layer without activation that gives the input the shape of the sum.
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
    """Hidden layers in order, and the form in which they take an image: flat, rows x columns, or with channels.

    `batch_norm` says that hidden layers are normalised even where regularization doesn't ask for it.
    """

    form: Form
    layers: tuple[Layer | Residual | PluginLayer, ...]
    batch_norm: bool = False

    @property
    def convolves(self) -> bool:
        """Whether any layer is a convolution."""
        return any(isinstance(layer, Residual) or "Conv" in layer.kind for layer in self.layers)


def shape_in(form: Form, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape in which an example of some shape is fed; None for features where an image is asked for."""
    if form == "flat":
        return (math.prod(shape),)
    if len(shape) < 2:
        return None
    rows, columns, channels = (*shape, 1)[:3]
    return (rows, columns * channels) if form == "rows" else (rows, columns, channels)


def form_of(layers: Sequence[Layer | PluginLayer]) -> Form:
    """Return the form of an image that a stack takes: that of its first layer which is particular about it.

    Layers with 2D in their name take an image with its channel, with 1D and recurrent ones rows, Dense, Flatten and
    RepeatVector a flat image, Permute what it has as many dims as; all others are passed over, and without any
    particular layer the image is flat.
    """
    return next((form for form in map(_form, layers) if form), "flat")


def _form(layer: Layer | PluginLayer) -> Form | None:
    if isinstance(layer, Layer) and layer.kind == "Permute":
        return {1: "flat", 2: "rows", 3: "image"}.get(len(layer.arguments["dims"]))  # type: ignore[return-value]
    if "2D" in layer.kind:
        return "image"
    if "1D" in layer.kind or layer.kind in RECURRENT:
        return "rows"
    return "flat" if layer.kind in ("Dense", "Flatten", "RepeatVector") else None


def misfit(spec: ArchitectureSpec, shape: tuple[int, ...]) -> str | None:
    """Return the first window of a catalog stack that is larger than the map it slides over, if one is.

    Windows are square, move by one pixel in convolutions and by their own size in pools; `shape` begins with
    (rows, columns).
    """
    sides = list(shape[:2])
    for layer in spec.layers:
        if not isinstance(layer, Layer) or not layer.kind.endswith("2D"):
            continue
        convolves = "kernel_size" in layer.arguments
        window = layer.arguments.get("kernel_size") or layer.arguments.get("pool_size") or 1
        if layer.arguments.get("padding") == "same":
            continue
        if window > min(sides):
            return f"{window} x {window} on {' x '.join(map(str, sides))}"
        sides = [side - window + 1 if convolves else side // window for side in sides]
    return None
