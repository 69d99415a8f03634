"""Names that people type and read: short axis names, and what to say of a name that nothing has."""

from collections.abc import Collection, Sequence

from gdbench.errors import RequestError
from gdbench.text import suggestion


def short_names(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the last part of each axis path (`learning_rate` of `optimizer.learning_rate`), or all where two agree."""
    shorts = [", ".join(path.rsplit(".", 1)[-1] for path in key.split(", ")) for key in keys]
    return tuple(short if shorts.count(short) == 1 else key for key, short in zip(keys, shorts, strict=True))


def unknown(kind: str, name: str, choices: Collection[str]) -> RequestError:
    """Return the error for a name that is none of the choices, with the nearest of them or else all."""
    hint = suggestion(name, choices) or f"; there are: {', '.join(choices) or 'none'}"
    return RequestError(f"unknown {kind} {name!r}{hint}")
