"""Keras' activations, initializers, regularizers, constraints and layers as entries of the catalog."""

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from gdbench.catalog.architecture_spec import Layer
from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.catalog.keras_descriptions import annotation_of
from gdbench.catalog.keras_signatures import REQUIRED, SIGNATURES
from gdbench.catalog.keras_summaries import SUMMARIES
from gdbench.catalog.plugin_checks import instance_of, require_instance, require_shape, try_any
from gdbench.catalog.plugin_entry import Arguments, PluginContract, TrialSizes, parameters_of
from gdbench.catalog.plugin_loading import Attribute
from gdbench.catalog.tensors import Tensor

if TYPE_CHECKING:
    from keras.constraints import Constraint
    from keras.initializers import Initializer
    from keras.layers import Layer as KerasLayer
    from keras.regularizers import Regularizer

T = TypeVar("T")
ActivationFunction = Callable[[Tensor], Tensor]
SeededInitializer = Callable[[int], "Initializer"]


def _activation(name: str, arguments: Arguments) -> ActivationFunction:
    """Return Keras' function, with those of the arguments that are not its defaults."""
    import keras

    defaults = SIGNATURES["activation"][name]
    changed = {key: value for key, value in arguments.items() if value != defaults[key]}
    function: ActivationFunction = getattr(keras.activations, name)
    # A bare function is one that Keras knows by name, and the same object from call to call.
    return partial(function, **changed) if changed else function


def _initializer(name: str, arguments: Arguments) -> SeededInitializer:
    """Return a function from seed to Keras' initializer; one that is not random ignores the seed."""
    import keras

    return _seeded(getattr(keras.initializers, name), arguments)


def _seeded(attribute: Attribute, arguments: Arguments) -> SeededInitializer:
    import keras

    is_random = "seed" in parameters_of(attribute)

    def initializer(seed: int) -> "Initializer":
        instance = attribute(**arguments, **({"seed": seed} if is_random else {}))
        return require_instance(keras.initializers.Initializer, instance)

    return initializer


def _regularizer(name: str, arguments: Arguments) -> "Regularizer":
    import keras

    return getattr(keras.regularizers, name)(**arguments)


def _constraint(name: str, arguments: Arguments) -> "Constraint":
    import keras

    return getattr(keras.constraints, name)(**arguments)


def _adapt_activation(attribute: Attribute, arguments: Arguments) -> ActivationFunction:
    return partial(attribute, **arguments)


def _try_activation(activation: ActivationFunction, _sizes: TrialSizes) -> None:
    import keras
    import numpy as np

    def check(shape: tuple[int, ...]) -> None:
        sums = np.linspace(-1, 1, math.prod(shape), dtype=np.float32).reshape(shape)
        require_shape(activation(keras.ops.convert_to_tensor(sums)), shape, "an activation of each value")

    # Units, rows and maps: an activation may be written for one of them.
    try_any([(2, 3), (2, 4, 3), (2, 4, 4, 3)], check)


def _try_initializer(initializer: SeededInitializer, _sizes: TrialSizes) -> None:
    def check(shape: tuple[int, ...]) -> None:
        require_shape(initializer(1)(shape, dtype="float32"), shape, "initial weights")

    # A kernel, a bias and the kernel of a convolution: an initializer may be written for one of them.
    try_any([(3, 2), (2,), (3, 3, 4, 2)], check)


def _family(noun: str, summary: str, build: Callable[[str, Arguments], T], plugins: PluginContract[T]) -> Family[T]:
    return Family(
        noun, summary, {name: Entry(_function(noun, name, build)) for name in SIGNATURES[noun]}, plugins=plugins
    )


def _function(noun: str, name: str, build: Callable[[str, Arguments], T]) -> Callable[..., T]:
    """Return a function with Keras' signature, as if it were written out."""

    def function(**arguments: object) -> T:
        return build(name, arguments)

    function.__name__ = name
    function.__doc__ = SUMMARIES[noun][name]
    parameters = [
        inspect.Parameter(
            argument,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if default is REQUIRED else default,
            annotation=annotation_of(name, argument),
        )
        for argument, default in SIGNATURES[noun][name].items()
    ]
    # inspect.signature, from which the model of the arguments is made, looks here first.
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function


ACTIVATIONS = _family(
    "activation",
    "function applied to the weighted sum of a unit",
    _activation,
    PluginContract(_adapt_activation, _try_activation, supplied=1),
)
INITIALIZERS = _family(
    "initializer", "the weights before the first update", _initializer, PluginContract(_seeded, _try_initializer)
)
REGULARIZERS: Family["Regularizer"] = _family(
    "regularizer",
    "a penalty on the weights of a layer, added to the loss",
    _regularizer,
    PluginContract(instance_of("regularizers", "Regularizer")),
)
CONSTRAINTS: Family["Constraint"] = _family(
    "constraint",
    "a bound on the weights of a layer, enforced after each update",
    _constraint,
    PluginContract(instance_of("constraints", "Constraint")),
)
# A layer of the catalog is described, so that a plan can reason about it; only a plug-in gives a Keras layer.
LAYERS: "Family[Layer | KerasLayer]" = _family(
    "layer", "a Keras layer, for architecture.layers", Layer, PluginContract(instance_of("layers", "Layer"))
)
