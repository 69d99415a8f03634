"""A table as cells of text, shared by what people read: the terminal and Markdown."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.names import short_names
from gdbench.comparison.selection import Selection
from gdbench.comparison.statistics import Statistics
from gdbench.comparison.tables import COUNTS, Row, Table
from gdbench.metrics import Metric
from gdbench.text import printable

DECIMALS = {"accuracy": 2, "error": 2, "loss": 4, "seconds": 2, "rate": 0, "count": 0}
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class TextTable:
    """Cells ready to print; the first `label_columns` columns are words, the others numbers."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    label_columns: int
    notes: tuple[str, ...]


def text_tables(tables: Sequence[Table | Pivot], precision: int | None = None) -> list[TextTable]:
    """Return a table of text for each metric of each table; `precision` is a number of decimals for every metric."""
    return [
        _turned(table, index, precision) if isinstance(table, Pivot) else _straight(table, index, precision)
        for table in tables
        for index in range(len(table.selections))
    ]


def _straight(table: Table, index: int, precision: int | None) -> TextTable:
    selection = table.selections[index]
    notes = _notes(table.rows)
    counts = [[str(getattr(row, count)) for count in COUNTS] for row in table.rows]
    rows = [
        [*row.labels, *count, *_figures(row, row.statistics[index], selection.metric, precision)]
        for row, count in zip(table.rows, counts, strict=True)
    ]
    header = [*short_names(table.axes), *COUNTS, "mean", "sd", "95 % interval", "median", "min", "max"]
    if notes:
        header.append("notes")
        rows = [[*cells, _marks(row, notes)] for cells, row in zip(rows, table.rows, strict=True)]
    return _text_table(f"{table.title}: {selection.title}", header, rows, len(table.axes), notes)


def _turned(table: Pivot, index: int, precision: int | None) -> TextTable:
    selection = table.selections[index]
    notes = _notes(row for _label, cells in table.rows for row in cells if row)
    rows = [
        [label, *(_mean_with_counts(row, index, selection, precision, notes) for row in cells)]
        for label, cells in table.rows
    ]
    header = [*short_names([table.axis, *table.others])[:1], *(", ".join(labels) or "mean" for labels in table.columns)]
    across = ", ".join(short_names([table.axis, *table.others])[1:])
    title = f"{table.title}: {selection.title}; {f'{across} across; ' if across else ''}mean (done/runs)"
    return _text_table(title, header, rows, 1, notes)


def _figures(row: Row, figures: Statistics, metric: Metric, precision: int | None) -> list[str]:
    def text(number: float | None) -> str:
        return _number(number, metric, precision)

    interval = NOTHING if figures.ci_low is None else f"{text(figures.ci_low)} to {text(figures.ci_high)}"
    mean = _mean(row, figures, metric, precision)
    return [mean, text(figures.sd), interval, text(figures.median), text(figures.min), text(figures.max)]


def _mean(row: Row, figures: Statistics, metric: Metric, precision: int | None) -> str:
    if figures.mean is None and row.diverged and not row.done:
        return f"diverged {row.diverged}"
    return _number(figures.mean, metric, precision)


def _mean_with_counts(
    row: Row | None, index: int, selection: Selection, precision: int | None, notes: Sequence[str]
) -> str:
    if row is None:
        return ""
    ends = [f"{row.done}/{row.runs}"]
    ends += [f"{end} {count}" for end in ("diverged", "failed") if (count := getattr(row, end))]
    marks = _marks(row, notes)
    mean = _number(row.statistics[index].mean, selection.metric, precision)
    return f"{mean} ({', '.join(ends)}){f' [{marks}]' if marks else ''}"


def _number(number: float | None, metric: Metric, precision: int | None) -> str:
    if number is None:
        return NOTHING
    if math.isinf(number):
        return "missed" if metric.to_target else "diverged"
    decimals = DECIMALS[metric.kind] if precision is None else precision
    if metric.percent:
        return f"{100 * number:.{decimals}f} %"
    return f"{number:.{decimals}{'f' if abs(number) < 1e6 else 'e'}}"


def number_text(number: float | None, metric: Metric) -> str:
    """Return a number as people read it in the metric's unit."""
    return _number(number, metric, None)


def _notes(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for row in rows for note in row.notes))


def _marks(row: Row, notes: Sequence[str]) -> str:
    return ", ".join(str(notes.index(note) + 1) for note in row.notes)


def _text_table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], label_columns: int, notes: Sequence[str]
) -> TextTable:
    numbered = tuple(f"[{number}] {printable(note)}" for number, note in enumerate(notes, start=1))
    cells = tuple(tuple(printable(cell) for cell in row) for row in rows)
    return TextTable(printable(title), tuple(printable(name) for name in header), cells, label_columns, numbered)
