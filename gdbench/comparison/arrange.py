"""Tables seen otherwise: some rows only, in another order, or one axis against the others."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.names import short_names, unknown
from gdbench.comparison.selection import Selection
from gdbench.comparison.statistics import FIGURES
from gdbench.comparison.tables import COUNTS, Row, Table

SortKey = Callable[[Row], tuple[bool, float | str]]


@dataclass(frozen=True, slots=True)
class Pivot:
    """A table with the labels of `axis` in rows and every combination of the other axes in columns.

    Each cell is one grid point, None where the grid has no such point: nothing is averaged over an axis.
    """

    title: str
    axis: str
    others: tuple[str, ...]
    selections: tuple[Selection, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, tuple[Row | None, ...]], ...]


def only(tables: Sequence[Table], label: str) -> list[Table]:
    """Return the tables cut down to the rows that have the label on some axis, those without any left out.

    Raises:
        RequestError: no row has the label.
    """
    kept = [replace(table, rows=tuple(row for row in table.rows if label in row.labels)) for table in tables]
    if not any(table.rows for table in kept):
        labels = [known for table in tables for row in table.rows for known in row.labels]
        raise unknown("label", label, dict.fromkeys(labels))
    return [table for table in kept if table.rows]


def sort_rows(tables: Sequence[Table], column: str) -> list[Table]:
    """Return the tables sorted by a column, the best first, rows without a value last, equal rows in the file's order.

    A column is an axis, a count (the smallest first), a figure of the first metric (`mean`), or a column of the CSV
    file (`test_loss_mean`). Tables without the column stay as they are.

    Raises:
        RequestError: no table has the column.
    """
    keys = [_sort_keys(table) for table in tables]
    if not any(column in known for known in keys):
        raise unknown("column", column, dict.fromkeys(name for known in keys for name in known))
    return [
        replace(table, rows=tuple(sorted(table.rows, key=known[column]))) if column in known else table
        for table, known in zip(tables, keys, strict=True)
    ]


def _sort_keys(table: Table) -> dict[str, SortKey]:
    keys: dict[str, SortKey] = {}
    for index, names in enumerate(zip(short_names(table.axes), table.axes, strict=True)):
        keys |= dict.fromkeys(names, _by_label(table, index))
    keys |= {count: _by_count(count) for count in COUNTS}
    for index, selection in enumerate(table.selections):
        for figure in FIGURES:
            key = _by_figure(index, figure, selection.metric.higher_is_better and figure != "sd")
            keys[f"{selection.name}_{figure}"] = key
            keys.setdefault(figure, key)
    return keys


def _by_label(table: Table, index: int) -> SortKey:
    numeric = all(_is_number(row.labels[index]) for row in table.rows)
    return lambda row: (False, float(row.labels[index]) if numeric else row.labels[index])


def _is_number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False


def _by_count(count: str) -> SortKey:
    return lambda row: (False, getattr(row, count))


def _by_figure(index: int, figure: str, descending: bool) -> SortKey:
    def key(row: Row) -> tuple[bool, float]:
        number = getattr(row.statistics[index], figure)
        return number is None, 0 if number is None else -number if descending else number

    return key


def pivot(tables: Sequence[Table], axis: str) -> list[Table | Pivot]:
    """Return the tables that have the axis, by its path or last part, turned around it; the others as they are.

    Raises:
        RequestError: no table has the axis.
    """
    found = [_axis_index(table, axis) for table in tables]
    if all(index is None for index in found):
        names = [name for table in tables for name in (*short_names(table.axes), *table.axes)]
        raise unknown("axis", axis, dict.fromkeys(names))
    return [table if index is None else _turned(table, index) for table, index in zip(tables, found, strict=True)]


def _axis_index(table: Table, axis: str) -> int | None:
    for names in (table.axes, short_names(table.axes)):
        if axis in names:
            return names.index(axis)
    return None


def _turned(table: Table, index: int) -> Pivot:
    def without(labels: tuple[str, ...]) -> tuple[str, ...]:
        return labels[:index] + labels[index + 1 :]

    cells = {(row.labels[index], without(row.labels)): row for row in table.rows}
    columns = tuple(dict.fromkeys(column for _label, column in cells))
    labels = dict.fromkeys(label for label, _column in cells)
    rows = tuple((label, tuple(cells.get((label, column)) for column in columns)) for label in labels)
    return Pivot(table.title, table.axes[index], without(table.axes), table.selections, columns, rows)
