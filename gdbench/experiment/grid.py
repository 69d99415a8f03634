"""A comparison's grid, include and exclude become its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from gdbench.experiment.axes import ParsedAxis, Value, joined_keys, known_path, parse_axis
from gdbench.experiment.labels import labels, without_label
from gdbench.experiment.merge import Assignment, canonical
from gdbench.experiment.mistakes import Mistakes
from gdbench.experiment.model import Axis
from gdbench.experiment.source import Node, comparable


@dataclass(frozen=True, eq=False, slots=True)
class GridPoint:
    """One point before its runs are known: a label an axis, and what it assigns."""

    labels: tuple[str, ...]
    assignments: tuple[Assignment, ...]


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


def parse_grid(grid: Node | None, include: Node | None, exclude: Node | None, mistakes: Mistakes) -> Grid:
    """Read the three keys; no grid is one point without labels."""
    before = len(mistakes)
    axes = _axes(grid, mistakes)
    whole = len(mistakes) == before
    values = list(product(*(axis.values for axis in axes)))
    if not whole:
        return Grid(axes, tuple(_point(combination) for combination in values), whole)
    for entry in _entries(exclude, "exclude", mistakes):
        values = _excluded(entry, axes, values, mistakes)
    points = [_point(combination) for combination in values]
    seen = {point.labels for point in points}
    for entry in _entries(include, "include", mistakes):
        point = _included(entry, axes, mistakes)
        if point and point.labels in seen:
            mistakes.add(entry.place, "include", "a point that the grid lacks", "/".join(point.labels))
        elif point:
            points.append(point)
            seen.add(point.labels)
    return Grid(axes, tuple(points), whole)


def _axes(grid: Node | None, mistakes: Mistakes) -> tuple[ParsedAxis, ...]:
    if grid is None:
        return ()
    if not grid.is_mapping or not grid.value:
        mistakes.add(grid.place, "grid", "a mapping from path to an axis", grid.data())
        return ()
    parsed = [axis for key, node in joined_keys(grid) if (axis := parse_axis(key, node, mistakes))]
    owner: dict[str, str] = {}
    for axis in parsed:
        for path in axis.paths:
            if path in owner:
                mistakes.add(
                    axis.key.place, axis.key.text, f"a path that no other axis names: {owner[path]} does", path
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


def _point(values: Sequence[Value]) -> GridPoint:
    assignments = tuple(assignment for value in values for assignment in value.assignments)
    return GridPoint(tuple(value.label for value in values), assignments)


def _axis_of(key: Node, axes: Sequence[ParsedAxis]) -> ParsedAxis | None:
    wanted = [canonical(part.strip()) for part in key.text.split(",")]
    return next((axis for axis in axes if key.text == axis.key.text or wanted == axis.named_paths), None)


def _excluded(
    entry: Node, axes: Sequence[ParsedAxis], values: list[tuple[Value, ...]], mistakes: Mistakes
) -> list[tuple[Value, ...]]:
    """Drop the points that match every key of one mapping."""
    wanted: list[list[Value]] = []
    for name, key, node in entry.items():
        matching = _matching(key, node, axes)
        if matching is None:
            keys = [each.key.text for each in axes]
            mistakes.add(key.place, "exclude", f"an axis of this grid: {', '.join(keys) or 'it has none'}", name, keys)
            return values
        if not matching:
            names = [value.label for axis in axes if axis is _axis_of(key, axes) for value in axis.values]
            mistakes.add(node.place, f"exclude.{name}", "a value or label of the axis", node.data(), names)
            return values
        wanted.append(matching)
    kept = [point for point in values if not all(any(value in point for value in each) for each in wanted)]
    if len(kept) == len(values):
        mistakes.add(entry.place, "exclude", "a point of the grid", entry.data())
    if not kept:
        mistakes.add(entry.place, "exclude", "mappings that leave a point of the grid", entry.data())
    return kept


def _matching(key: Node, node: Node, axes: Sequence[ParsedAxis]) -> list[Value] | None:
    """Return the axis values that a key and value of `exclude` mean; None when no axis varies the path."""
    axis = _axis_of(key, axes)
    if axis is not None:
        found = axis.find(node)
        return [found] if found else []
    path = canonical(key.text)
    if not any(path in axis.paths for axis in axes):
        return None
    wanted = comparable(without_label(node))
    return [
        value
        for axis in axes
        for value in axis.values
        if any(each.path == path and comparable(each.value) == wanted for each in value.assignments)
    ]


def _included(entry: Node, axes: Sequence[ParsedAxis], mistakes: Mistakes) -> GridPoint | None:
    """Make the point of one mapping: a value or label for every axis, and other paths as it likes."""
    chosen: dict[int, Value] = {}
    others: list[Assignment] = []
    for name, key, node in entry.items():
        axis = _axis_of(key, axes)
        if axis is not None:
            value = axis.find(node) or _new_value(axis, key, node, mistakes)
            if value is None:
                return None
            chosen[axes.index(axis)] = value
        elif known_path(name, key, mistakes):
            others.append(Assignment(canonical(name), key, without_label(node)))
        else:
            return None
    missing = [axis.key.text for index, axis in enumerate(axes) if index not in chosen]
    if missing:
        mistakes.add(entry.place, "include", f"a value for every axis, {', '.join(missing)} too", entry.data())
        return None
    point = _point([chosen[index] for index in range(len(axes))])
    return GridPoint(point.labels, (*point.assignments, *others))


def _new_value(axis: ParsedAxis, key: Node, node: Node, mistakes: Mistakes) -> Value | None:
    """Return a value that the axis does not have yet."""
    if axis.key.text == "variants":
        names = [value.label for value in axis.values]
        mistakes.add(node.place, "include.variants", "the label of a variant", node.data(), names)
        return None
    parts = node.value if len(axis.paths) > 1 and node.is_list else [node]
    if len(parts) != len(axis.paths):
        rule = f"a list of {len(axis.paths)} values, one a path"
        mistakes.add(node.place, f"include.{axis.key.text}", rule, node.data())
        return None
    label = ", ".join(labels([part])[0] for part in parts)
    pairs = zip(axis.paths, parts, strict=True)
    return Value(label, tuple(Assignment(path, key, without_label(part)) for path, part in pairs), node)
