"""A comparison's grid, include and exclude become its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from gdbench.experiment.experiment import Axis, Point
from gdbench.experiment.grid.axes import ParsedAxis, joined_keys, parse_axis
from gdbench.experiment.grid.points import GridPoint, excluded, included, point_of
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

MOST_RUNS = 1_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """The axes of a comparison, outermost first, and its points in the file's order.

    With mistakes in its axes it is not `whole`: what names its points cannot be checked.
    """

    axes: tuple[ParsedAxis, ...]
    points: tuple[GridPoint, ...]
    whole: bool

    @property
    def paths(self) -> set[str]:
        """Every path that an axis varies or an included point sets."""
        assigned = {assignment.path for point in self.points for assignment in point.assignments}
        return assigned | {path for axis in self.axes for path in axis.paths}

    def named_axes(self) -> tuple[Axis, ...]:
        """Return the axes by key, with the labels that stand in the points (included ones too)."""
        return tuple(
            Axis(axis.key.text, tuple(dict.fromkeys(point.labels[index] for point in self.points)))
            for index, axis in enumerate(self.axes)
        )

    def refuse_equal_values(self, points: Sequence[Point], mistakes: Mistakes) -> None:
        """Refuse two values of an axis that train the same runs wherever the grid has both, however they are spelled.

        `points` are the grid's own, with their runs.
        """
        trained = [point for point in points if point.runs]
        if len({point.runs for point in trained}) == len(trained):
            return
        for index, axis in enumerate(self.axes):
            nodes = {point.labels[index]: point.nodes[index] for point in reversed(self.points)}
            for label, twin in _twins(trained, index).items():
                rule = f"values that train different runs ('{twin}' trains the same)"
                mistakes.add(nodes[label].place, axis.key.text, rule, nodes[label].data())


def parse_grid(
    grid: Node | None, include: Node | None, exclude: Node | None, most_points: int, mistakes: Mistakes
) -> Grid:
    """Read the three keys; no grid is one point without labels, and one of more than `most_points` is a mistake."""
    before = len(mistakes)
    axes = _axes(grid, mistakes)
    count = prod(len(axis.values) for axis in axes)
    if grid is not None and count > most_points:
        mistakes.add(
            grid.place, "grid", f"at most {most_points:,} points, since a plan has at most {MOST_RUNS:,} runs", count
        )
        return Grid(axes, (), whole=False)
    whole = len(mistakes) == before
    values = list(product(*(axis.values for axis in axes)))
    if not whole:
        return Grid(axes, tuple(point_of(combination) for combination in values), whole)
    for entry in _entries(exclude, "exclude", mistakes):
        values = excluded(entry, axes, values, mistakes)
    points = [point_of(combination) for combination in values]
    return Grid(axes, tuple(included(_entries(include, "include", mistakes), axes, points, mistakes)), whole)


def _twins(points: Sequence[Point], index: int) -> dict[str, str]:
    """Return the labels of an axis that stand for the same runs as an earlier one at every point that has both."""
    rows: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
    for point in points:
        others = point.labels[:index] + point.labels[index + 1 :]
        rows.setdefault(others, {})[point.labels[index]] = point.runs
    somewhere: dict[tuple[str, str], None] = {}
    for row in rows.values():
        first: dict[tuple[str, ...], str] = {}
        somewhere |= {(label, first.setdefault(runs, label)): None for label, runs in row.items()}
    return {
        label: earlier
        for label, earlier in somewhere
        if label != earlier and all(row[label] == row[earlier] for row in rows.values() if {label, earlier} <= set(row))
    }


def _axes(grid: Node | None, mistakes: Mistakes) -> tuple[ParsedAxis, ...]:
    if grid is None:
        return ()
    if not grid.is_mapping or not grid.value:
        mistakes.add(grid.place, "grid", "a mapping from path to axis", grid.data())
        return ()
    parsed = [axis for key, node in joined_keys(grid) if (axis := parse_axis(key, node, mistakes))]
    owner: dict[str, str] = {}
    for axis in parsed:
        for path in axis.paths:
            if path in owner:
                mistakes.add(
                    axis.key.place, axis.key.text, f"a path that no other axis varies ({owner[path]} does)", path
                )
            owner.setdefault(path, axis.key.text)
    return tuple(parsed)


def _entries(node: Node | None, name: str, mistakes: Mistakes) -> list[Node]:
    if node is None:
        return []
    if not node.is_list or not all(item.is_mapping and item.value for item in node.value):
        mistakes.add(node.place, name, "a list of mappings from path to value", node.data())
        return []
    return list(node.value)
