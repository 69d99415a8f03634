"""Assembles the Keras model of a run: the architecture's hidden layers, regularisers, and the loss's output layer."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import RECURRENT, ArchitectureSpec, Layer, PluginLayer, Residual
from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.catalog.keras_entries import ACTIVATIONS, INITIALIZERS
from gdbench.catalog.losses import LOSSES, Loss
from gdbench.errors import ArchitectureError
from gdbench.records import Settings
from gdbench.training.construction import (
    SeededInitializer,
    Sum,
    construct,
    fresh,
    initializers_of,
    named,
    random_sources_of,
    through,
    with_forget_bias,
)
from gdbench.training.fusion import Step, fused
from gdbench.training.random_layers import DropoutLayer, GaussianNoiseLayer, KerasRandomSource, RandomLayer
from gdbench.training.streams import stream_31


@dataclass(eq=False)
class Model:
    """A Keras model whose last layer is linear, with what is needed to start it anew from any seed.

    `steps` take the place of the model where its layers are one chain: blocks of convolution and pooling run faster
    there. `finish` is the output activation where it is not part of the loss. `random_layers` are those that
    regularization asks for, as `<option>/<layer>`; `random_sources` is all other randomness, by the name of its stream.
    `initializers` start the variables whose initial value is random or was chosen; `plugged` layers come from a
    plug-in and start as a new copy of them does; all others start as Keras made them.
    """

    keras: keras.Model
    steps: list[Step]
    loss: Loss
    finish: Any | None
    random_layers: dict[str, RandomLayer] = field(default_factory=dict)
    random_sources: dict[str, RandomLayer | KerasRandomSource] = field(default_factory=dict)
    initializers: dict[str, SeededInitializer] = field(default_factory=dict)
    plugged: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep how Keras made what no maker starts."""
        self._resting = {name: variable.numpy() for name, variable in self._named() if name not in self.initializers}

    @property
    def random(self) -> list[RandomLayer | KerasRandomSource]:
        """What must know the update before each step."""
        return [*self.random_layers.values(), *self.random_sources.values()]

    @property
    def kernels(self) -> list[Any]:
        """The weights that l1 and l2 act on: all kernels, recurrent ones too, never biases."""
        return [v for v in self.keras.trainable_variables if v.name in ("kernel", "recurrent_kernel")]

    def outputs(self, images: Any, training: bool, fast: bool = False) -> Any:
        """Return what the loss takes: linear outputs, or finished ones where the output activation was chosen.

        `fast` takes the steps in place of the model: the same weights, and the same results to rounding.
        """
        linear = images
        for step in self.steps if fast else [self.keras]:
            linear = step(linear, training=training)
        return self.finish(linear) if self.finish else linear

    def losses(self, labels: Any, outputs: Any) -> Any:
        """Return the loss of each image, without penalties."""
        return self.loss.per_image(labels, outputs, self.finish is None)

    def answers(self, outputs: Any) -> Any:
        """Return the predicted class (batch,) of each image, as int32."""
        if outputs.shape[-1] > 1:
            return tf.argmax(outputs, axis=-1, output_type=tf.int32)
        threshold = self.loss.threshold if self.finish else 0.0
        return tf.cast(outputs[:, 0] > threshold, tf.int32)

    def start(self, seed: int) -> None:
        """Give every variable its initial value under a seed."""
        for name, variable in self._named():
            if name in self.initializers:
                initializer = self.initializers[name](stream_31(seed, f"weights/{name}"))
                variable.assign(initializer(variable.shape, dtype=variable.dtype))
            else:
                variable.assign(self._resting[name])
        for layer in self.plugged:
            start = fresh(layer, stream_31(seed, f"weights/{layer.name}"))
            for variable, value in zip(layer.variables, start, strict=True):
                variable.assign(value)
        for name, random_sources in self.random_sources.items():
            random_sources.key.assign(stream_31(seed, f"dropout/{name}"))

    def _named(self) -> Iterator[tuple[str, Any]]:
        for layer in self.keras.layers:
            yield from ((f"{layer.name}/{variable.name}", variable) for variable in layer.variables)


def assemble(settings: Mapping[str, Settings], shape: tuple[int, ...], classes: int) -> Model:
    """Build the model of a run's settings for images of a shape."""
    architecture = settings["architecture"]
    loss: Loss = LOSSES.build(settings["training"]["loss"])
    chosen = architecture["output"]["activation"] or {"name": loss.activation}
    finish = ACTIVATIONS.build(chosen) if chosen["name"] != loss.activation else None
    outputs = loss.outputs(classes, chosen["name"])
    return _Assembly(architecture, settings["regularization"]).model(shape, outputs, loss, finish)


class _Assembly:
    """Collects the layers of one model in order."""

    def __init__(self, architecture: Settings, regularization: Settings) -> None:
        self.architecture = architecture
        self.regularization = regularization
        self.stack: ArchitectureSpec = ARCHITECTURES.build(architecture)
        self.layers: list[Any] = []
        self.random_layers: dict[str, RandomLayer] = {}
        self.random_sources: dict[str, RandomLayer | KerasRandomSource] = {}
        self.initializers: dict[str, SeededInitializer] = {}
        self.plugged: list[Any] = []
        self.hidden = 0
        self.named: Counter[str] = Counter()

    def model(self, shape: tuple[int, ...], outputs: int, loss: Loss, finish: Any) -> Model:
        self._disturb("input", "input")
        for layer in self.stack.layers:
            if isinstance(layer, Residual):
                self._residual(layer)
            elif isinstance(layer, PluginLayer):
                self._plugged(named(layer.make(), self._next_hidden()))
            elif layer.activation is None:
                self._own(layer)
            else:
                self._hidden(layer, self._next_hidden())
        inputs = keras.Input(shape)
        features = through(self.layers, inputs)
        if len(features.shape) != 2:
            left = " x ".join(map(str, features.shape[1:]))
            raise ArchitectureError(f"the hidden layers leave {left} values; end them with Flatten or a global pooling")
        output = self.architecture["output"]
        self._initialize("output", output["kernel_initializer"], output["bias_initializer"])
        last = keras.layers.Dense(outputs, name="output")
        model = keras.Model(inputs, last(features))
        is_chain = not any(isinstance(layer, Sum) for layer in self.layers)
        steps = fused([*self.layers, last]) if is_chain else [model]
        return Model(
            model, steps, loss, finish, self.random_layers, self.random_sources, self.initializers, self.plugged
        )

    def _next_hidden(self) -> str:
        self.hidden += 1
        return f"hidden_{self.hidden}"

    def _plugged(self, made: Any) -> None:
        """Add a layer of a user's making."""
        self.layers.append(made)
        self.plugged.append(made)
        self.random_sources |= random_sources_of(made)

    def _own(self, layer: Layer) -> None:
        """Add a layer as Keras makes it: hidden if it can have a bias, else named after the hidden one before."""
        if "use_bias" in FAMILIES["layer"].model(layer.kind).model_fields:
            name = self._next_hidden()
        else:
            place = f"hidden_{self.hidden}" if self.hidden else "input"
            name = f"{place}_" + re.sub("(?<=[a-z])(?=[A-Z])", "_", layer.kind).lower()
            self.named[name] += 1
            name += f"_{self.named[name]}" if self.named[name] > 1 else ""
        made = construct(layer, name)
        self.layers.append(made)
        self.initializers |= initializers_of(layer, name)
        self.random_sources |= random_sources_of(made)

    def _residual(self, block: Residual) -> None:
        """Add a block's layers and its input to one sum, then the last layer's activation and dropout."""
        before, self.layers = self.layers, []
        for layer in block.layers[:-1]:
            self._hidden(layer, self._next_hidden())
        last, name = block.layers[-1], self._next_hidden()
        self._linear(last, name)
        inner, self.layers = self.layers, []
        if block.projection:
            self._linear(block.projection, f"{name}_projection")
        self.layers = [*before, Sum(f"{name}_sum", inner, self.layers)]
        self._activate(last, name)

    def _hidden(self, layer: Layer, name: str) -> None:
        """Add linear part, batch normalisation, activation, noise, dropout; a recurrent layer has the third inside."""
        self._linear(layer, name)
        self._activate(layer, name)

    def _linear(self, layer: Layer, name: str) -> None:
        # Unrolled, XLA fuses the 28 steps of a simple layer; rolled they take half as long again.
        unrolled = {"unroll": True} if layer.kind == "SimpleRNN" else {}
        inside = {"activation": self._activation(layer), **unrolled} if layer.kind in RECURRENT else {}
        self.layers.append(construct(layer, name, **inside, **self._constraint(layer)))
        self._initialize(name, None, None)
        if layer.kind in RECURRENT:
            self.initializers[f"{name}/recurrent_kernel"] = INITIALIZERS.build({"name": "orthogonal", "gain": 1.0})
            with_forget_bias(self.initializers, layer, name)
        batch_norm = self.regularization["batch_norm"] or self.stack.batch_norm
        if batch_norm:
            arguments = {} if batch_norm is True else batch_norm
            self.layers.append(keras.layers.BatchNormalization(**arguments, name=f"{name}_batch_norm"))

    def _activate(self, layer: Layer, name: str) -> None:
        if layer.kind not in RECURRENT:
            self.layers.append(keras.layers.Activation(self._activation(layer), name=f"{name}_activation"))
        self._disturb("hidden", name)

    def _activation(self, layer: Layer) -> Any:
        return ACTIVATIONS.build(layer.activation)  # type: ignore[arg-type]

    def _constraint(self, layer: Layer) -> dict[str, Any]:
        if self.regularization["max_norm"] == "off":
            return {}
        # A unit's incoming weights are all axes of its kernel but the last.
        axes = [0, 1, 2] if layer.kind == "Conv2D" else 0
        return {"kernel_constraint": keras.constraints.MaxNorm(self.regularization["max_norm"], axis=axes)}

    def _disturb(self, part: str, place: str) -> None:
        """Add noise, then dropout, so that a dropped unit is zero."""
        kinds: dict[str, type[RandomLayer]] = {"gaussian_noise": GaussianNoiseLayer, "dropout": DropoutLayer}
        for option, kind in kinds.items():
            if self.regularization[option][part]:
                layer = kind(f"{place}_{option}")
                self.random_layers[f"{option}/{place}"] = layer
                self.layers.append(layer)

    def _initialize(self, name: str, kernel: Settings | None, bias: Settings | None) -> None:
        kernel = kernel or self.architecture["kernel_initializer"]
        bias = bias or self.architecture["bias_initializer"]
        self.initializers[f"{name}/kernel"] = INITIALIZERS.build(kernel)
        self.initializers[f"{name}/bias"] = INITIALIZERS.build(bias)
