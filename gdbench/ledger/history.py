"""The learning curves of a record as the text of its line, a third as large as their numbers."""

import re
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import lru_cache

import msgspec

from gdbench.errors import LedgerError

Curve = Sequence[int | float | None]
# When a run was evaluated, which most runs of a plan have in common; its other curves follow.
_MOMENTS = re.compile(rb'(\{"epoch": \[[^\]]*\], "update": \[[^\]]*\])(?:, (?=")|(?=\}$))')
_CURVES = msgspec.json.Decoder(dict[str, list[int | float | None]])


class StoredHistory(Mapping[str, Curve]):
    """A history that is decoded where it is looked at, and stays the text that it was.

    Raises:
        LedgerError: at a look: the text is no history, though a program has made a checksum of it.
    """

    __slots__ = ("_moments", "_rest")

    def __init__(self, moments: Mapping[str, Curve], rest: bytes) -> None:
        """Take the `epoch` and `update` of the run, and the JSON object of its other curves."""
        self._moments = moments
        self._rest = rest

    def __getitem__(self, name: str) -> Curve:
        if name in self._moments:
            return self._moments[name]
        # Most look-ups are in vain, as of the accuracy on validation images in runs without any.
        if f'"{name}"'.encode() not in self._rest:
            raise KeyError(name)
        return self._whole[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def items(self) -> ItemsView[str, Curve]:
        """Return the names and curves of the whole history, joined once."""
        return self._whole.items()

    def values(self) -> ValuesView[Curve]:
        """Return its curves."""
        return self._whole.values()

    def __bool__(self) -> bool:
        return bool(self._moments) or self._rest != b"{}"

    def __repr__(self) -> str:
        return repr(self._whole)

    @property
    def _whole(self) -> Mapping[str, Curve]:
        try:
            return joined(self._moments, self._rest)
        except ValueError as error:
            raise LedgerError(f"a ledger has a line with a damaged history: {error}") from None


def split(history: bytes) -> tuple[bytes, bytes]:
    """Return the JSON objects of the moments of a history and of its other curves."""
    match = _MOMENTS.match(history)
    return (match[1] + b"}", b"{" + history[match.end() :]) if match else (b"{}", history)


def joined(moments: Mapping[str, Curve], rest: bytes) -> dict[str, Curve]:
    """Return the whole history of a run.

    Raises:
        ValueError: the text is no JSON object of curves, or they are not of one length.
    """
    history = {**moments, **curves(rest)}
    if len({*map(len, history.values())}) > 1:
        raise ValueError("expected a history of lists of one length; got several lengths")
    return history


# Readers ask for several curves of one run after the other.
@lru_cache(maxsize=64)
def curves(text: bytes) -> Mapping[str, Curve]:
    """Return the curves of a JSON object.

    Raises:
        ValueError: it is another value.
    """
    try:
        return _CURVES.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"expected learning curves; got another value: {error}") from None
