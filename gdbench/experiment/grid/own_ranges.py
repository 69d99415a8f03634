"""A row's own range: all values of an argument of one component, or of a path of one variant."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from gdbench.experiment.grid.ranges import parse_range
from gdbench.experiment.settings.merge import Assignment, is_component
from gdbench.experiment.settings.several_values import EACH, is_own_range
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes, join_path

A_LIST = "a list of numbers or words, such as {each: [0.01, 0.1]}"


@dataclass(frozen=True, eq=False, slots=True)
class OwnRange:
    """The values that one row takes at a path, in order; `key` names the path in the file."""

    path: str
    key: Node
    values: tuple[Node, ...]


def split(assignments: Iterable[Assignment], mistakes: Mistakes) -> tuple[list[Assignment], list[OwnRange]]:
    """Return assignments without the ranges in them, and these ranges in written order."""
    plain: list[Assignment] = []
    ranges: list[OwnRange] = []
    for assignment in assignments:
        if is_own_range(assignment.value):
            ranges += _range(assignment.path, assignment.key, assignment.value, mistakes)
            continue
        bare, own = split_component(assignment.path, assignment.value, mistakes)
        plain.append(Assignment(assignment.path, assignment.key, bare))
        ranges += own
    return plain, ranges


def split_component(path: str, node: Node, mistakes: Mistakes) -> tuple[Node, list[OwnRange]]:
    """Return a component at a path without the arguments that have a range, and these ranges in written order."""
    if not is_component(node):
        return node, []
    spread = [(name, key, child) for name, key, child in node.items() if is_own_range(child)]
    if not spread:
        return node, []
    ranges = [own for name, key, child in spread for own in _range(join_path(path, name), key, child, mistakes)]
    return node.only(node.mapping.keys() - {name for name, _, _ in spread}), ranges


def _range(path: str, key: Node, node: Node, mistakes: Mistakes) -> list[OwnRange]:
    """Return the range as a list of one; an empty list if it has a mistake."""
    named = Node(path, key.place, path)
    if EACH not in node.mapping:
        values: Sequence[Node] = list(parse_range(named, node, mistakes))
    elif len(node.mapping) > 1:
        other = next(key_node for name, key_node, _ in node.items() if name != EACH)
        mistakes.unknown_key(other.place, join_path(path, other.text), other.text, "a range of one row", [EACH])
        return []
    else:
        values = _listed(path, node.mapping[EACH], mistakes)
    return [OwnRange(path, named, tuple(values))] if values else []


def _listed(path: str, node: Node, mistakes: Mistakes) -> list[Node]:
    unfit = next((value for value in node.elements if not value.text), None)
    if unfit or not node.elements:
        mistakes.add((unfit or node).place, path, A_LIST, (unfit or node).data())
        return []
    seen: set[Hashable] = set()
    for value in node.elements:
        # A word and a number that are spelled alike would name one row.
        if not seen.isdisjoint((comparable(value), value.text)):
            mistakes.repeated(value.place, path, "values", value.data())
        seen |= {comparable(value), value.text}
    return node.elements
