"""Collects the mistakes of a configuration, one line each: `file:line: path: expected ...; got ...; did you mean`."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from gdbench.errors import ConfigError
from gdbench.text import spelled, suggestion


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a key or value stands: file, 1-based line (0: no line, as on the command line) and column.

    `folder` is what relative paths at this place are relative to: the folder of the configuration.
    """

    file: str
    line: int
    column: int = 0
    folder: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Mistakes:
    """The mistakes found so far; the same rule broken at the same place counts once."""

    def __init__(self) -> None:
        """Start without mistakes."""
        self._messages: dict[tuple[Place, str, str], str] = {}
        self._unknown_keys: dict[tuple[Place, str], tuple[list[str], str, str]] = {}
        self._reports_missing = True

    def of_parts(self) -> "Mistakes":
        """Return a view that shares these mistakes but reports nothing missing: a grid may complete the sections."""
        # A shallow copy: the view fills the same dictionaries.
        view = copy(self)
        view._reports_missing = False
        return view

    def add(self, place: Place, path: str, expected: str, got: object, choices: Iterable[str] = ()) -> None:
        """Report a broken rule; `choices` are the valid names to suggest from."""
        text = f"expected {expected}; got {spelled(got)}{suggestion(got, choices)}"
        # Every point of a grid may break the rule here, each with its own value; the first is enough.
        self._messages.setdefault((place, path, expected), _at(path, text))

    def repeated(self, place: Place, path: str, expected: str, got: object, note: str = "") -> None:
        """Report a duplicate where `expected` (a plural noun) must be distinct; `note` points to the first."""
        text = f"expected distinct {expected}; got {spelled(got)} again"
        self._messages.setdefault((place, path, text), _at(path, f"{text} ({note})" if note else text))

    def state(self, place: Place, path: str, text: str) -> None:
        """Report a problem in a sentence of its own, where no single value breaks a rule."""
        self._messages.setdefault((place, path, text), _at(path, text))

    def missing(self, place: Place, path: str, expected: str) -> None:
        """Report a required argument that is missing."""
        if self._reports_missing:
            self.add(place, path, expected, None)

    def unknown_key(self, place: Place, path: str, key: str, owner: str, choices: Iterable[str]) -> None:
        """Report a key that `owner` does not have; owners that meet at one place share a line."""
        owners, _, _ = self._unknown_keys.setdefault((place, path), ([], key, suggestion(key, choices)))
        if owner not in owners:
            owners.append(owner)

    def __len__(self) -> int:
        return len(self._messages) + len(self._unknown_keys)

    def lines(self) -> list[str]:
        """Return one line per mistake, in file order."""
        placed = [(place, text) for (place, _, _), text in self._messages.items()]
        for (place, path), (owners, key, hint) in self._unknown_keys.items():
            text = f"expected a key of {', '.join(owners)}; got unknown key {spelled(key)}{hint}"
            placed.append((place, _at(path, text)))
        # A stable sort: mistakes at one place keep their order.
        return [f"{place}: {text}" for place, text in sorted(placed, key=lambda item: item[0])]

    def raise_if_any(self) -> None:
        """Raise all mistakes as one error.

        Raises:
            ConfigError: there are mistakes.
        """
        if self:
            raise ConfigError(self.lines())


def join_path(path: str, key: str) -> str:
    """Return the path of a key in the mapping at a path."""
    return f"{path}.{key}" if path else key


def _at(path: str, text: str) -> str:
    return f"{path}: {text}" if path else text
