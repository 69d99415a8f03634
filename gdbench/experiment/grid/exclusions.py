"""`exclude`: the points that are dropped from the product of the axes."""

from collections.abc import Hashable, Sequence
from functools import cached_property

from gdbench.experiment.grid.axes import ParsedAxis, Value
from gdbench.experiment.grid.labels import without_label
from gdbench.experiment.grid.points import Combination, axis_of
from gdbench.experiment.settings.merge import canonical
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes


class Exclusions:
    """The combinations of a grid that no entry of `exclude` has dropped yet.

    Combinations are looked up by their values: a grid may have a hundred thousand, and `exclude` thousands of entries.
    """

    def __init__(self, axes: Sequence[ParsedAxis], combinations: Sequence[Combination], mistakes: Mistakes) -> None:
        """Start with all combinations."""
        self._axes = axes
        self._mistakes = mistakes
        # A dictionary keeps the order of the file while entries are deleted from it.
        self._kept = dict(enumerate(combinations))

    @property
    def kept(self) -> list[Combination]:
        """The combinations that are left."""
        return list(self._kept.values())

    def drop(self, entry: Node) -> None:
        """Drop the combinations that match every key of a mapping; one with a mistake drops nothing."""
        matches = self._matches(entry)
        if matches is None:
            return
        dropped = self._matching(matches)
        for position in dropped:
            del self._kept[position]
        # An exclusion that excludes nothing is most likely a slip.
        if not dropped:
            self._mistakes.add(entry.place, "exclude", "a point of the grid", entry.data())
        if not self._kept:
            rule = "exclusions that leave at least one point of the grid"
            self._mistakes.add(entry.place, "exclude", rule, entry.data())

    def _matching(self, matches: Sequence[Sequence[Value]]) -> list[int]:
        """Return the positions of the combinations that have one value of each group."""
        fewest, *others = sorted(matches, key=self._count)
        positions = dict.fromkeys(position for value in fewest for position in self._positions_of(value))
        return [
            position
            for position in positions
            if all(any(value in self._kept[position] for value in values) for values in others)
        ]

    def _count(self, values: Sequence[Value]) -> int:
        return sum(len(self._positions.get(value, ())) for value in values)

    def _positions_of(self, value: Value) -> list[int]:
        # Forgetting what is dropped keeps entries that match nothing more from taking time.
        left = [position for position in self._positions.get(value, ()) if position in self._kept]
        self._positions[value] = left
        return left

    @cached_property
    def _positions(self) -> dict[Value, list[int]]:
        positions: dict[Value, list[int]] = {}
        for position, combination in self._kept.items():
            for value in combination:
                positions.setdefault(value, []).append(position)
        return positions

    def _matches(self, entry: Node) -> list[list[Value]] | None:
        """Return for each key of an entry the axis values that match; None if the grid lacks a key or value."""
        matches = []
        for name, key, node in entry.items():
            values = self._values(key, node)
            if values is None:
                keys = [axis.key.text for axis in self._axes]
                rule = f"an axis of this grid ({', '.join(keys) or 'it has none'})"
                self._mistakes.add(key.place, "exclude", rule, name, keys)
                return None
            if not values:
                axis = axis_of(key, self._axes)
                names = (value.label for value in axis.values) if axis else ()
                self._mistakes.add(node.place, f"exclude.{name}", "a value or label of the axis", node.data(), names)
                return None
            matches.append(values)
        return matches

    def _values(self, key: Node, node: Node) -> list[Value] | None:
        """Return the axis values that one key of an entry matches; None if no axis varies its path."""
        axis = axis_of(key, self._axes)
        if axis is not None:
            value = axis.find(node)
            return [value] if value else []
        # Not an axis, but perhaps a path that variants or linked values assign.
        path = canonical(key.text)
        if not any(path in axis.paths for axis in self._axes):
            return None
        return self._by_assignment.get((path, comparable(without_label(node))), [])

    @cached_property
    def _by_assignment(self) -> dict[tuple[str, Hashable], list[Value]]:
        """The axis values by each path that they assign and the value there."""
        found: dict[tuple[str, Hashable], list[Value]] = {}
        for value in (value for axis in self._axes for value in axis.values):
            for assignment in value.assignments:
                found.setdefault((assignment.path, comparable(assignment.value)), []).append(value)
        return found
