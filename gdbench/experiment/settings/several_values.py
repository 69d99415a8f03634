"""Mappings that stand for several values in the place of one: `{from, to, step}` and `{each: [...]}`."""

from gdbench.experiment.yaml.document import Node

EACH = "each"
# A path into a list, such as architecture.layers[0].units, cannot be an axis.
_NO_AXIS = "["


def is_range(node: Node) -> bool:
    """Whether a mapping is meant as a range, and not as label -> value."""
    return not {"from", "to"}.isdisjoint(node.mapping)


def is_own_range(node: Node) -> bool:
    """Whether a mapping in the place of one number or word is meant as all the values that a row takes there."""
    return EACH in node.mapping or is_range(node)


def range_hint(path: str) -> str:
    """Return how several values of one argument are tried, for an error where a range or `each` cannot stand."""
    return "" if _NO_AXIS in path else f"; to try several values, put them under `grid:` as `{path}: ...`"
