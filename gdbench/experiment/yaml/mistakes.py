"""Collects every mistake of a configuration, each once: `file:line: path: expected ...; got ...; did you mean`."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from gdbench.errors import ConfigError
from gdbench.text import spelled, suggestion


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a key or value stands: file, 1-based line (0: no line, as on the command line) and column.

    `folder` is the one from which the paths are meant that stand there: the configuration's.
    """

    file: str
    line: int
    column: int = 0
    folder: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Mistakes:
    """The mistakes found so far; equal ones, and ones at the same place under the same rule, count once."""

    def __init__(self) -> None:
        """Start without mistakes."""
        self._found: dict[tuple[Place, str, str], str] = {}
        self._unknown_keys: dict[tuple[Place, str], tuple[list[str], str, str]] = {}
        self._asks_for_all = True

    def of_parts(self) -> "Mistakes":
        """Return a view of these mistakes to which nothing is missing: for sections that a grid completes."""
        view = copy(self)
        view._asks_for_all = False
        return view

    def add(self, place: Place, path: str, expected: str, got: object, choices: Iterable[str] = ()) -> None:
        """Note a broken rule; `choices` are the valid names from which a suggestion is taken."""
        text = f"expected {expected}; got {spelled(got)}{suggestion(got, choices)}"
        self._found.setdefault((place, path, expected), _at(path, text))

    def repeated(self, place: Place, path: str, expected: str, got: object, note: str = "") -> None:
        """Note a value that stands a second time where `expected` are distinct; `note` says what it repeats."""
        text = f"expected distinct {expected}; got {spelled(got)} again"
        self._found.setdefault((place, path, text), _at(path, f"{text} ({note})" if note else text))

    def state(self, place: Place, path: str, text: str) -> None:
        """Note what is wrong in a sentence of its own, where nothing was expected of a single value."""
        self._found.setdefault((place, path, text), _at(path, text))

    def missing(self, place: Place, path: str, expected: str) -> None:
        """Note an argument that must be given."""
        if self._asks_for_all:
            self.add(place, path, expected, None)

    def unknown_key(self, place: Place, path: str, key: str, owner: str, choices: Iterable[str]) -> None:
        """Note a key that `owner` does not have; owners at the same place share one line."""
        owners, _, _ = self._unknown_keys.setdefault((place, path), ([], key, suggestion(key, choices)))
        if owner not in owners:
            owners.append(owner)

    def __len__(self) -> int:
        return len(self._found) + len(self._unknown_keys)

    def lines(self) -> list[str]:
        """Return one line a mistake, in the order of the file."""
        placed = [(place, text) for (place, _, _), text in self._found.items()]
        for (place, path), (owners, key, hint) in self._unknown_keys.items():
            text = f"expected a key of {', '.join(owners)}; got unknown key {spelled(key)}{hint}"
            placed.append((place, _at(path, text)))
        return [f"{place}: {text}" for place, text in sorted(placed, key=lambda item: item[0])]

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            ConfigError: there are mistakes.
        """
        if self:
            raise ConfigError(self.lines())


def _at(path: str, text: str) -> str:
    return f"{path}: {text}" if path else text
