"""Assembles the Keras model of a run: the architecture's hidden layers, regularisers, and the loss's output layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from gdbench.catalog import FAMILIES
from gdbench.catalog.architectures import Layer, Stack
from gdbench.catalog.losses import Loss
from gdbench.records import Settings
from gdbench.training.layers import Dropout, GaussianNoise, RandomLayer
from gdbench.training.streams import stream_31

Maker = Any


def build(noun: str, component: Mapping[str, Any]) -> Any:
    """Call a component's catalog entry with its arguments."""
    return FAMILIES[noun].build(component["name"], component)


@dataclass(eq=False)
class Model:
    """A Keras model whose last layer is linear, with what is needed to start it anew from any seed.

    `finish` is the output activation where it is not part of the loss. `random_layers` has what draws in training, as
    `<option of regularization>/<layer>`. `makers` gives the initialiser of each variable that has a random or chosen
    start; all others start as Keras made them.
    """

    keras: keras.Model
    loss: Loss
    finish: Any | None
    random_layers: dict[str, RandomLayer] = field(default_factory=dict)
    makers: dict[str, Maker] = field(default_factory=dict)

    @property
    def kernels(self) -> list[Any]:
        """The weights that l1 and l2 act on: all kernels, recurrent ones too, never biases."""
        return [v for v in self.keras.trainable_variables if v.name in ("kernel", "recurrent_kernel")]

    def outputs(self, images: Any, training: bool) -> Any:
        """Return what the loss takes: linear outputs, or finished ones where the output activation was chosen."""
        linear = self.keras(images, training=training)
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
        for layer in self.keras.layers:
            for variable in layer.variables:
                name = f"{layer.name}/{variable.name}"
                if name in self.makers:
                    initializer = self.makers[name](stream_31(seed, f"weights/{name}"))
                    variable.assign(initializer(variable.shape, dtype=variable.dtype))
                elif variable.name in _RESTING:
                    variable.assign(keras.ops.full(variable.shape, _RESTING[variable.name], dtype=variable.dtype))


# Where batch normalisation starts: as a function that changes nothing.
_RESTING = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}


def assemble(settings: Mapping[str, Settings], shape: tuple[int, ...], classes: int) -> Model:
    """Build the model of a run's settings for images of a shape."""
    architecture = settings["architecture"]
    loss: Loss = build("loss", settings["training"]["loss"])
    chosen = architecture["output"]["activation"] or {"name": loss.activation}
    finish = build("activation", chosen) if chosen["name"] != loss.activation else None
    outputs = loss.outputs(classes, chosen["name"])
    return _Assembly(architecture, settings["regularization"]).model(shape, outputs, loss, finish)


class _Assembly:
    """Collects the layers of one model in order."""

    def __init__(self, architecture: Settings, regularization: Settings) -> None:
        self.architecture = architecture
        self.regularization = regularization
        self.stack: Stack = build("architecture", architecture)
        self.layers: list[Any] = []
        self.random_layers: dict[str, RandomLayer] = {}
        self.makers: dict[str, Maker] = {}

    def model(self, shape: tuple[int, ...], outputs: int, loss: Loss, finish: Any) -> Model:
        self._disturb("input", "input")
        hidden = 0
        for layer in self.stack.layers:
            if layer.activation is None:
                self.layers.append(getattr(keras.layers, layer.kind)(**layer.arguments))
            else:
                hidden += 1
                self._hidden(layer, f"hidden_{hidden}")
        self.layers.append(keras.layers.Dense(outputs, name="output"))
        output = self.architecture["output"]
        self._initialize("output", output["kernel_initializer"], output["bias_initializer"])
        sequential = keras.Sequential(self.layers)
        sequential.build((None, *shape))
        return Model(sequential, loss, finish, self.random_layers, self.makers)

    def _hidden(self, layer: Layer, name: str) -> None:
        """Add linear part, batch normalisation, activation, noise, dropout; a recurrent layer has the third inside."""
        activation = build("activation", layer.activation)  # type: ignore[arg-type]
        recurrent = layer.kind == "SimpleRNN"
        # Unrolled, XLA fuses the 28 steps; rolled they take half as long again.
        inside = {"activation": activation, "unroll": True} if recurrent else {}
        made = getattr(keras.layers, layer.kind)(**layer.arguments, **inside, **self._constraint(layer), name=name)
        self.layers.append(made)
        self._initialize(name, None, None)
        if recurrent:
            self.makers[f"{name}/recurrent_kernel"] = build("initializer", {"name": "orthogonal", "gain": 1.0})
        batch_norm = self.regularization["batch_norm"]
        if batch_norm:
            self.layers.append(keras.layers.BatchNormalization(**batch_norm, name=f"{name}_batch_norm"))
        if not recurrent:
            self.layers.append(keras.layers.Activation(activation, name=f"{name}_activation"))
        self._disturb("hidden", name)

    def _constraint(self, layer: Layer) -> dict[str, Any]:
        if self.regularization["max_norm"] == "off":
            return {}
        # A unit's incoming weights are all axes of its kernel but the last.
        axes = [0, 1, 2] if layer.kind == "Conv2D" else 0
        return {"kernel_constraint": keras.constraints.MaxNorm(self.regularization["max_norm"], axis=axes)}

    def _disturb(self, part: str, place: str) -> None:
        """Add noise, then dropout, so that a dropped unit is zero."""
        kinds: dict[str, type[RandomLayer]] = {"gaussian_noise": GaussianNoise, "dropout": Dropout}
        for option, kind in kinds.items():
            if self.regularization[option][part]:
                layer = kind(f"{place}_{option}")
                self.random_layers[f"{option}/{place}"] = layer
                self.layers.append(layer)

    def _initialize(self, name: str, kernel: Settings | None, bias: Settings | None) -> None:
        kernel = kernel or self.architecture["kernel_initializer"]
        bias = bias or self.architecture["bias_initializer"]
        self.makers[f"{name}/kernel"] = build("initializer", kernel)
        self.makers[f"{name}/bias"] = build("initializer", bias)
