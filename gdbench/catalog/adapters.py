"""What a user's code must give to serve as a component of each family, and how it is made one."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from gdbench.catalog.architecture_spec import ArchitectureSpec, Layer, PluginLayer, form_of
from gdbench.catalog.datasets.arrays import data_of
from gdbench.catalog.datasets.dataset import Data
from gdbench.catalog.losses import Loss, targets_of
from gdbench.catalog.plugins import load, said
from gdbench.errors import DataError, PluginError

# Arguments at the front that gdbench gives itself: a batch's targets and outputs, or its values.
SKIPPED = {"loss": 2, "activation": 1}


def build(noun: str, component: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    """Make what a family's entries make of a plug-in and its arguments.

    `options` are the family's own arguments and their defaults: what is at its default is left to the code.

    Raises:
        PluginError: the code raises, or gives something else.
    """
    name, code = component["name"], component["code"]
    attribute = load(name, code)
    try:
        own = _parameters(attribute)
        arguments = {
            key: value
            for key, value in component.items()
            if key not in ("name", "code") and (key not in options or (key in own and value != options[key]))
        }
        return ADAPTERS[noun](attribute, arguments)
    except (PluginError, DataError) as error:
        raise PluginError(f"{name}: {error}") from None
    except Exception as error:
        raise PluginError(f"{name}: {said(error, code['file'])}") from error


def _parameters(attribute: Any) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(attribute).parameters)
    except (TypeError, ValueError):
        return frozenset()


def _loss(attribute: Any, arguments: dict[str, Any]) -> Loss:
    """A Keras loss by its `call`, or a function of targets and outputs, each (batch, outputs), to losses (batch,)."""
    import keras

    is_class = isinstance(attribute, type)
    call = _of(keras.losses.Loss, attribute(**arguments)).call if is_class else partial(attribute, **arguments)

    def per_image(labels: Any, outputs: Any, linear: bool) -> Any:
        finished = keras.ops.softmax(outputs) if linear else outputs
        losses = call(targets_of(labels, finished), finished)
        if tuple(losses.shape) != tuple(labels.shape):
            received = " x ".join(map(str, losses.shape)) or "one number"
            raise PluginError(f"expected a loss for each of the {labels.shape[0]} images of a batch; got {received}")
        return losses

    return Loss("softmax", per_image, others=None)


def _dataset(attribute: Any, arguments: dict[str, Any]) -> Data:
    """(examples, labels) for training and the same for the test, as `keras.datasets.mnist.load_data()` gives them."""
    given = attribute(**arguments)
    try:
        (train_examples, train_labels), (test_examples, test_labels) = given
    except (TypeError, ValueError):
        raise PluginError(f"expected (examples, labels), (test examples, test labels); got {_kind(given)}") from None
    return data_of((train_examples, train_labels), (test_examples, test_labels))


def _architecture(attribute: Any, arguments: dict[str, Any]) -> ArchitectureSpec:
    """The hidden layers, a list of Keras layers."""
    import keras

    given = attribute(**arguments)
    if not isinstance(given, list | tuple):
        raise PluginError(f"expected a list of Keras layers; got {_kind(given)}")
    layers = tuple(PluginLayer(layer, _kind_of(_of(keras.layers.Layer, layer))) for layer in given)
    return ArchitectureSpec(form_of([Layer(own.kind, vars(own.layer)) for own in layers]), layers)


def _kind_of(layer: Any) -> str:
    """Return the Keras class that a layer is, or is derived from."""
    return next(kind.__name__ for kind in type(layer).__mro__ if kind.__module__.startswith("keras."))


def _activation(attribute: Any, arguments: dict[str, Any]) -> Callable[[Any], Any]:
    return partial(attribute, **arguments)


def _initializer(attribute: Any, arguments: dict[str, Any]) -> Callable[[int], Any]:
    """Keras initialiser; one that draws takes a seed."""
    import keras

    takes_seed = "seed" in _parameters(attribute)

    def maker(seed: int) -> Any:
        return _of(keras.initializers.Initializer, attribute(**arguments, **({"seed": seed} if takes_seed else {})))

    return maker


def _schedule(attribute: Any, arguments: dict[str, Any]) -> Any:
    """Function of rate, updates (count,) as float64 and their number in all, to learning rates (count,)."""
    import numpy as np

    made = attribute(**arguments)
    if not callable(made):
        raise PluginError(f"expected a function of rate, updates and their number; got {_kind(made)}")

    def rates(learning_rate: float, updates: Any, length: int) -> Any:
        given = np.asarray(made(learning_rate, updates, length), np.float64)
        if given.shape != updates.shape:
            raise PluginError(f"expected a learning rate for each of {len(updates)} updates; got {given.shape}")
        return given

    return rates


def _instance(module: str, kind: str) -> Callable[[Any, dict[str, Any]], Any]:
    """Return an adapter for what must be an instance of a class of Keras once it is called."""

    def adapt(attribute: Any, arguments: dict[str, Any]) -> Any:
        import keras

        return _of(getattr(getattr(keras, module), kind), attribute(**arguments))

    return adapt


def _of(kind: type, made: Any) -> Any:
    if not isinstance(made, kind):
        raise PluginError(f"expected a {kind.__module__.split('.')[0]} {kind.__name__}; got {_kind(made)}")
    return made


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


ADAPTERS: Mapping[str, Callable[[Any, dict[str, Any]], Any]] = {
    "optimizer": _instance("optimizers", "Optimizer"),
    "loss": _loss,
    "dataset": _dataset,
    "architecture": _architecture,
    "activation": _activation,
    "initializer": _initializer,
    "schedule": _schedule,
    "layer": _instance("layers", "Layer"),
    "regularizer": _instance("regularizers", "Regularizer"),
    "constraint": _instance("constraints", "Constraint"),
}
