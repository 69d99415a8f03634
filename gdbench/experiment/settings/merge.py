"""What replaces what: sections over sections, and a grid's values at their paths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbench.experiment.settings.schema import SHORTHANDS
from gdbench.experiment.yaml.document import Node

_WHOLE = ("name", "layers")


@dataclass(frozen=True, eq=False, slots=True)
class Assignment:
    """One value for one path; `key` is where the file writes the path."""

    path: str
    key: Node
    value: Node


def canonical(path: str) -> str:
    """Return the path without a last `.name`: `optimizer.name` means `optimizer`."""
    return path.removesuffix(".name")


def is_component(node: Node) -> bool:
    """Whether a mapping is a whole component, one that replaces what stood there."""
    return node.is_mapping and any(key in node.value for key in _WHOLE)


def overlay(below: Node, above: Node, at: str = "") -> Node:
    """Lay one value over another, both of them at the key `at`.

    A bare value, or a mapping with `name` or `layers`, replaces what stood there; any other mapping changes only the
    keys that it gives.
    """
    if not above.is_mapping or is_component(above):
        return above
    below = _as_mapping(below, at)
    values, keys = dict(below.value), dict(below.keys)
    for name, key, value in above.items():
        values[name] = overlay(values[name], value, name) if name in values else value
        keys[name] = key
    return Node(values, above.place, keys=keys)


def assign(root: Node, assignments: Iterable[Assignment]) -> Node:
    """Replace what stands at each path, short paths before long ones."""
    for assignment in sorted(assignments, key=lambda each: each.path.count(".")):
        root = _replace(root, assignment.path.split("."), assignment)
    return root


def _replace(node: Node, segments: Sequence[str], assignment: Assignment, at: str = "") -> Node:
    if not segments:
        return assignment.value
    node = _as_mapping(node, at)
    first, *rest = segments
    missing = Node({}, assignment.key.place)
    values = {**node.value, first: _replace(node.value.get(first, missing), rest, assignment, first)}
    return Node(values, node.place, keys={**node.keys, first: assignment.key})


def _as_mapping(node: Node, at: str) -> Node:
    """Spell the short form at the key `at` out so that its arguments can be changed.

    `off` has none; any other word is a name, a number the argument that the key's option takes it for.
    """
    if node.is_mapping:
        return node
    if isinstance(node.value, str) and node.value != "off":
        return Node({"name": node}, node.place, keys={"name": node})
    if at in SHORTHANDS and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Node({SHORTHANDS[at]: node}, node.place, keys={SHORTHANDS[at]: node})
    return Node({}, node.place)
