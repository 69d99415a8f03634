"""The points of a grid: the product of its axes, without those that `exclude` drops, with those that `include` adds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdbench.experiment.experiment import row_key
from gdbench.experiment.grid.axes import VARIANTS, ParsedAxis, Value, known_path, refuse_repeated
from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.settings.merge import Assignment, canonical
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes

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


def exclude_points(
    entry: Node, axes: Sequence[ParsedAxis], combinations: list[Combination], mistakes: Mistakes
) -> list[Combination]:
    """Drop the combinations that match every key of one mapping of `exclude`."""
    # For each key, the axis values that match; an entry with a mistake drops nothing.
    matches: list[list[Value]] = []
    for name, key, node in entry.items():
        values = _matching(key, node, axes)
        if values is None:
            keys = [axis.key.text for axis in axes]
            mistakes.add(key.place, "exclude", f"an axis of this grid ({', '.join(keys) or 'it has none'})", name, keys)
            return combinations
        if not values:
            axis = _axis_of(key, axes)
            names = [value.label for value in axis.values] if axis else []
            mistakes.add(node.place, f"exclude.{name}", "a value or label of the axis", node.data(), names)
            return combinations
        matches.append(values)
    kept = [
        combination
        for combination in combinations
        if not all(any(value in combination for value in values) for values in matches)
    ]
    # An exclusion that excludes nothing is most likely a slip.
    if len(kept) == len(combinations):
        mistakes.add(entry.place, "exclude", "a point of the grid", entry.data())
    if not kept:
        mistakes.add(entry.place, "exclude", "exclusions that leave at least one point of the grid", entry.data())
    return kept


def include_points(
    entries: Sequence[Node], axes: Sequence[ParsedAxis], points: Sequence[GridPoint], mistakes: Mistakes
) -> list[GridPoint]:
    """Return the points and one more for each mapping of `include`, which may bring new values of the axes."""
    # Copies, which grow by what is included.
    axes, points = list(axes), list(points)
    seen = {point.labels for point in points}
    for entry in entries:
        point = _included(entry, axes, seen, mistakes)
        if point and point.labels in seen:
            mistakes.add(entry.place, "include", "a point that is not yet in the grid", row_key(point.labels))
        elif point:
            points.append(point)
            seen.add(point.labels)
    return points


def _axis_of(key: Node, axes: Sequence[ParsedAxis]) -> ParsedAxis | None:
    paths = [canonical(part.strip()) for part in key.text.split(",")]
    return next((axis for axis in axes if key.text == axis.key.text or paths == axis.named_paths), None)


def _matching(key: Node, node: Node, axes: Sequence[ParsedAxis]) -> list[Value] | None:
    """Return the axis values that an entry of `exclude` matches; None if no axis varies its path."""
    axis = _axis_of(key, axes)
    if axis is not None:
        value = axis.find(node)
        return [value] if value else []
    # Not an axis, but perhaps a path that variants or linked values assign.
    path = canonical(key.text)
    if not any(path in axis.paths for axis in axes):
        return None
    identity = comparable(without_label(node))
    return [
        value
        for axis in axes
        for value in axis.values
        if any(assignment.path == path and comparable(assignment.value) == identity for assignment in value.assignments)
    ]


def _included(entry: Node, axes: list[ParsedAxis], seen: set[tuple[str, ...]], mistakes: Mistakes) -> GridPoint | None:
    """Return the point of one mapping, which has a value or label for every axis and may assign other paths."""
    parsed = _parse_entry(entry, axes, mistakes)
    if parsed is None:
        return None
    values, extras = parsed
    missing = [axis.key.text for index, axis in enumerate(axes) if index not in values]
    if missing:
        mistakes.add(entry.place, "include", f"a value for every axis, including {', '.join(missing)}", entry.data())
        return None
    point = point_of([values[index] for index in range(len(axes))])
    # It differs from the other point only in what has no column of its own.
    if extras and point.labels in seen:
        point = _disambiguate(point, extras, entry)
    return replace(point, assignments=(*point.assignments, *extras))


def _parse_entry(
    entry: Node, axes: list[ParsedAxis], mistakes: Mistakes
) -> tuple[dict[int, Value], list[Assignment]] | None:
    """Return the values that a mapping has for axes, by index of the axis, and what else it assigns.

    A new value is added to its axis, so that a later mapping can name it.
    """
    values: dict[int, Value] = {}
    extras: list[Assignment] = []
    seen: set[str] = set()
    for name, key, node in entry.items():
        axis = _axis_of(key, axes)
        if axis is not None:
            value = _known_value(axis, node) or _new_value(axis, key, node, mistakes)
            if value is None:
                return None
            index = axes.index(axis)
            values[index] = value
            if value not in axis.values:
                axes[index] = replace(axis, values=(*axis.values, value))
            paths = [assignment.path for assignment in value.assignments]
        elif known_path(name, key, mistakes):
            extras.append(Assignment(canonical(name), key, without_label(node)))
            paths = [extras[-1].path]
        else:
            return None
        refuse_repeated(paths, seen, key, "include", mistakes)
    return values, extras


def _disambiguate(point: GridPoint, extras: Sequence[Assignment], entry: Node) -> GridPoint:
    """Append what a point assigns beside the axes to its outermost label: `sgd epochs=10`."""
    if not point.labels:
        return point
    settings = [f"{extra.path.rpartition('.')[2]}={labels([extra.value])[0]}" for extra in extras]
    label = " ".join((point.labels[0], *settings))
    # The entry replaces the value, so that a mistake quotes all of it.
    return replace(point, labels=(label, *point.labels[1:]), nodes=(entry, *point.nodes[1:]))


def _known_value(axis: ParsedAxis, node: Node) -> Value | None:
    """Return the value of the axis that a node means, unless the node gives it another label."""
    value = axis.find(node)
    label = node.mapping.get("label")
    return value if value and (label is None or label.text == value.label) else None


def _new_value(axis: ParsedAxis, key: Node, node: Node, mistakes: Mistakes) -> Value | None:
    """Return a value that the axis does not have yet."""
    if axis.is_variants:
        names = [value.label for value in axis.values]
        mistakes.add(node.place, f"include.{VARIANTS}", "the label of a variant", node.data(), names)
        return None
    parts = node.elements if len(axis.paths) > 1 and node.is_list else [node]
    where = f"include.{axis.key.text}"
    if len(parts) != len(axis.paths):
        mistakes.add(node.place, where, f"a list of {len(axis.paths)} values, one for each path", node.data())
        return None
    # Labeled together with the axis's values, so that the label shows what sets this one apart.
    columns = zip(*([assignment.value for assignment in value.assignments] for value in axis.values), strict=True)
    label = ", ".join(labels([*column, part])[-1] for column, part in zip(columns, parts, strict=True))
    if any(value.label == label for value in axis.values):
        mistakes.add(node.place, where, "a label that no other value of the axis has", label)
        return None
    pairs = zip(axis.paths, parts, strict=True)
    return Value(label, tuple(Assignment(path, key, without_label(part)) for path, part in pairs), node)
