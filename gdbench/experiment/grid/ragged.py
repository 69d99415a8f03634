"""Grids with rows that have ranges of their own, which are ragged axes inside the others."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from gdbench.experiment.experiment import NO_VALUE
from gdbench.experiment.grid.axes import ParsedAxis, Value
from gdbench.experiment.grid.points import Combination
from gdbench.experiment.settings.merge import Assignment
from gdbench.experiment.yaml.document import Node, comparable


@dataclass(frozen=True, slots=True)
class OwnAxis:
    """An axis of ranges that rows have of their own: its path, and how its numbers are spelled."""

    path: str
    spellings: Mapping[float, str]

    @classmethod
    def of(cls, axis: ParsedAxis) -> "OwnAxis":
        """Return what stands on such an axis."""
        values = [(value.node.value, value.label) for value in axis.values]
        return cls(axis.paths[0], {number: label for number, label in values if isinstance(number, int | float)})

    def label(self, text: str) -> str:
        """Return the axis's own spelling of a value, so that one number has one label."""
        try:
            return self.spellings.get(float(text), text)
        except ValueError:
            return text


def own_axes(axes: Sequence[ParsedAxis]) -> tuple[ParsedAxis, ...]:
    """Return an axis for each path at which rows have ranges of their own, in the order of the file.

    Its values are those of all rows; values that are equal are one, spelled as where the file has it first.
    """
    found: dict[str, tuple[Node, dict[Hashable, Value]]] = {}
    for own in (own for axis in axes for value in axis.values for own in value.ranges):
        key, values = found.setdefault(own.path, (own.key, {}))
        for node in own.values:
            values.setdefault(comparable(node), Value(node.text, (Assignment(own.path, key, node),), node))
    return tuple(ParsedAxis(key, (path,), tuple(values.values()), is_own=True) for path, (key, values) in found.items())


def count(axes: Sequence[ParsedAxis]) -> int:
    """Return how many points the axes span together with the ranges of their values."""
    return prod(sum(prod(len(own.values) for own in value.ranges) for value in axis.values) for axis in axes)


def combinations(axes: Sequence[ParsedAxis], own: Sequence[ParsedAxis]) -> Iterator[Combination]:
    """Yield a value for each of the axes and, innermost, for each of the axes that rows have of their own."""
    known = [{comparable(value.node): value for value in axis.values} for axis in own]
    for combination in product(*(axis.values for axis in axes)):
        ranges = {own.path: own.values for value in combination for own in value.ranges}
        choices = [
            [values[comparable(node)] for node in ranges.get(axis.paths[0], ())] or [no_value(axis)]
            for axis, values in zip(own, known, strict=True)
        ]
        yield from ((*combination, *inner) for inner in product(*choices))


def no_value(axis: ParsedAxis) -> Value:
    """Return what stands for the value of a row that has no range on such an axis, until its settings are known."""
    return Value(NO_VALUE, (), axis.key)
