"""The points of a grid: the product of its axes, less what `exclude` drops, with what `include` adds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdbench.experiment.experiment import row_key
from gdbench.experiment.grid.axes import ParsedAxis, Value, known_path, refuse_repeated
from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.settings.merge import Assignment, canonical
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes


@dataclass(frozen=True, eq=False, slots=True)
class GridPoint:
    """One point before its runs are known: a label an axis, what it assigns, and the values as the file gives them."""

    labels: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    nodes: tuple[Node, ...]


def point_of(values: Sequence[Value]) -> GridPoint:
    """Return the point that has these values, one an axis."""
    assignments = tuple(assignment for value in values for assignment in value.assignments)
    return GridPoint(tuple(value.label for value in values), assignments, tuple(value.node for value in values))


def excluded(
    entry: Node, axes: Sequence[ParsedAxis], values: list[tuple[Value, ...]], mistakes: Mistakes
) -> list[tuple[Value, ...]]:
    """Drop the points that match every key of one mapping."""
    wanted: list[list[Value]] = []
    for name, key, node in entry.items():
        matching = _matching(key, node, axes)
        if matching is None:
            keys = [each.key.text for each in axes]
            mistakes.add(key.place, "exclude", f"an axis of this grid ({', '.join(keys) or 'it has none'})", name, keys)
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
        mistakes.add(entry.place, "exclude", "exclusions that leave at least one point of the grid", entry.data())
    return kept


def included(
    entries: Sequence[Node], axes: Sequence[ParsedAxis], points: Sequence[GridPoint], mistakes: Mistakes
) -> list[GridPoint]:
    """Return the points with one more for each mapping of `include`; it may bring new values of the axes."""
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
    wanted = [canonical(part.strip()) for part in key.text.split(",")]
    return next((axis for axis in axes if key.text == axis.key.text or wanted == axis.named_paths), None)


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


def _included(entry: Node, axes: list[ParsedAxis], seen: set[tuple[str, ...]], mistakes: Mistakes) -> GridPoint | None:
    """Make the point of one mapping: a value or label for every axis, and other paths as it likes."""
    read = _read(entry, axes, mistakes)
    if read is None:
        return None
    chosen, others = read
    missing = [axis.key.text for index, axis in enumerate(axes) if index not in chosen]
    if missing:
        mistakes.add(entry.place, "include", f"a value for every axis, including {', '.join(missing)}", entry.data())
        return None
    point = point_of([chosen[index] for index in range(len(axes))])
    if others and point.labels in seen:
        point = _disambiguate(point, others, entry)
    return replace(point, assignments=(*point.assignments, *others))


def _read(entry: Node, axes: list[ParsedAxis], mistakes: Mistakes) -> tuple[dict[int, Value], list[Assignment]] | None:
    """Return the value that a mapping gives for each axis, by the axis's index, and what it sets beside the axes."""
    chosen: dict[int, Value] = {}
    others: list[Assignment] = []
    given: set[str] = set()
    for name, key, node in entry.items():
        axis = _axis_of(key, axes)
        if axis is not None:
            value = _known_value(axis, node) or _new_value(axis, key, node, mistakes)
            if value is None:
                return None
            index = axes.index(axis)
            chosen[index] = value
            if value not in axis.values:
                axes[index] = replace(axis, values=(*axis.values, value))
            paths = [assignment.path for assignment in value.assignments]
        elif known_path(name, key, mistakes):
            others.append(Assignment(canonical(name), key, without_label(node)))
            paths = [others[-1].path]
        else:
            return None
        refuse_repeated(paths, given, key, "include", mistakes)
    return chosen, others


def _disambiguate(point: GridPoint, others: Sequence[Assignment], entry: Node) -> GridPoint:
    """Add to the outermost label of a point what it sets beside the axes: `sgd epochs=10`."""
    if not point.labels:
        return point
    told = [f"{each.path.rpartition('.')[2]}={labels([each.value])[0]}" for each in others]
    return replace(
        point, labels=(" ".join((point.labels[0], *told)), *point.labels[1:]), nodes=(entry, *point.nodes[1:])
    )


def _known_value(axis: ParsedAxis, node: Node) -> Value | None:
    """Return the value of the axis that a node names, unless the node gives it another label."""
    found = axis.find(node)
    label = node.value.get("label") if node.is_mapping else None
    return found if found and (label is None or label.text == found.label) else None


def _new_value(axis: ParsedAxis, key: Node, node: Node, mistakes: Mistakes) -> Value | None:
    """Return a value that the axis does not have yet."""
    if axis.key.text == "variants":
        names = [value.label for value in axis.values]
        mistakes.add(node.place, "include.variants", "the label of a variant", node.data(), names)
        return None
    parts = node.value if len(axis.paths) > 1 and node.is_list else [node]
    where = f"include.{axis.key.text}"
    if len(parts) != len(axis.paths):
        mistakes.add(node.place, where, f"a list of {len(axis.paths)} values, one for each path", node.data())
        return None
    columns = zip(*(([each.value for each in value.assignments]) for value in axis.values), strict=True)
    label = ", ".join(labels([*column, part])[-1] for column, part in zip(columns, parts, strict=True))
    if any(value.label == label for value in axis.values):
        mistakes.add(node.place, where, "a label that no other value of the axis has", label)
        return None
    pairs = zip(axis.paths, parts, strict=True)
    return Value(label, tuple(Assignment(path, key, without_label(part)) for path, part in pairs), node)
