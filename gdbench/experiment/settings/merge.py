"""Merging: which value replaces which, section over section and a grid's values at their paths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdbench.catalog import FAMILIES
from gdbench.catalog.entry import Options
from gdbench.catalog.family import Family
from gdbench.catalog.plugins import is_plugin
from gdbench.errors import PluginError
from gdbench.experiment.settings.schema import SHORTHANDS
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import join_path
from gdbench.records import SECTIONS

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
    """Lay one value over another, both at the path `at`.

    A bare value, or a mapping with `name` or `layers`, replaces the one below; any other mapping changes only the keys
    that it has.
    """
    if not above.is_mapping or is_component(above):
        return _with_options_of(below, above, at)
    below = _as_mapping(below, at)
    values, keys = dict(below.mapping), dict(below.keys)
    for name, key, value in above.items():
        values[name] = overlay(values[name], value, join_path(at, name)) if name in values else value
        keys[name] = key
    return Node(values, above.place, keys=keys, kept=below.kept - above.mapping.keys())


def assign(root: Node, assignments: Iterable[Assignment]) -> Node:
    """Replace the value at each path, short paths before long ones."""
    # `optimizer.momentum` must change the optimizer of this point, not the one that it replaces.
    for assignment in sorted(assignments, key=lambda assignment: assignment.path.count(".")):
        root = _replace(root, assignment.path.split("."), assignment)
    return root


def _replace(node: Node, segments: Sequence[str], assignment: Assignment, at: str = "") -> Node:
    if not segments:
        return _with_options_of(node, assignment.value, at)
    node = _as_mapping(node, at)
    first, *rest = segments
    missing = Node({}, assignment.key.place)
    below = node.mapping.get(first, missing)
    # Nodes are shared between grid points, so the path is copied and everything beside it reused.
    values = {**node.mapping, first: _replace(below, rest, assignment, join_path(at, first))}
    return Node(values, node.place, keys={**node.keys, first: assignment.key}, kept=node.kept - {first})


def _with_options_of(below: Node, above: Node, at: str) -> Node:
    """Return a value that replaces another; a component takes over the options of its family that it does not give.

    What an entry declares itself is its own, and goes with it: adamw's weight_decay, say.
    """
    if at not in SECTIONS or at not in FAMILIES or _name_of(above) is None:
        return above
    family = FAMILIES[at]
    own = {*_own_options(family, below), *_own_options(family, above)}
    kept = [key for key in below.mapping if key in family.options.model_fields and key not in {*own, *above.mapping}]
    if not kept:
        return above
    whole = _as_mapping(above, at)
    values = {**whole.mapping, **{key: below.mapping[key] for key in kept}}
    return Node(
        values, whole.place, keys={**whole.keys, **{key: below.keys[key] for key in kept}}, kept=frozenset(kept)
    )


def _name_of(node: Node) -> Node | None:
    """Return the node that names a component; None if the node is no whole component."""
    if node.is_mapping:
        return node.mapping.get("name") or (Node("layers", node.place) if "layers" in node.mapping else None)
    return node if isinstance(node.value, str) and node.value != "off" else None


def _own_options(family: Family[object], component: Node) -> set[str]:
    """Return the options of a family that an entry declares itself, with another default."""
    named = _name_of(component)
    name = named.value if named is not None else None
    options = family.options.model_fields
    if not isinstance(name, str):
        return set()
    if named is not None and is_plugin(name):
        try:
            _, signature = family.plugin(name).find(family.noun, Path(named.place.folder))
        # Reported where the component is resolved.
        except PluginError:
            return set()
        declared = dict(signature.arguments)
    elif name in family.entries:
        declared = {key: field.default for key, field in family.model(name).model_fields.items()}
    else:
        return set()
    # An option that is a mapping, such as the output layer, is one whatever the defaults of its keys.
    return {
        key
        for key, field in options.items()
        if key in declared and declared[key] != field.default and not isinstance(field.default, Options)
    }


def _as_mapping(node: Node, at: str) -> Node:
    """Expand the short form at the path `at` so that its arguments can be changed.

    `off` has no arguments; any other word is a name, and a number is the argument that it abbreviates.
    """
    if node.is_mapping:
        return node
    # YAML 1.2 has no boolean `off`: it is a word, but not the name of an entry.
    if isinstance(node.value, str) and node.value != "off":
        return Node({"name": node}, node.place, keys={"name": node})
    option = at.rpartition(".")[2]
    if option in SHORTHANDS and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Node({SHORTHANDS[option]: node}, node.place, keys={SHORTHANDS[option]: node})
    return Node({}, node.place)
