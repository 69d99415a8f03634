"""Merging: which value replaces which, section over section and a grid's values at their paths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbench.experiment.settings.schema import SHORTHANDS
from gdbench.experiment.yaml.document import Node

_COMPONENT_KEYS = ("name", "layers")


@dataclass(frozen=True, eq=False, slots=True)
class Assignment:
    """A value for a path; `key` is the node that names the path."""

    path: str
    key: Node
    value: Node


def canonical(path: str) -> str:
    """Return the path without a trailing `.name`: `optimizer.name` means `optimizer`."""
    return path.removesuffix(".name")


def is_component(node: Node) -> bool:
    """Whether a mapping is a whole component, which replaces the one below it."""
    return any(key in node.mapping for key in _COMPONENT_KEYS)


def overlay(below: Node, above: Node, at: str = "") -> Node:
    """Lay one value over another, both at the key `at`.

    A bare value, or a mapping with `name` or `layers`, replaces the one below; any other mapping changes only the keys
    that it has.
    """
    if not above.is_mapping or is_component(above):
        return above
    below = _as_mapping(below, at)
    values, keys = dict(below.mapping), dict(below.keys)
    for name, key, value in above.items():
        values[name] = overlay(values[name], value, name) if name in values else value
        keys[name] = key
    return Node(values, above.place, keys=keys)


def assign(root: Node, assignments: Iterable[Assignment]) -> Node:
    """Replace the value at each path, short paths before long ones."""
    # `optimizer.momentum` must change the optimizer of this point, not the one that it replaces.
    for assignment in sorted(assignments, key=lambda assignment: assignment.path.count(".")):
        root = _replace(root, assignment.path.split("."), assignment)
    return root


def _replace(node: Node, segments: Sequence[str], assignment: Assignment, at: str = "") -> Node:
    if not segments:
        return assignment.value
    node = _as_mapping(node, at)
    first, *rest = segments
    missing = Node({}, assignment.key.place)
    # Nodes are shared between grid points, so the path is copied and everything beside it reused.
    values = {**node.mapping, first: _replace(node.mapping.get(first, missing), rest, assignment, first)}
    return Node(values, node.place, keys={**node.keys, first: assignment.key})


def _as_mapping(node: Node, at: str) -> Node:
    """Expand the short form at the key `at` so that its arguments can be changed.

    `off` has no arguments; any other word is a name, and a number is the argument that it abbreviates.
    """
    if node.is_mapping:
        return node
    # YAML 1.2 has no boolean `off`: it is a word, but not the name of an entry.
    if isinstance(node.value, str) and node.value != "off":
        return Node({"name": node}, node.place, keys={"name": node})
    if at in SHORTHANDS and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Node({SHORTHANDS[at]: node}, node.place, keys={SHORTHANDS[at]: node})
    return Node({}, node.place)
