"""Writes gdbench/catalog/keras_signatures.py from the installed Keras: `python -m tests.generate_keras_signatures`.

What a file can name is what `keras_summaries.py` lists; names, arguments and defaults are read off Keras.
"""

import inspect
import pprint
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from gdbench.catalog import keras_signatures
from gdbench.catalog.keras_descriptions import annotation_of
from gdbench.catalog.keras_summaries import SUMMARIES

# What gdbench decides itself (seeds, names, the form of the data), what has no meaning for one stack of layers that
# reads whole images, and what would add to the loss by another way than a penalty on weights.
LEFT_OUT = {
    *("self", "x", "args", "kwargs", "seed", "name", "dtype", "data_format", "noise_shape"),
    *("stateful", "return_state", "use_cudnn", "lora_rank", "lora_alpha", "quantization_config"),
    *("renorm", "renorm_clipping", "renorm_momentum", "synchronized", "input_axes", "output_axes"),
    "activity_regularizer",
}
# A hidden layer's outputs are its last axis, so activations that look at all outputs have no choice of one.
LEFT_OUT_OF_ACTIVATIONS = {*LEFT_OUT, "axis"}
# glu halves its outputs, which Keras' own layers don't expect of an activation; the others are no part of it.
NO_ACTIVATIONS = {"glu", "get", "serialize", "deserialize"}
NO_INITIALIZERS = {"stft", "get", "serialize", "deserialize"}

HEAD = '''\
"""Keras' names, arguments and defaults: generated from Keras {version}, not to be edited.

`python -m tests.generate_keras_signatures` writes it anew.
"""

from collections.abc import Mapping
from typing import Any

KERAS = "{version}"
REQUIRED = ...

SIGNATURES: Mapping[str, Mapping[str, Mapping[str, Any]]] = {body}
'''


def signatures() -> dict[str, dict[str, dict[str, Any]]]:
    """Read the arguments and defaults of all that has words, by family and name."""
    import keras

    modules = {
        "activation": keras.activations,
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
        "layer": keras.layers,
    }
    return {
        family: {name: _signature(family, name, getattr(module, name)) for name in SUMMARIES[family]}
        for family, module in modules.items()
    }


def without_words() -> dict[str, set[str]]:
    """Return the activations and initialisers of Keras that nothing is said of, though they belong to the catalog."""
    import keras

    def functions(module: Any, is_one: Callable[[Any], bool], but: set[str]) -> set[str]:
        return {name for name in dir(module) if name.islower() and is_one(getattr(module, name))} - but

    return {
        "activation": functions(keras.activations, inspect.isfunction, NO_ACTIVATIONS) - set(SUMMARIES["activation"]),
        "initializer": functions(keras.initializers, inspect.isclass, NO_INITIALIZERS) - set(SUMMARIES["initializer"]),
    }


def text() -> str:
    """Return the generated file."""
    import keras

    body = pprint.pformat(signatures(), width=116, sort_dicts=False).replace("Ellipsis", "REQUIRED")
    return HEAD.format(version=keras.__version__, body=body)


def _signature(family: str, name: str, thing: Any) -> dict[str, Any]:
    left_out = LEFT_OUT_OF_ACTIVATIONS if family == "activation" else LEFT_OUT
    parameters = inspect.signature(thing).parameters
    return {key: _default(name, key, p.default) for key, p in parameters.items() if key not in left_out}


def _default(owner: str, argument: str, default: Any) -> Any:
    """Return a default in the spelling of a configuration: lists, sizes spelled out, initialisers in snake case."""
    if default is inspect.Parameter.empty:
        return ...
    if isinstance(default, str):
        return default.lower()
    return TypeAdapter(annotation_of(owner, argument)).validate_python(_listed(default))


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


if __name__ == "__main__":
    Path(keras_signatures.__file__).write_text(text(), encoding="utf-8")
