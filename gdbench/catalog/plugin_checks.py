"""Checks on what user code returns, shared by the contracts of several families."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gdbench.catalog.plugin_entry import Arguments
from gdbench.catalog.plugin_loading import Attribute
from gdbench.errors import PluginError
from gdbench.text import article

T = TypeVar("T")


def type_name(value: object) -> str:
    """Return the type of a value as a message has it."""
    return "nothing" if value is None else article(type(value).__name__)


def require_instance(kind: type[T], value: object) -> T:
    """Return a value that is an instance of a Keras class.

    Raises:
        PluginError: it is something else.
    """
    if not isinstance(value, kind):
        raise PluginError(f"expected a Keras {kind.__name__}; got {type_name(value)}")
    return value


def instance_of(module: str, name: str) -> Callable[[Attribute, Arguments], object]:
    """Return an adapter for code that returns an instance of a Keras class, such as `optimizers`, `Optimizer`."""

    def adapt(attribute: Attribute, arguments: Arguments) -> object:
        import keras

        return require_instance(getattr(getattr(keras, module), name), attribute(**arguments))

    return adapt


def require_finite(values: object, noun: str) -> None:
    """Check that all numbers are finite.

    Raises:
        PluginError: one is not.
    """
    import numpy as np

    array = np.asarray(values)
    wrong = array[~np.isfinite(array)]
    if wrong.size:
        raise PluginError(f"expected finite {noun}; got {wrong.flat[0]}")


def require_shape(values: object, shape: tuple[int, ...], noun: str) -> None:
    """Check the shape of an array or tensor.

    Raises:
        PluginError: it has another shape, or is neither.
    """
    # A plain number has no shape, like an array without axes.
    received = tuple(getattr(values, "shape", ()))
    if received != shape:
        raise PluginError(f"expected {noun}, of shape {shape}; got shape {received}")


def try_any(shapes: Sequence[tuple[int, ...]], check: Callable[[tuple[int, ...]], None]) -> None:
    """Make a check with one shape after the other until it passes; if none does, raise the error of the first."""
    first: Exception | None = None
    for shape in shapes:
        try:
            check(shape)
        # User code may raise anything.
        except Exception as error:
            first = first or error
        else:
            return
    if first:
        raise first
