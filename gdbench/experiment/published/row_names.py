"""Names of rows as a file writes them in published values and claims, matched to the points of its grid.

A name matches by value before it matches by label: `1`, `1.0` and `1e0` are one learning rate, as on the axis itself.
Only these names are read as numbers, never the labels of a table or a ledger.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gdbench.experiment.experiment import Point, row_key
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.scalars import scalar
from gdbench.records import Run


@dataclass(frozen=True, eq=False)
class RowNames:
    """The points that claims and published values may name, and what is measured of all their runs.

    It is not `complete` when the grid itself has mistakes: then any name may be right.
    """

    points: Sequence[Point]
    complete: bool
    has_validation: bool
    has_train_evaluation: bool
    has_target: bool

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of each row by its key."""
        return {point.key: point.labels for point in self.points}

    @cached_property
    def _by_value(self) -> Mapping[tuple[Hashable, ...], str]:
        return {_values(point.labels): point.key for point in self.points}

    def labels_below(self, outer: tuple[str, ...]) -> list[str]:
        """Return the labels of the next axis at the points that have these outer ones, in file order."""
        return list(self._below.get(outer, ()))

    @cached_property
    def _below(self) -> Mapping[tuple[str, ...], Mapping[str, None]]:
        below: dict[tuple[str, ...], dict[str, None]] = {}
        for point in self.points:
            for depth, label in enumerate(point.labels):
                below.setdefault(point.labels[:depth], {})[label] = None
        return below

    def find(self, name: str) -> str | None:
        """Return the key of the row with this name, or with the same numbers; None if there is no such row."""
        if name in self.labels or not self.complete:
            return name
        return self._by_value.get(_values(name.split("/"))) or self._alone.get(name)

    @cached_property
    def _alone(self) -> Mapping[str, str]:
        """The key of each row by its outer labels, where no other row has them."""
        rows: dict[str, list[str]] = {}
        for point in self.points:
            for depth in range(1, len(point.labels)):
                rows.setdefault(row_key(point.labels[:depth]), []).append(point.key)
        return {outer: keys[0] for outer, keys in rows.items() if len(keys) == 1}


def row_names(node: Node, complete: bool, points: Sequence[Point], runs: Sequence[Run]) -> RowNames:
    """Return the names of the rows of a comparison, whose mapping is `node`, and what all of its runs have."""
    return RowNames(
        points,
        complete=complete,
        has_validation=all(settings_of(run).dataset.options.validation for run in runs),
        has_train_evaluation=all(settings_of(run).training.evaluate_train for run in runs),
        has_target="target" in node.mapping,
    )


def labels_by_key(node: Node, labels: Sequence[str]) -> Mapping[str, str | None]:
    """Match the keys of a mapping to labels, by value and then by label; None for a key that matches neither."""
    # By value first, as the axis itself compares its values.
    by_value, known = {_value(label): label for label in labels}, set(labels)
    return {
        key: by_value.get(comparable(key_node)) or (key if key in known else None) for key, key_node, _ in node.items()
    }


def _values(labels: Sequence[str]) -> tuple[Hashable, ...]:
    return tuple(_value(label) for label in labels)


def _value(label: str) -> Hashable:
    """Return the form of `comparable` that an unquoted scalar of this spelling has; `null` is just a word."""
    value = scalar(label)
    return label if value is None else (isinstance(value, bool), value)
