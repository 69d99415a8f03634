"""`--set path=value`: a setting from the command line, as if typed into the file's sections and every comparison."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from gdbench.experiment.settings.familiar_names import path_hint
from gdbench.experiment.settings.merge import canonical
from gdbench.experiment.settings.sections import LENGTH_PATHS
from gdbench.experiment.yaml.document import Node, parse
from gdbench.experiment.yaml.mistakes import Mistakes, Place
from gdbench.experiment.yaml.python_values import node_of
from gdbench.records import SECTIONS
from gdbench.text import shortened, spelled

MAX_SHOWN = 200
# No setting lies deeper.
MAX_SEGMENTS = 20


@dataclass(frozen=True, eq=False, slots=True)
class Override:
    """One `--set`: its path, the value wrapped in mappings down to that path, and both as `path=value`."""

    path: str
    tree: Node
    text: str

    def refuse_if_varied(self, varied: Set[str], mistakes: Mistakes) -> None:
        """Refuse a path that a grid varies, since the grid would replace the value at every point."""
        shortest = varied_at(self.path, varied)
        if shortest:
            expected = f"a path that no grid varies ({shortest} is varied)"
            mistakes.add(self.tree.place, self.path, expected, self.path)


def varied_at(path: str, varied: Set[str]) -> str | None:
    """Return the varied path whose values would replace one at this path; None where it would stay."""
    # The trailing dots keep `training.epochs` from covering a path that merely starts with the same letters.
    covering = {other for other in varied if f"{path}.".startswith(f"{other}.")}
    # Epochs and steps both set the length of training, so a grid over one replaces the other.
    if path in LENGTH_PATHS:
        covering |= varied & LENGTH_PATHS
    return min(covering, default=None)


def parse_override(text: str, folder: Path, mistakes: Mistakes) -> Override | None:
    """Read `path=value`; the value is YAML, in which paths are relative to `folder`."""
    place = Place(f"--set {shortened(text, MAX_SHOWN)}".rstrip(), 0)
    key, equals, value = text.partition("=")
    path = canonical(key.strip())
    if not equals or not path or not value.strip():
        mistakes.add(place, "", "path=value", text)
        return None
    # The value is read even if the path is wrong, so that both are reported.
    tree = parse(value, place.file, mistakes, first_line=0, folder=folder)
    return _override(path, tree, shortened(value.strip(), MAX_SHOWN), place, mistakes)


def override_of(path: str, value: object, folder: Path, mistakes: Mistakes) -> Override | None:
    """Return the override of a path by a Python value, in which paths are relative to `folder`."""
    place = Place(f"set {shortened(path, MAX_SHOWN)}", 0)
    tree = node_of(value, mistakes, place.file, folder)
    return _override(canonical(path.strip()), tree, shortened(spelled(value), MAX_SHOWN), place, mistakes)


def _override(path: str, tree: Node, value: str, place: Place, mistakes: Mistakes) -> Override | None:
    # `optimizer..momentum` has an empty segment.
    segments = path.split(".")
    if segments[0] not in SECTIONS or not all(segments) or len(segments) > MAX_SEGMENTS:
        rule = "a path that starts with one of " + ", ".join(SECTIONS)
        mistakes.add(place, path, rule, segments[0], hint=path_hint(path))
        return None
    for segment in reversed(segments):
        tree = Node({segment: tree}, place, keys={segment: Node(segment, place, segment)})
    return Override(path, tree, f"{path}={value}")
