"""Keras' activations, initialisers, regularisers, constraints and layers as entries of the catalog."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gdbench.catalog.architecture_spec import Layer
from gdbench.catalog.entry import Entry, Family
from gdbench.catalog.keras_signatures import REQUIRED, SIGNATURES
from gdbench.catalog.keras_words import SUMMARIES, annotation_of

Build = Callable[[str, Mapping[str, Any]], Any]


def _activation(name: str, arguments: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return Keras' function, with those of the arguments that are not its defaults."""
    import keras

    defaults = SIGNATURES["activation"][name]
    given = {key: value for key, value in arguments.items() if value != defaults[key]}
    function = getattr(keras.activations, name)
    return partial(function, **given) if given else function


def _initializer(name: str, arguments: Mapping[str, Any]) -> Callable[[int], Any]:
    """Return a maker, which takes the seed and gives Keras' initialiser; what draws nothing does without the seed."""
    import keras

    kind = getattr(keras.initializers, name)
    draws = "seed" in inspect.signature(kind).parameters
    return lambda seed: kind(**arguments, **({"seed": seed} if draws else {}))


def _regularizer(name: str, arguments: Mapping[str, Any]) -> Any:
    import keras

    return getattr(keras.regularizers, name)(**arguments)


def _constraint(name: str, arguments: Mapping[str, Any]) -> Any:
    import keras

    return getattr(keras.constraints, name)(**arguments)


def _family(noun: str, summary: str, build: Build) -> Family:
    return Family(noun, summary, {name: Entry(_function(noun, name, build)) for name in SIGNATURES[noun]})


def _function(noun: str, name: str, build: Build) -> Callable[..., Any]:
    """Return a function with Keras' signature, as if it were written down."""

    def function(**arguments: Any) -> Any:
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
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function


ACTIVATIONS = _family("activation", "what a unit makes of its weighted sum", _activation)
INITIALIZERS = _family("initializer", "the weights before the first update", _initializer)
REGULARIZERS = _family("regularizer", "a penalty on the weights of a layer, added to the loss", _regularizer)
CONSTRAINTS = _family("constraint", "what the weights of a layer are made to obey after each update", _constraint)
LAYERS = _family("layer", "a layer of Keras, for architecture.layers", Layer)
