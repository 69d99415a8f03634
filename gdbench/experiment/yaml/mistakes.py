"""Collects every mistake of a configuration, each once: `file:line: path: rule; received; did you mean`."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

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


_NOT_GIVEN = object()


class Mistakes:
    """The mistakes found so far; equal ones, and ones at the same place under the same rule, count once."""

    def __init__(self) -> None:
        """Start without mistakes."""
        self._found: dict[tuple[Place, str, str], str] = {}
        self._unknown_arguments: dict[tuple[Place, str], tuple[list[str], str, str]] = {}
        self._asks_for_all = True

    def of_parts(self) -> "Mistakes":
        """Return a view of these mistakes to which nothing is missing: for sections that a grid completes."""
        view = copy(self)
        view._asks_for_all = False
        return view

    def add(self, place: Place, path: str, rule: str, received: Any = _NOT_GIVEN, choices: Iterable[str] = ()) -> None:
        """Note a broken rule; `choices` are the valid names from which a suggestion is taken."""
        message = f"{path}: {rule}" if path else rule
        if received is not _NOT_GIVEN:
            message += f"; received {spelled(received)}" + suggestion(received, choices)
        self._found.setdefault((place, path, rule), message)

    def missing(self, place: Place, path: str, rule: str) -> None:
        """Note an argument that must be given."""
        if self._asks_for_all:
            self.add(place, path, f"must be given: {rule}")

    def unknown_argument(self, place: Place, path: str, argument: str, owner: str, choices: Iterable[str]) -> None:
        """Note an argument that `owner` does not take; owners at the same place share one line."""
        owners, _, _ = self._unknown_arguments.setdefault((place, path), ([], argument, suggestion(argument, choices)))
        if owner not in owners:
            owners.append(owner)

    def __len__(self) -> int:
        return len(self._found) + len(self._unknown_arguments)

    def lines(self) -> list[str]:
        """Return one line a mistake, in the order of the file."""
        placed = [(place, text) for (place, _, _), text in self._found.items()]
        for (place, path), (owners, argument, hint) in self._unknown_arguments.items():
            placed.append(
                (place, f"{path}: not an argument of {', '.join(owners)}; received {spelled(argument)}{hint}")
            )
        return [f"{place}: {text}" for place, text in sorted(placed, key=lambda item: item[0])]

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            ConfigError: there are mistakes.
        """
        if self:
            raise ConfigError(self.lines())
