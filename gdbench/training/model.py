"""The Keras model of a run, what is computed from its outputs, and how its variables start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import tensorflow as tf

from gdbench.catalog.keras_entries import ActivationFunction, SeededInitializer
from gdbench.catalog.losses import Loss
from gdbench.experiment.settings.schema import NoiseOption
from gdbench.training.construction import initial_values
from gdbench.training.keras_types import Array, KerasLayer, KerasModel, Tensor, TensorFunction, Variable
from gdbench.training.random_layers import RandomLayer, RandomSource
from gdbench.training.streams import stream_31

Part = Literal["input", "hidden"]


@dataclass(frozen=True, eq=False)
class NoiseLayer:
    """A random layer that a regularization option asks for, and the name of its stream."""

    layer: RandomLayer
    option: NoiseOption
    part: Part
    stream: str


@dataclass(eq=False)
class Model:
    """A Keras model whose last layer is linear, with all that is needed to restart it under any seed.

    `steps` take the place of the model where its layers form one chain: blocks of convolution and pooling run faster
    there. `output_activation` is applied after the last layer; None where it is part of the loss. `noise_layers` come
    from the regularization, `layer_sources` are all other randomness by the name of its stream. `initializers` start
    the variables whose initial value is random or was chosen, by `layer/variable`; the variables of `plugin_layers`
    start as those of a new copy of the layer do, and all others as Keras created them.
    """

    keras: KerasModel
    steps: list[TensorFunction]
    loss: Loss
    output_activation: ActivationFunction | None
    noise_layers: list[NoiseLayer]
    layer_sources: dict[str, RandomSource]
    initializers: dict[str, SeededInitializer]
    plugin_layers: list[KerasLayer]

    def __post_init__(self) -> None:
        """Keep the values of the variables that have no initializer here."""
        self._created = {
            name: variable.numpy() for name, variable in self._variables() if name not in self.initializers
        }

    @property
    def random_sources(self) -> list[RandomSource]:
        """All randomness: each source has to be told the update before every step."""
        return [*(noise.layer for noise in self.noise_layers), *self.layer_sources.values()]

    @property
    def kernels(self) -> list[Variable]:
        """The weights that l1 and l2 act on: all kernels, recurrent ones too, never biases."""
        return [v for v in self.keras.trainable_variables if v.name in ("kernel", "recurrent_kernel")]

    def outputs(self, images: Tensor, training: bool, fast: bool = False) -> Tensor:
        """Return what the loss takes: linear outputs, or activated ones where the output activation was chosen.

        `fast` takes the steps in place of the model: the same weights, and the same results to rounding.
        """
        # Keras' model as a whole, where its layers branch or nothing is gained by fusing them.
        linear = images
        for step in self.steps if fast else [self.keras]:
            linear = step(linear, training=training)
        return self.output_activation(linear) if self.output_activation else linear

    def losses(self, labels: Tensor, outputs: Tensor) -> Tensor:
        """Return the loss of each image, without penalties."""
        return self.loss.per_image(labels, outputs, self.output_activation is None)

    def predictions(self, outputs: Tensor) -> Tensor:
        """Return the predicted class (batch,) of each image, as int32."""
        if outputs.shape[-1] > 1:
            return tf.argmax(outputs, axis=-1, output_type=tf.int32)
        # Before an activation that is part of the loss, the two classes meet at 0.
        threshold = self.loss.threshold if self.output_activation else 0.0
        return tf.cast(outputs[:, 0] > threshold, tf.int32)

    def ranks(self, labels: Tensor, outputs: Tensor) -> Tensor:
        """Return how many classes each image (batch,) has above the right one: of equal outputs none is above."""
        if outputs.shape[-1] > 1:
            right = tf.gather(outputs, labels, batch_dims=1)[:, tf.newaxis]
            return tf.reduce_sum(tf.cast(outputs > right, tf.int32), axis=-1)
        return tf.cast(tf.not_equal(self.predictions(outputs), labels), tf.int32)

    def count_correct(self, labels: Tensor, outputs: Tensor) -> Tensor:
        """Return the number of images whose predicted class is the right one."""
        return tf.reduce_sum(tf.cast(tf.equal(self.predictions(outputs), labels), tf.int32))

    @property
    def values(self) -> list[Array]:
        """Copies of the values of all variables."""
        return [variable.numpy() for variable in self.keras.variables]

    def start(self, seed: int, values: Sequence[Array] | None = None) -> None:
        """Give every variable its initial value under a seed, or a given one."""
        for name, variable in self._variables():
            if name in self.initializers:
                initializer = self.initializers[name](stream_31(seed, f"weights/{name}"))
                variable.assign(initializer(variable.shape, dtype=variable.dtype))
            else:
                variable.assign(self._created[name])
        # A plug-in is opaque, so its layers are initialized by their own code.
        for layer in self.plugin_layers:
            drawn = initial_values(layer, stream_31(seed, f"weights/{layer.name}"))
            for variable, value in zip(layer.variables, drawn, strict=True):
                variable.assign(value)
        for name, source in self.layer_sources.items():
            source.key.assign(stream_31(seed, f"dropout/{name}"))
        for variable, value in zip(self.keras.variables, values or (), strict=values is not None):
            variable.assign(value)

    def _variables(self) -> Iterator[tuple[str, Variable]]:
        for layer in self.keras.layers:
            yield from ((f"{layer.name}/{variable.name}", variable) for variable in layer.variables)
