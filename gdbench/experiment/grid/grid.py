"""A comparison's grid, include and exclude, parsed into its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from gdbench.experiment.experiment import NO_VALUE, Axis, Point
from gdbench.experiment.grid.axes import ParsedAxis, joined_keys, parse_axis
from gdbench.experiment.grid.exclusions import Exclusions
from gdbench.experiment.grid.inclusions import Inclusions
from gdbench.experiment.grid.points import GridPoint, point_of
from gdbench.experiment.grid.ragged import OwnAxis, combinations, count, own_axes
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

    @property
    def own_axes(self) -> dict[int, OwnAxis]:
        """The axes that single rows have of their own, by index of the axis."""
        return {index: OwnAxis.of(axis) for index, axis in enumerate(self.axes) if axis.is_own}

    def named_axes(self, points: Sequence[Point]) -> tuple[Axis, ...]:
        """Return the axes by key, with the labels that its points, with their runs, have (included ones too)."""
        return tuple(
            Axis(axis.key.text, tuple(dict.fromkeys(point.labels[index] for point in points)))
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
        pairs = list(zip(points, self.points, strict=True))
        self._refuse_equal_rows(pairs, mistakes)
        for index, axis in enumerate(self.axes):
            nodes = {point.labels[index]: parsed.nodes[index] for point, parsed in reversed(pairs)}
            for label, twin in _twins(trained, index, everywhere=bool(self.own_axes)).items():
                expected = f"values that train different runs ('{twin}' trains the same)"
                mistakes.add(nodes[label].place, axis.key.text, expected, nodes[label].data())

    def _refuse_equal_rows(self, pairs: Sequence[tuple[Point, GridPoint]], mistakes: Mistakes) -> None:
        """Refuse rows whose own ranges meet; one without a range may stand beside a range that contains it."""
        first: dict[tuple[str, ...], Point] = {}
        own = [index for index, axis in enumerate(self.axes) if axis.is_own]
        for point, parsed in pairs:
            if not point.runs or all(parsed.labels[index] == NO_VALUE for index in own):
                continue
            twin = first.setdefault(point.runs, point)
            if twin is not point:
                index = next(index for index, label in enumerate(point.labels) if label != twin.labels[index])
                expected = f"rows that train different runs ('{twin.key}' trains the same)"
                mistakes.add(parsed.nodes[index].place, self.axes[index].key.text, expected, point.key)


def parse_grid(
    grid: Node | None, include: Node | None, exclude: Node | None, max_points: int, mistakes: Mistakes
) -> Grid:
    """Parse the three keys. No grid is one point without labels; one of more than `max_points` points is a mistake."""
    mistakes_before = len(mistakes)
    axes = _axes(grid, mistakes)
    points = count(axes)
    # Refused before the product is made, which would not fit into memory.
    if grid is not None and points > max_points:
        expected = f"at most {max_points:,} points, since a plan has at most {MAX_RUNS:,} runs"
        mistakes.add(grid.place, "grid", expected, points)
        return Grid(axes, (), complete=False)
    own = own_axes(axes)
    combined = list(combinations(axes, own))
    axes = (*axes, *own)
    if len(mistakes) > mistakes_before:
        return Grid(axes, tuple(point_of(combination) for combination in combined), complete=False)
    exclusions = Exclusions(axes, combined, mistakes)
    for entry in _entries(exclude, "exclude", mistakes):
        exclusions.drop(entry)
    inclusions = Inclusions(axes, map(point_of, exclusions.kept), mistakes)
    for entry in _entries(include, "include", mistakes):
        inclusions.add(entry)
    return Grid(axes, tuple(inclusions.points), complete=True)


def _twins(points: Sequence[Point], index: int, *, everywhere: bool) -> dict[str, str]:
    """Map each label of an axis to an earlier one that has the same runs at every point that has both.

    With `everywhere`, also to be at the same points: a range may contain what another row has without one.
    """
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
        if label != earlier
        and all(row[label] == row[earlier] for row in rows.values() if {label, earlier} <= set(row))
        and not (everywhere and any(len({label, earlier} & set(row)) == 1 for row in rows.values()))
    }


def _axes(grid: Node | None, mistakes: Mistakes) -> tuple[ParsedAxis, ...]:
    if grid is None:
        return ()
    if not grid.mapping:
        mistakes.add(grid.place, "grid", "a mapping from path to values, such as {optimizer: [sgd, adam]}", grid.data())
        return ()
    axes: list[ParsedAxis] = []
    for key, node in joined_keys(grid):
        # Each may be a range of a hundred thousand values, and what is there is refused already.
        if prod(len(axis.values) for axis in axes) > 1000 * MAX_RUNS:
            break
        if axis := parse_axis(key, node, mistakes):
            axes.append(axis)
    refuse_shared_paths(axes, mistakes)
    return tuple(axes)


def refuse_shared_paths(axes: Sequence[ParsedAxis], mistakes: Mistakes) -> None:
    """Refuse a path that two axes vary, with all their values or with the range of a single row."""
    owner: dict[str, ParsedAxis] = {}
    for axis in axes:
        keys = dict.fromkeys(axis.paths, (axis.key.place, axis.key.text))
        ranges = (own for value in axis.values for own in value.ranges)
        for path, (place, where) in (*keys.items(), *((own.path, (own.key.place, own.path)) for own in ranges)):
            first = owner.setdefault(path, axis)
            if first is not axis:
                expected = f"a path that no other axis varies ({first.key.text} does)"
                mistakes.add(place, where, expected, path)


def _entries(node: Node | None, name: str, mistakes: Mistakes) -> list[Node]:
    if node is None:
        return []
    if not node.is_list or not all(entry.mapping for entry in node.elements):
        mistakes.add(node.place, name, "a list of mappings from path to value", node.data())
        return []
    return node.elements
