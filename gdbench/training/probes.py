"""Tries a user's code once, on a few numbers, before it is trained with."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from gdbench.catalog import FAMILIES
from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.losses import Loss
from gdbench.catalog.plugins import said
from gdbench.errors import DataError, PluginError


def probe(component: Mapping[str, Any]) -> Facts | None:
    """Build a component that names a plug-in and use it once; return what is known of it if it is a dataset.

    Raises:
        PluginError: it cannot be built, or gives what cannot be trained with.
    """
    name, code = component["name"], component["code"]
    made = FAMILIES[code["family"]].build(component)
    if code["family"] == "dataset":
        facts: Facts = made.facts()
        return facts
    try:
        _PROBES.get(code["family"], lambda _made: None)(made)
    except (PluginError, DataError) as error:
        raise PluginError(f"{name}: {error}") from None
    except Exception as error:
        raise PluginError(f"{name}: {said(error, code['file'])}") from error
    return None


def _optimizer(made: Any) -> None:
    variables = [
        keras.Variable(np.ones(shape, np.float32), name=name) for shape, name in (((3, 2), "kernel"), ((2,), "bias"))
    ]
    made.build(variables)
    made.apply([keras.ops.ones(variable.shape) for variable in variables])
    if not all(np.isfinite(variable.numpy()).all() for variable in variables):
        raise PluginError("expected finite weights after a step along a gradient of ones; got others")


def _loss(made: Loss) -> None:
    outputs = keras.ops.convert_to_tensor(np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3))
    losses = made.per_image(keras.ops.convert_to_tensor(np.array([0, 1, 2, 0], np.int32)), outputs, True)
    _finite(losses, "losses")


def _activation(made: Callable[[Any], Any]) -> None:
    sums = keras.ops.convert_to_tensor(np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3))
    _shaped(made(sums), (2, 3), "an activation of each value")


def _initializer(made: Callable[[int], Any]) -> None:
    _shaped(made(1)((3, 2), dtype="float32"), (3, 2), "weights of the shape asked for")


def _schedule(made: Callable[[float, Any, int], Any]) -> None:
    _finite(made(0.1, np.arange(3.0), 3), "learning rates")


def _finite(values: Any, what: str) -> None:
    if not np.isfinite(np.asarray(values)).all():
        raise PluginError(f"expected finite {what}; got others")


def _shaped(values: Any, shape: tuple[int, ...], what: str) -> None:
    received = tuple(getattr(values, "shape", ()))
    if received != shape:
        raise PluginError(f"expected {what}, {shape}; got {received}")


_PROBES: Mapping[str, Callable[[Any], None]] = {
    "optimizer": _optimizer,
    "loss": _loss,
    "activation": _activation,
    "initializer": _initializer,
    "schedule": _schedule,
}
