"""`include`: points added to the product of the axes, which may bring new values of theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gdbench.experiment.experiment import row_key
from gdbench.experiment.grid.axes import VARIANTS, ParsedAxis, Value, check_path, refuse_repeated
from gdbench.experiment.grid.labels import Rivals, labels, without_label
from gdbench.experiment.grid.points import GridPoint, axis_of, point_of
from gdbench.experiment.grid.ragged import no_value
from gdbench.experiment.settings.merge import Assignment, canonical
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes


class Inclusions:
    """The points of a grid and those that entries of `include` have added."""

    def __init__(self, axes: Sequence[ParsedAxis], points: Iterable[GridPoint], mistakes: Mistakes) -> None:
        """Start with the points of the grid itself."""
        self.points = list(points)
        self._axes = axes
        self._added = [_AddedValues(axis, mistakes) for axis in axes]
        self._seen = {point.labels for point in self.points}
        self._mistakes = mistakes

    def add(self, entry: Node) -> None:
        """Add the point of a mapping, which has a value or label for every axis and may assign other paths."""
        point = self._point(entry)
        if point and point.labels in self._seen:
            rule = "a point that is not yet in the grid"
            self._mistakes.add(entry.place, "include", rule, row_key(point.labels))
        elif point:
            self.points.append(point)
            self._seen.add(point.labels)

    def _point(self, entry: Node) -> GridPoint | None:
        parsed = self._parse(entry)
        if parsed is None:
            return None
        values, extras = parsed
        ranges = {own.path for value in values.values() for own in value.ranges}
        for index, axis in enumerate(self._axes):
            # A row without a range needs no value there.
            if axis.is_own and axis.paths[0] not in ranges:
                values.setdefault(index, no_value(axis))
        missing = [axis.key.text for index, axis in enumerate(self._axes) if index not in values]
        if missing:
            rule = f"a value for every axis, including {', '.join(missing)}"
            self._mistakes.add(entry.place, "include", rule, entry.data())
            return None
        point = point_of([values[index] for index in range(len(self._axes))])
        # It differs from the other point only in what has no column of its own.
        if extras and point.labels in self._seen:
            point = _disambiguate(point, extras, entry)
        return replace(point, assignments=(*point.assignments, *extras))

    def _parse(self, entry: Node) -> tuple[dict[int, Value], list[Assignment]] | None:
        """Return the values that a mapping has for axes, by index of the axis, and what else it assigns."""
        values: dict[int, Value] = {}
        extras: list[Assignment] = []
        seen: set[str] = set()
        for name, key, node in entry.items():
            axis = axis_of(key, self._axes)
            if axis is not None:
                index = self._axes.index(axis)
                value = self._added[index].value(key, node)
                if value is None:
                    return None
                values[index] = value
                paths = [assignment.path for assignment in value.assignments]
            elif check_path(name, key, self._mistakes):
                extras.append(Assignment(canonical(name), key, without_label(node)))
                paths = [extras[-1].path]
            else:
                return None
            refuse_repeated(paths, seen, key, "include", self._mistakes)
        return values, extras


class _AddedValues:
    """The values that `include` gives an axis: its own, and new ones, which later entries can name."""

    def __init__(self, axis: ParsedAxis, mistakes: Mistakes) -> None:
        self._axis = axis
        self._mistakes = mistakes
        self._by_value = {} if axis.is_variants else {comparable(value.node): value for value in reversed(axis.values)}
        self._by_label = {value.label: value for value in reversed(axis.values)}
        # Labeled together with the axis's values, so that the label shows what sets a new one apart.
        columns = zip(*([part.value for part in value.assignments] for value in axis.values), strict=True)
        self._rivals = [] if axis.is_variants else list(map(Rivals, columns))

    def value(self, key: Node, node: Node) -> Value | None:
        """Return the value that a node means, or a new one; None if it cannot be one."""
        bare = comparable(without_label(node))
        known = self._by_value.get(bare) or self._by_label.get(node.text)
        label = node.mapping.get("label")
        # Another label makes it another value, which is refused later where it trains the same runs.
        if known and (label is None or label.text == known.label):
            return known
        value = self._new_value(key, node)
        if value is not None:
            self._by_value.setdefault(bare, value)
            self._by_label[value.label] = value
        return value

    def _new_value(self, key: Node, node: Node) -> Value | None:
        axis = self._axis
        if axis.is_variants:
            names = list(self._by_label)
            self._mistakes.add(node.place, f"include.{VARIANTS}", "the label of a variant", node.data(), names)
            return None
        parts = node.elements if len(axis.paths) > 1 and node.is_list else [node]
        where = f"include.{axis.key.text}"
        if len(parts) != len(axis.paths):
            rule = f"a list of {len(axis.paths)} values, one for each path"
            self._mistakes.add(node.place, where, rule, node.data())
            return None
        for rivals, part in zip(self._rivals, parts, strict=True):
            rivals.add(part)
        label = ", ".join(rivals.label(part) for rivals, part in zip(self._rivals, parts, strict=True))
        if label in self._by_label:
            self._mistakes.add(node.place, where, "a label that no other value of the axis has", label)
            return None
        pairs = zip(axis.paths, parts, strict=True)
        return Value(label, tuple(Assignment(path, key, without_label(part)) for path, part in pairs), node)


def _disambiguate(point: GridPoint, extras: Sequence[Assignment], entry: Node) -> GridPoint:
    """Append what a point assigns beside the axes to its outermost label: `sgd epochs=10`."""
    if not point.labels:
        return point
    settings = [f"{extra.path.rpartition('.')[2]}={labels([extra.value])[0]}" for extra in extras]
    label = " ".join((point.labels[0], *settings))
    # The entry replaces the value, so that a mistake quotes all of it.
    return replace(point, labels=(label, *point.labels[1:]), nodes=(entry, *point.nodes[1:]))
