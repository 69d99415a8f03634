"""Collects the mistakes of a configuration, one line each: `file:line: path: expected ...; got ...; did you mean`."""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, field

from gdbench.errors import ConfigError
from gdbench.text import MAX_MESSAGE, listing, printable, shortened, spelled, suggestion

# More at once help nobody, and a file of nothing but mistakes must not take minutes to refuse.
MAX_SHOWN = 100
MAX_PATH = 200
# A mapping with more keys is no line of text.
MAX_CHOICES = 20


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

    @property
    def prefix(self) -> str:
        """What a message of a mistake begins with; nothing where the settings came from Python."""
        return f"{self}: " if self.file else ""


class Mistakes:
    """The mistakes found so far; the same rule broken at the same place counts once, and the first 100 are shown."""

    def __init__(self) -> None:
        """Start without mistakes."""
        self._messages: dict[tuple[Place, str, str], str] = {}
        # Hashes, since a hundred thousand paths and rules would take memory.
        self._not_shown: set[int] = set()
        self._unknown_keys: dict[tuple[Place, str], tuple[list[str], str, str]] = {}
        self._reports_missing = True

    def of_parts(self) -> "Mistakes":
        """Return a view that shares these mistakes but reports nothing missing: a grid may complete the sections."""
        # A shallow copy: the view fills the same dictionaries.
        view = copy(self)
        view._reports_missing = False
        return view

    def add(
        self, place: Place, path: str, expected: str, got: object, choices: Iterable[str] = (), hint: str = ""
    ) -> None:
        """Report a broken rule; `choices` are the valid names to suggest from where there is no `hint`, `; do this`."""
        # Every point of a grid may break the rule here, each with its own value; the first is enough.
        if self._is_new(place, path, expected):
            text = f"expected {expected}; got {spelled(got)}{hint or suggestion(got, choices)}"
            self._messages[place, path, expected] = _at(path, text)

    def repeated(self, place: Place, path: str, expected: str, got: object, note: str = "") -> None:
        """Report a duplicate where `expected` (a plural noun) must be distinct; `note` points to the first."""
        text = f"expected distinct {expected}; got {spelled(got)} again"
        self.state(place, path, f"{text} ({note})" if note else text)

    def state(self, place: Place, path: str, text: str) -> None:
        """Report a problem in a sentence of its own, where no single value breaks a rule."""
        if self._is_new(place, path, text):
            self._messages[place, path, text] = _at(path, text)

    def missing(self, place: Place, path: str, expected: str) -> None:
        """Report a required argument that is missing."""
        if self._reports_missing:
            self.add(place, path, expected, None)

    def unknown_key(
        self, place: Place, path: str, key: str, owner: str, choices: Collection[str], hint: str = ""
    ) -> None:
        """Report a key that `owner` does not have, with a `hint`, a similar key of the `choices`, or all of them.

        Owners that meet at one place share a line.
        """
        if (place, path) in self._unknown_keys:
            owners, _, _ = self._unknown_keys[place, path]
            if owner not in owners:
                owners.append(owner)
        elif self._is_new(place, path, ""):
            hint = hint or suggestion(key, choices)
            if not hint and len(choices) <= MAX_CHOICES:
                hint = f"; {owner} has {listing(list(choices))}" if choices else f"; {owner} has no keys"
            self._unknown_keys[place, path] = ([owner], key, hint)

    def sections(self) -> set[str]:
        """Return the first segments of the paths at which something is wrong."""
        return {path.partition(".")[0] for _, path, _ in self._messages} | {
            path.partition(".")[0] for _, path in self._unknown_keys
        }

    def _is_new(self, place: Place, path: str, rule: str) -> bool:
        """Whether a mistake is still to be written down; one too many is only counted."""
        if (place, path, rule) in self._messages:
            return False
        if len(self._messages) + len(self._unknown_keys) < MAX_SHOWN:
            return True
        self._not_shown.add(hash((place, path, rule)))
        return False

    def below(self, path: str) -> list[tuple[Place, str]]:
        """Return where, and under which paths, a value at a path or within it breaks a rule."""
        within = (f"{path}.", f"{path}[")
        return [(place, found) for place, found, _ in self._messages if found == path or found.startswith(within)]

    def __len__(self) -> int:
        return len(self._messages) + len(self._unknown_keys) + len(self._not_shown)

    def lines(self) -> list[str]:
        """Return one line per mistake, in file order, and one for all those that are not shown."""
        placed = [(place, text) for (place, _, _), text in self._messages.items()]
        for (place, path), (owners, key, hint) in self._unknown_keys.items():
            text = f"expected a key of {', '.join(owners)}; got unknown key {spelled(key)}{hint}"
            placed.append((place, _at(path, text)))
        # A stable sort: mistakes at one place keep their order.
        placed.sort(key=lambda item: item[0])
        lines = [shortened(printable(f"{place.prefix}{text}"), MAX_MESSAGE) for place, text in placed]
        return [*lines, f"and {len(self._not_shown):,} more"] if self._not_shown else lines

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
    return f"{shortened(path, MAX_PATH)}: {text}" if path else text
