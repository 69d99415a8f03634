"""Assembles the model of a run: the architecture's hidden layers, their regularizers, and the loss's output layer."""

import re
from collections import Counter

import keras

from gdbench.catalog.architecture_spec import RECURRENT, Layer, PluginLayer, Residual
from gdbench.catalog.entry import Component
from gdbench.catalog.keras_entries import ACTIVATIONS, INITIALIZERS, LAYERS, ActivationFunction, SeededInitializer
from gdbench.errors import ArchitectureError
from gdbench.experiment.settings.run_settings import RunSettings, component_of
from gdbench.experiment.settings.schema import NoiseOption
from gdbench.training.construction import (
    ResidualSum,
    apply_in_order,
    construct,
    initializers_of,
    random_sources_of,
    with_forget_bias,
)
from gdbench.training.fusion import fuse
from gdbench.training.keras_types import KerasLayer, KerasModel, Shape, TensorFunction
from gdbench.training.model import Model, NoiseLayer, Part
from gdbench.training.random_layers import DropoutLayer, GaussianNoiseLayer, RandomLayer, RandomSource

_OUTPUT_ACTIVATIONS = (keras.activations.softmax, keras.activations.sigmoid)
# Noise first, then dropout, so that a dropped unit is zero.
_NOISE: dict[NoiseOption, type[RandomLayer]] = {"gaussian_noise": GaussianNoiseLayer, "dropout": DropoutLayer}


def assemble(settings: RunSettings, shape: Shape, classes: int) -> Model:
    """Build the model of a run's settings for images of some shape.

    Raises:
        ArchitectureError: the layers do not fit each other or the images.
    """
    loss = settings.loss
    chosen = settings.architecture.output.activation
    activation = component_of(chosen) if chosen else {"name": loss.activation}
    assembly = _Assembly(settings)
    model, steps = assembly.model(shape, loss.outputs(classes, activation["name"]))
    return Model(
        keras=model,
        steps=steps,
        loss=loss,
        # The loss computes its own activation together with itself, which is exact where a probability saturates.
        output_activation=None if activation["name"] == loss.activation else ACTIVATIONS.build(activation),
        noise_layers=assembly.noise_layers,
        layer_sources=assembly.layer_sources,
        initializers=assembly.initializers,
        plugin_layers=assembly.plugin_layers,
    )


class _Assembly:
    """Collects the layers of one model in order."""

    def __init__(self, settings: RunSettings) -> None:
        self.architecture = settings.architecture
        self.regularization = settings.regularization
        self.layers: list[KerasLayer | ResidualSum] = []
        self.noise_layers: list[NoiseLayer] = []
        self.layer_sources: dict[str, RandomSource] = {}
        self.initializers: dict[str, SeededInitializer] = {}
        self.plugin_layers: list[KerasLayer] = []
        self._hidden = 0
        self._names: Counter[str] = Counter()

    def model(self, shape: Shape, outputs: int) -> tuple[KerasModel, list[TensorFunction]]:
        """Return the Keras model, and the fused steps that compute the same."""
        self._add_noise("input", "input")
        for layer in self.architecture.spec.layers:
            if isinstance(layer, Residual):
                self._add_residual(layer)
            elif isinstance(layer, PluginLayer):
                self._add_plugin(layer)
            elif layer.activation is None:
                self._add_as_described(layer)
            else:
                self._add_hidden(layer)
        self._refuse_output_layer(outputs)
        inputs = keras.Input(shape)
        features = apply_in_order(self.layers, inputs)
        if len(features.shape) != 2:
            remaining = " x ".join(map(str, features.shape[1:]))
            rule = "a flat output of the hidden layers, as after Flatten or a global pooling"
            raise ArchitectureError(f"expected {rule}; got {remaining} values")
        output = self.architecture.output
        self._initialize("output", output.kernel_initializer, output.bias_initializer)
        last = keras.layers.Dense(outputs, name="output")
        model = keras.Model(inputs, last(features))
        is_chain = not any(isinstance(layer, ResidualSum) for layer in self.layers)
        return model, fuse([*self.layers, last]) if is_chain else [model]

    def _refuse_output_layer(self, outputs: int) -> None:
        """Refuse a last layer of user code that is an output layer: one follows. A plan finds those of a file."""
        last = self.layers[-1] if self.plugin_layers and self.layers else None
        if isinstance(last, keras.layers.Dense) and last.units == outputs and last.activation in _OUTPUT_ACTIVATIONS:
            rule = "hidden layers only, since the output layer is added after them"
            raise ArchitectureError(f"expected {rule}; got a last Dense of {outputs} units, {last.activation.__name__}")

    def _next_name(self) -> str:
        # Streams are found by these names, so that no option of regularization may change them.
        self._hidden += 1
        return f"hidden_{self._hidden}"

    def _add_plugin(self, layer: PluginLayer) -> None:
        made = layer.make()
        # The name under which its streams are found.
        made.name = self._next_name()
        self.layers.append(made)
        self.plugin_layers.append(made)
        self.layer_sources |= random_sources_of(made)

    def _add_as_described(self, layer: Layer) -> None:
        """Add a layer as Keras builds it: a hidden layer if it can have a bias, else named after the one before."""
        if "use_bias" in LAYERS.model(layer.kind).model_fields:
            name = self._next_name()
        else:
            place = f"hidden_{self._hidden}" if self._hidden else "input"
            name = f"{place}_" + re.sub("(?<=[a-z])(?=[A-Z])", "_", layer.kind).lower()
            self._names[name] += 1
            name += f"_{self._names[name]}" if self._names[name] > 1 else ""
        built = construct(layer, name)
        self.layers.append(built)
        self.initializers |= initializers_of(layer, name)
        self.layer_sources |= random_sources_of(built)

    def _add_residual(self, block: Residual) -> None:
        """Add a block's layers and its input as one sum, then the last layer's activation and dropout."""
        before, self.layers = self.layers, []
        for layer in block.layers[:-1]:
            self._add_hidden(layer)
        last, name = block.layers[-1], self._next_name()
        self._add_linear(last, name)
        inner, self.layers = self.layers, []
        if block.projection:
            self._add_linear(block.projection, f"{name}_projection")
        self.layers = [*before, ResidualSum(f"{name}_sum", inner, self.layers)]
        self._add_activation(last, name)

    def _add_hidden(self, layer: Layer) -> None:
        """Add linear part, batch normalization, activation, noise, dropout.

        A recurrent layer has its activation inside, so that it is normalized after it.
        """
        name = self._next_name()
        self._add_linear(layer, name)
        self._add_activation(layer, name)

    def _add_linear(self, layer: Layer, name: str) -> None:
        arguments = self._constraint(layer)
        if layer.kind in RECURRENT:
            arguments["activation"] = self._activation(layer)
        if layer.kind == "SimpleRNN":
            # Unrolled, XLA fuses the 28 steps of a simple layer; rolled they take half as long again.
            arguments["unroll"] = True
        self.layers.append(construct(layer, name, arguments))
        self._initialize(name)
        if layer.kind in RECURRENT:
            self.initializers[f"{name}/recurrent_kernel"] = INITIALIZERS.build({"name": "orthogonal", "gain": 1.0})
            self.initializers = with_forget_bias(self.initializers, layer, name)
        options = self.regularization.batch_norm_options
        if options or self.architecture.spec.batch_norm:
            arguments = dict(options) if options else {}
            self.layers.append(keras.layers.BatchNormalization(**arguments, name=f"{name}_batch_norm"))

    def _add_activation(self, layer: Layer, name: str) -> None:
        if layer.kind not in RECURRENT:
            self.layers.append(keras.layers.Activation(self._activation(layer), name=f"{name}_activation"))
        self._add_noise("hidden", name)

    def _activation(self, layer: Layer) -> ActivationFunction:
        assert layer.activation is not None, "a hidden layer of the catalog has an activation"
        return ACTIVATIONS.build(component_of(layer.activation))

    def _constraint(self, layer: Layer) -> dict[str, object]:
        limit = self.regularization.norm_limit
        if limit is None:
            return {}
        # A unit's incoming weights are all axes of its kernel but the last.
        axes = [0, 1, 2] if layer.kind == "Conv2D" else 0
        return {"kernel_constraint": keras.constraints.MaxNorm(limit, axis=axes)}

    def _add_noise(self, part: Part, place: str) -> None:
        for option, kind in _NOISE.items():
            if self.regularization.strength(option, part):
                layer = kind(f"{place}_{option}")
                self.noise_layers.append(NoiseLayer(layer, option, part, stream=f"{option}/{place}"))
                self.layers.append(layer)

    def _initialize(self, name: str, kernel: Component | None = None, bias: Component | None = None) -> None:
        for variable, chosen, default in (
            ("kernel", kernel, self.architecture.kernel_initializer),
            ("bias", bias, self.architecture.bias_initializer),
        ):
            initializer = chosen or default
            assert initializer is not None, "every architecture has initializers, or its output layer does"
            self.initializers[f"{name}/{variable}"] = INITIALIZERS.build(component_of(initializer))
