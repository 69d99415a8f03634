"""The model of a run as a file that Keras loads without gdbench."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np

from gdbench.catalog.keras_entries import ActivationFunction
from gdbench.errors import ArchitectureError
from gdbench.experiment.settings.schema import Regularization
from gdbench.records import Outcome
from gdbench.training.decimals import shortest_decimal
from gdbench.training.keras_types import Array, KerasLayer, Tensor
from gdbench.training.loop import Loop
from gdbench.training.model import Model
from gdbench.training.random_layers import DropoutLayer, RandomLayer
from gdbench.training.splits import Prepared


def with_model(loop: Loop) -> Outcome:
    """Train and return the outcome, together with the file of the model if the run is to save it and is done.

    Raises:
        ArchitectureError: Keras cannot save one of the layers; nothing is trained then.
    """
    if loop.training.save == "off":
        return loop.outcome()
    saved = SavedModel(loop.program.model, loop.program.data, loop.settings.regularization)
    outcome = loop.outcome()
    if not outcome.is_done:
        return outcome
    kept = loop.kept_weights
    return replace(outcome, model={"epoch": kept.epoch}, model_file=saved.file(kept.values))


class SavedModel:
    """A copy of a run's model in Keras' own layers, from the values of the data set to the activated outputs."""

    def __init__(self, model: Model, data: Prepared, regularization: Regularization) -> None:
        """Copy the layers; the weights come later.

        Raises:
            ArchitectureError: Keras cannot save one of the layers.
        """
        self._source, self._data = model.keras, data
        # Those of the run: a program that runs share may have another's.
        self._strengths = {n.layer.name: regularization.strength(n.option, n.part) for n in model.noise_layers}
        self._images = keras.Input(data.shape, name="images")
        self._activation = model.output_activation or getattr(keras.activations, model.loss.activation)
        try:
            self._copy = keras.models.clone_model(
                self._source, input_tensors=self._images, clone_function=self._copied, call_function=self._called
            )
            # What a file holds besides the weights: better refused now than after the training.
            keras.saving.serialize_keras_object(self._copy)
        except (TypeError, ValueError, NotImplementedError) as error:
            reason = str(error).partition("\n")[0]
            raise ArchitectureError(f"training.save: expected layers that Keras can save; got: {reason}") from None

    def file(self, values: Sequence[Array]) -> bytes:
        """Return the file of the model with the values of all variables of the run's model."""
        by_variable = {id(variable): value for variable, value in zip(self._source.variables, values, strict=True)}
        for layer in self._source.layers:
            if not isinstance(layer, RandomLayer) and layer.variables:
                copied = self._copy.get_layer(layer.name).variables
                for variable, copy in zip(layer.variables, copied, strict=True):
                    copy.assign(by_variable[id(variable)])
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            self._copy.save(path)
            return path.read_bytes()

    def _copied(self, layer: KerasLayer) -> KerasLayer:
        """Return a new layer of Keras that computes the same."""
        match layer:
            case RandomLayer():
                kind = keras.layers.Dropout if isinstance(layer, DropoutLayer) else keras.layers.GaussianNoise
                own = shortest_decimal(layer.strength.numpy())
                return kind(self._strengths.get(layer.name, own), name=layer.name)
            case keras.layers.Activation():
                return _activation_layer(layer.activation, layer.input, layer.name)
            case _:
                return type(layer).from_config(layer.get_config())

    def _called(self, layer: KerasLayer, *arguments: Tensor, **options: object) -> Tensor:
        """Call a copied layer: before the first one values are scaled, after the last one comes the activation."""
        tensor = layer(*(self._scaled if each is self._images else each for each in arguments), **options)
        is_last = layer.name == self._source.layers[-1].name
        if not is_last or self._activation is keras.activations.linear:
            return tensor
        return _activation_layer(self._activation, tensor, "output_activation")(tensor)

    @cached_property
    def _scaled(self) -> Tensor:
        """The values as they are fed; the layer that computes them is a part of the file."""
        shift, divisor = self._data.shift, self._data.divisor
        if not np.any(shift) and np.all(np.equal(divisor, 1.0)):
            return self._images
        mean, variance = np.broadcast_arrays(shift, np.square(divisor, dtype=np.float64))
        # One number for all pixels, or one for each feature.
        axis = -1 if mean.ndim else None
        scale = keras.layers.Normalization(axis=axis, mean=mean.tolist(), variance=variance.tolist(), name="scale")
        return scale(self._images)


def _activation_layer(activation: ActivationFunction, tensor: Tensor, name: str) -> KerasLayer:
    """Return a layer of an activation; of a function with arguments Keras saves the operations that it consists of."""
    if not isinstance(activation, partial):
        return keras.layers.Activation(activation, name=name)
    # The user's own function is saved by its name.
    if not activation.keywords:
        return keras.layers.Activation(activation.func, name=name)
    inputs = keras.Input(batch_shape=tensor.shape)
    return keras.Model(inputs, activation(inputs), name=name)
