"""The five sections of a run: what they are without a word of the file, and how each is resolved."""

from collections.abc import Mapping

from gdbench.catalog.entry import Options
from gdbench.experiment.mistakes import Mistakes, Place
from gdbench.experiment.resolve import Resolved, component, section
from gdbench.experiment.schema import Regularization, Training
from gdbench.experiment.source import Node

_DEFAULTS = {"dataset": "mnist", "architecture": "mlp", "optimizer": "adam", "training": {}, "regularization": {}}
_MODELS: Mapping[str, type[Options]] = {"training": Training, "regularization": Regularization}


def defaults(place: Place) -> Node:
    """Return the sections of an empty file."""
    sections = {name: Node(value, place, str(value)) for name, value in _DEFAULTS.items()}
    return Node(sections, place, keys=dict.fromkeys(sections, Node("", place)))


def resolve_section(name: str, node: Node, mistakes: Mistakes) -> Resolved | None:
    """Resolve a section: a component of the family that it is named after, or a mapping of settings.

    `{layers: [...]}` is short for `{name: layers, layers: [...]}`.
    """
    if name in _MODELS:
        return section(_MODELS[name], node, name, mistakes)
    unnamed = "layers" if node.is_mapping and "layers" in node.value else None
    return component(name, node, name, mistakes, unnamed)


def place_of(sections: Node, path: str) -> Place:
    """Return where the deepest given part of a path stands."""
    node = sections
    for segment in path.split("."):
        if not node.is_mapping or segment not in node.value:
            break
        node = node.value[segment]
    return node.place
