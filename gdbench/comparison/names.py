"""Names that people type and read: short names of axes, and the error for an unknown name."""

from collections.abc import Collection, Sequence
from itertools import islice
from typing import TypeVar

from gdbench.errors import RequestError
from gdbench.text import spelled, suggestion

# A table may have thousands of labels.
MAX_LISTED = 50
Name = TypeVar("Name", bound=str)


def short_names(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the last part of each axis path (`learning_rate` of `optimizer.learning_rate`), or all if ambiguous."""
    shorts = [", ".join(path.rsplit(".", 1)[-1] for path in key.split(", ")) for key in keys]
    return tuple(short if shorts.count(short) == 1 else key for key, short in zip(keys, shorts, strict=True))


def unknown_name(option: str, kind: str, name: str, choices: Collection[str]) -> RequestError:
    """Return the error for an option whose value is none of the choices: it lists the nearest of them, or else all."""
    hint = suggestion(name, choices)
    some = ", ".join(islice(choices, MAX_LISTED)) + (", ..." if len(choices) > MAX_LISTED else "")
    listed = "" if hint else f" (one of {some})" if choices else " (there is none)"
    return RequestError(f"{option}: expected {kind}{listed}; got {spelled(name)}{hint}")


def one_of(option: str, name: str, choices: Collection[Name]) -> Name:
    """Return the choice of an option that a person has typed.

    Raises:
        RequestError: it is none of the choices, all of which are listed.
    """
    for choice in choices:
        if choice == name:
            return choice
    raise RequestError(f"{option}: expected one of {', '.join(choices)}; got '{name}'{suggestion(name, choices)}")
