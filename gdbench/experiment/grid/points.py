"""The points of a grid: what each assigns, and which axes the entries of `include` and `exclude` name."""

from collections.abc import Sequence
from dataclasses import dataclass

from gdbench.experiment.grid.axes import ParsedAxis, Value
from gdbench.experiment.settings.merge import Assignment, canonical
from gdbench.experiment.yaml.document import Node

Combination = tuple[Value, ...]


@dataclass(frozen=True, eq=False, slots=True)
class GridPoint:
    """A point whose runs are not known yet: a label per axis, what it assigns, and its values as nodes of the file."""

    labels: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    nodes: tuple[Node, ...]


def point_of(values: Sequence[Value]) -> GridPoint:
    """Return the point with these values, one per axis."""
    assignments = tuple(assignment for value in values for assignment in value.assignments)
    return GridPoint(tuple(value.label for value in values), assignments, tuple(value.node for value in values))


def axis_of(key: Node, axes: Sequence[ParsedAxis]) -> ParsedAxis | None:
    """Return the axis that a key of `include` or `exclude` names, if there is one."""
    paths = [canonical(part.strip()) for part in key.text.split(",")]
    return next((axis for axis in axes if key.text == axis.key.text or paths == axis.named_paths), None)
