"""Tables rearranged: some of the rows, rows in another order, or one axis against the others."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.background import Background
from gdbench.comparison.names import short_names, unknown_name
from gdbench.comparison.selection import Selection
from gdbench.comparison.separation import Separation
from gdbench.comparison.sequential import Stopping
from gdbench.comparison.statistics import FIGURES
from gdbench.comparison.tables import COUNTS, Row, Table
from gdbench.comparison.tuned_rows_table import TableTuning
from gdbench.experiment.experiment import NO_VALUE

# A class of rows, those that can be ranked first, the number to sort by, and the words where there is no number.
SortKey = Callable[[Row], tuple[int, float, str]]


@dataclass(frozen=True, slots=True)
class Pivot:
    """A table with the labels of `axis` in rows and every combination of the other axes in columns.

    Each cell is one grid point, None where the grid lacks it: nothing is averaged over an axis.
    """

    comparison: str
    title: str
    axis: str
    others: tuple[str, ...]
    selections: tuple[Selection, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, tuple[Row | None, ...]], ...]
    separations: tuple[Separation, ...]
    background: Background
    stopping: Stopping | None = None
    tuning: TableTuning | None = None


def names_of_rows(tables: Sequence[Table]) -> set[str]:
    """Return what names rows of the tables: their labels and their keys."""
    return {name for table in tables for row in table.rows for name in (*row.labels, row.key)}


def rows_with(tables: Sequence[Table], *labels: str) -> list[Table]:
    """Return the tables with only the rows that have one of the labels on some axis, or as their key.

    A number stands for its other spellings too: `0.001` for `1e-3`. Tables without such rows are left out.

    Raises:
        RequestError: no row has one of the labels.
    """
    rows = [row for table in tables for row in table.rows]
    known = dict.fromkeys(label for row in rows for label in row.labels)
    for label in labels:
        if not any(_has(table, row, label) for table in tables for row in table.rows):
            keys = dict.fromkeys(row.key for row in rows)
            # Only what looks like a key is compared with all of these, which may be many.
            raise unknown_name("--only", "a label", label, {**known, **keys} if "/" in label else known)
    kept = [
        replace(table, rows=tuple(row for row in table.rows if any(_has(table, row, label) for label in labels)))
        for table in tables
    ]
    return [table for table in kept if table.rows]


def _has(table: Table, row: Row, label: str) -> bool:
    """Whether a row has a label on some axis or as its key, or the number that it spells, or stands for such a row."""
    tuned = table.tuning.rows[row.key] if table.tuning else None
    default = tuned.choice.row.default if tuned and tuned.choice and tuned.chose_default else None
    if label in (*row.labels, row.key, default):
        return True
    try:
        return float(label) in row.numbers
    except ValueError:
        return False


def sort_rows(tables: Sequence[Table], column: str) -> list[Table]:
    """Return the tables sorted by a column, the best first, rows without a value last, equal rows in the file's order.

    A column is an axis, a count (the smallest first), a metric (`test_loss`: its mean), a figure of the first metric
    (`mean`), its `difference`, `p` (the smallest first) or `group`, or a column of the CSV file (`test_loss_mean`). An
    axis is sorted by the numbers behind its labels, then by the labels without a number. A figure of the surviving runs
    alone ranks no row: those rows come after all others. The median counts a diverged run as worse than any number.
    Tables without the column stay as they are.

    Raises:
        RequestError: no table has the column.
    """
    keys = [_sort_keys(table) for table in tables]
    if not any(column in known for known in keys):
        raise unknown_name("--sort", "a column", column, dict.fromkeys(name for known in keys for name in known))
    return [
        replace(table, rows=tuple(sorted(table.rows, key=known[column]))) if column in known else table
        for table, known in zip(tables, keys, strict=True)
    ]


def _sort_keys(table: Table) -> dict[str, SortKey]:
    keys: dict[str, SortKey] = {}
    for index, names in enumerate(zip(short_names(table.axes), table.axes, strict=True)):
        keys |= dict.fromkeys(names, _by_axis(index))
    keys |= {count: _by_count(count) for count in COUNTS}
    for index, selection in enumerate(table.selections):
        for figure in FIGURES:
            # A small spread is good, however the metric itself is read.
            key = _by_figure(index, figure, selection.metric.higher_is_better and figure != "sd")
            keys[f"{selection.name}_{figure}"] = key
            # Without a metric, a figure means that of the first one.
            keys.setdefault(figure, key)
        keys[selection.name] = keys[f"{selection.name}_mean"]
        for name, key in _separation_keys(table, index).items():
            keys[f"{selection.name}_{name}"] = key
            keys.setdefault(name, key)
    return keys


def _separation_keys(table: Table, index: int) -> dict[str, SortKey]:
    """Return how to sort by what a comparison shows of each row."""
    separation, sign = table.separations[index], -1 if table.selections[index].metric.higher_is_better else 1
    reference = separation.baseline or separation.best

    def by_difference(row: Row) -> tuple[int, float, str]:
        difference = separation.difference(row.key)
        # The row that others are held against differs from itself by nothing.
        if difference is None:
            return (0, 0.0, "") if row.key == reference else (1, 0.0, "")
        return (0, sign * difference.mean, "")

    def by_p(row: Row) -> tuple[int, float, str]:
        difference = separation.difference(row.key)
        return (1, 0.0, "") if difference is None else (0, difference.p, "")

    def by_group(row: Row) -> tuple[int, float, str]:
        group = separation.rows[row.key].group
        return (1, 0.0, "") if group is None else (0, 0.0, group)

    return {"difference": by_difference, "p": by_p, "group": by_group}


def _by_axis(index: int) -> SortKey:
    def key(row: Row) -> tuple[int, float, str]:
        number = row.numbers[index]
        return (1, 0.0, row.labels[index]) if number is None else (0, number, "")

    return key


def _by_count(count: str) -> SortKey:
    return lambda row: (0, getattr(row, count), "")


def _by_figure(index: int, figure: str, descending: bool) -> SortKey:
    def key(row: Row) -> tuple[int, float, str]:
        statistics = row.statistics[index]
        number: float | None = getattr(statistics, figure)
        if number is None:
            return (2, 0.0, "")
        survivors = figure != "median" and statistics.n < row.done + row.diverged
        return (int(survivors), -number if descending else number, "")

    return key


def pivot(tables: Sequence[Table], axis: str) -> list[Table | Pivot]:
    """Return the tables that have the axis turned around it, the others as they are; the last part of its path will do.

    Raises:
        RequestError: no table has the axis.
    """
    indices = [_axis_index(table, axis) for table in tables]
    if all(index is None for index in indices):
        names = [name for table in tables for name in (*short_names(table.axes), *table.axes)]
        raise unknown_name("--by", "an axis", axis, dict.fromkeys(names))
    return [table if index is None else _turn(table, index) for table, index in zip(tables, indices, strict=True)]


def _axis_index(table: Table, axis: str) -> int | None:
    for names in (table.axes, short_names(table.axes)):
        if axis in names:
            return names.index(axis)
    return None


def _turn(table: Table, index: int) -> Pivot:
    def without(labels: tuple[str, ...]) -> tuple[str, ...]:
        return labels[:index] + labels[index + 1 :]

    # A dictionary keeps the order of the file, in rows as in columns.
    cells = {(row.labels[index], without(row.labels)): row for row in table.rows}
    columns: Sequence[tuple[str, ...]] = list(dict.fromkeys(column for _label, column in cells))
    labels: Sequence[str] = list(dict.fromkeys(label for label, _column in cells))
    # Rows with ranges of their own: in the order of the file, one range after the other, they would not ascend.
    if not any(all((label, column) in cells for label in labels) for column in columns):
        ranks = [label_ranks(table, axis) for axis in range(len(table.axes))]
        labels = sorted(labels, key=ranks[index].__getitem__)
        others = ranks[:index] + ranks[index + 1 :]
        columns = sorted(columns, key=lambda column: [of[label] for of, label in zip(others, column, strict=True)])
    rows = tuple((label, tuple(cells.get((label, column)) for column in columns)) for label in labels)
    return Pivot(
        table.comparison,
        table.title,
        table.axes[index],
        without(table.axes),
        table.selections,
        tuple(columns),
        rows,
        table.separations,
        table.background,
        table.stopping,
        table.tuning,
    )


def label_ranks(table: Table, index: int) -> dict[str, int]:
    """Return the places of an axis's labels: ascending where all but "-" are numbers, else in the file's order."""
    numbers = {row.labels[index]: row.numbers[index] for row in table.rows}
    labels = list(numbers)
    if all(number is not None or label == NO_VALUE for label, number in numbers.items()):
        labels.sort(key=lambda label: math.inf if (number := numbers[label]) is None else number)
    return {label: rank for rank, label in enumerate(labels)}
