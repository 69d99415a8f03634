"""The five sections of a run: their defaults, how they are laid over each other, and how each is resolved."""

from collections.abc import Mapping, Sequence

from gdbench.experiment.settings.merge import Assignment, assign, overlay
from gdbench.experiment.settings.resolve import component, section
from gdbench.experiment.settings.resolved import Resolved
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, Place
from gdbench.records import Settings

DEFAULTS: Mapping[str, str | dict[str, Node]] = {
    "dataset": "mnist",
    "architecture": "mlp",
    "optimizer": "adam",
    "training": {},
    "regularization": {},
}
# Two ways to give the length of a run: only one of them can hold.
LENGTHS = {"epochs", "steps"}
LENGTH_PATHS = {f"training.{key}" for key in LENGTHS}


def defaults(place: Place) -> Node:
    """Return the sections of an empty file."""
    sections = {name: Node(value, place, str(value)) for name, value in DEFAULTS.items()}
    return Node(sections, place, keys=dict.fromkeys(sections, Node("", place)))


def lay(sections: Node, above: Node) -> Node:
    """Lay sections over others; `epochs` in the upper ones replaces `steps` in the lower ones, and vice versa."""
    training = above.mapping.get("training")
    if training is not None and LENGTHS & set(training.mapping):
        sections = _without_length(sections)
    return overlay(sections, above)


def assign_point(sections: Node, assignments: Sequence[Assignment]) -> Node:
    """Assign the values of a grid point; its `epochs` replaces `steps` below it, and vice versa."""
    if any(assignment.path in LENGTH_PATHS for assignment in assignments):
        sections = _without_length(sections)
    return assign(sections, assignments)


def refuse_both_lengths(training: Node | None, mistakes: Mistakes) -> None:
    """Refuse `epochs` beside `steps`."""
    if training is not None and set(training.mapping) >= LENGTHS:
        place = max(training.keys[key].place for key in LENGTHS)
        mistakes.add(place, "training.steps", "epochs or steps, not both", "both")


def _without_length(sections: Node) -> Node:
    training = sections.mapping["training"]
    # Something else is refused when it is resolved.
    if not training.is_mapping:
        return sections
    values = {key: value for key, value in training.mapping.items() if key not in LENGTHS}
    shorter = Node(values, training.place, keys={key: training.keys[key] for key in values})
    return Node({**sections.mapping, "training": shorter}, sections.place, keys=sections.keys)


def resolve_section(name: str, node: Node, mistakes: Mistakes) -> Resolved[Settings] | None:
    """Resolve a section: a component of the family with its name, or a mapping of settings.

    `{layers: [...]}` is short for `{name: layers, layers: [...]}`.
    """
    if name in SECTION_MODELS:
        return section(SECTION_MODELS[name], node, name, mistakes)
    unnamed = "layers" if "layers" in node.mapping else None
    return component(name, node, name, mistakes, unnamed)


def place_of(sections: Node, path: str) -> Place:
    """Return where the file has a path, or the deepest part of it that is there."""
    node = sections
    # An item of a list is written `stages[1]`.
    for segment in path.replace("[", ".[").split("."):
        if segment.startswith("[") and node.is_list:
            node = node.elements[int(segment[1:-1])]
        elif segment in node.mapping:
            node = node.mapping[segment]
        else:
            break
    return node.place
