"""A comparison's grid, include and exclude, parsed into its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from gdbench.experiment.experiment import Axis, Point
from gdbench.experiment.grid.axes import ParsedAxis, joined_keys, parse_axis
from gdbench.experiment.grid.exclusions import Exclusions
from gdbench.experiment.grid.inclusions import Inclusions
from gdbench.experiment.grid.points import GridPoint, point_of
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

MAX_RUNS = 1_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """The axes of a comparison, outermost first, and its points in file order.

    It is not `complete` when its axes have mistakes: then names of points cannot be checked.
    """

    axes: tuple[ParsedAxis, ...]
    points: tuple[GridPoint, ...]
    complete: bool

    @property
    def paths(self) -> set[str]:
        """Every path that an axis varies or an included point sets."""
        assigned = {assignment.path for point in self.points for assignment in point.assignments}
        return assigned | {path for axis in self.axes for path in axis.paths}

    def named_axes(self) -> tuple[Axis, ...]:
        """Return the axes by key, with the labels that its points have (included ones too)."""
        return tuple(
            Axis(axis.key.text, tuple(dict.fromkeys(point.labels[index] for point in self.points)))
            for index, axis in enumerate(self.axes)
        )

    def refuse_equal_values(self, points: Sequence[Point], mistakes: Mistakes) -> None:
        """Refuse two values of an axis that train the same runs at every point that has both, whatever their spelling.

        `points` are the grid's own, with their runs.
        """
        trained = [point for point in points if point.runs]
        # Values that are equal everywhere imply points with equal runs, so most grids need no closer look.
        if len({point.runs for point in trained}) == len(trained):
            return
        for index, axis in enumerate(self.axes):
            nodes = {point.labels[index]: point.nodes[index] for point in reversed(self.points)}
            for label, twin in _twins(trained, index).items():
                expected = f"values that train different runs ('{twin}' trains the same)"
                mistakes.add(nodes[label].place, axis.key.text, expected, nodes[label].data())


def parse_grid(
    grid: Node | None, include: Node | None, exclude: Node | None, max_points: int, mistakes: Mistakes
) -> Grid:
    """Parse the three keys. No grid is one point without labels; one of more than `max_points` points is a mistake."""
    mistakes_before = len(mistakes)
    axes = _axes(grid, mistakes)
    count = prod(len(axis.values) for axis in axes)
    # Refused before the product is made, which would not fit into memory.
    if grid is not None and count > max_points:
        expected = f"at most {max_points:,} points, since a plan has at most {MAX_RUNS:,} runs"
        mistakes.add(grid.place, "grid", expected, count)
        return Grid(axes, (), complete=False)
    combinations = list(product(*(axis.values for axis in axes)))
    if len(mistakes) > mistakes_before:
        return Grid(axes, tuple(point_of(combination) for combination in combinations), complete=False)
    exclusions = Exclusions(axes, combinations, mistakes)
    for entry in _entries(exclude, "exclude", mistakes):
        exclusions.drop(entry)
    inclusions = Inclusions(axes, map(point_of, exclusions.kept), mistakes)
    for entry in _entries(include, "include", mistakes):
        inclusions.add(entry)
    return Grid(axes, tuple(inclusions.points), complete=True)


def _twins(points: Sequence[Point], index: int) -> dict[str, str]:
    """Map each label of an axis to an earlier one that has the same runs at every point that has both."""
    rows: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
    for point in points:
        others = point.labels[:index] + point.labels[index + 1 :]
        rows.setdefault(others, {})[point.labels[index]] = point.runs
    # Pairs that are equal in some row; a dictionary keeps them in file order.
    candidates: dict[tuple[str, str], None] = {}
    for row in rows.values():
        first: dict[tuple[str, ...], str] = {}
        candidates |= {(label, first.setdefault(runs, label)): None for label, runs in row.items()}
    return {
        label: earlier
        for label, earlier in candidates
        if label != earlier and all(row[label] == row[earlier] for row in rows.values() if {label, earlier} <= set(row))
    }


def _axes(grid: Node | None, mistakes: Mistakes) -> tuple[ParsedAxis, ...]:
    if grid is None:
        return ()
    if not grid.mapping:
        mistakes.add(grid.place, "grid", "a mapping from path to axis", grid.data())
        return ()
    axes: list[ParsedAxis] = []
    for key, node in joined_keys(grid):
        # Each may be a range of a hundred thousand values, and what is there is refused already.
        if prod(len(axis.values) for axis in axes) > 1000 * MAX_RUNS:
            break
        if axis := parse_axis(key, node, mistakes):
            axes.append(axis)
    owner: dict[str, str] = {}
    for axis in axes:
        for path in axis.paths:
            if path in owner:
                expected = f"a path that no other axis varies ({owner[path]} does)"
                mistakes.add(axis.key.place, axis.key.text, expected, path)
            owner.setdefault(path, axis.key.text)
    return tuple(axes)


def _entries(node: Node | None, name: str, mistakes: Mistakes) -> list[Node]:
    if node is None:
        return []
    if not node.is_list or not all(entry.mapping for entry in node.elements):
        mistakes.add(node.place, name, "a list of mappings from path to value", node.data())
        return []
    return node.elements
