"""Mappings that stand for several values in the place of one: `{from, to, step}` and `{each: [...]}`."""

from gdbench.experiment.yaml.document import Node

EACH = "each"
ONLY_ON_AXES = "a row's own range stands only in a component on an axis of its own, or in a path of a variant"


def is_range(node: Node) -> bool:
    """Whether a mapping is meant as a range, and not as label -> value."""
    return not {"from", "to"}.isdisjoint(node.mapping)


def is_own_range(node: Node) -> bool:
    """Whether a mapping in the place of one number or word is meant as all the values that a row takes there."""
    return EACH in node.mapping or is_range(node)
