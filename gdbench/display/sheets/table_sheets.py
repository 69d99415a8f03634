"""Tables and pivots as sheets: one per metric for people, one per table for programs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.names import short_names
from gdbench.comparison.separation import Separation
from gdbench.comparison.statistics import FIGURES, Statistics
from gdbench.comparison.tables import COUNTS, Row, Table
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import Column, Interval, Remarked, Sheet, Value
from gdbench.display.sheets.stopping_text import allowance_text, stopping_text
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError

# What a table says of a row beside its figures.
SEPARATION = ("group", "difference", "p")


@dataclass(frozen=True, slots=True)
class TablesPrintout(Printout):
    """What `tables` prints; `precision` is the number of decimals that people read, of every metric."""

    tables: Sequence[Table | Pivot]
    precision: int | None = None

    def sections(self) -> list[Section]:
        """Return a sheet for each metric of each table."""
        return [Section(tuple(sheet for table in self.tables for sheet in _sheets(table, self.precision)))]

    def flat(self) -> list[Sheet]:
        """Return a sheet for each table: fractions in full precision, one row per grid point.

        Raises:
            RequestError: the tables are pivoted.
        """
        return [flat_sheet(table) for table in self._straight()]

    def model(self) -> JsonModel:
        """Return the tables; figures are numbers, None where there are too few values.

        Raises:
            RequestError: the tables are pivoted.
        """
        return [_table_model(table) for table in self._straight()]

    def _straight(self) -> list[Table]:
        straight = [table for table in self.tables if isinstance(table, Table)]
        if len(straight) < len(self.tables):
            # A cell of a pivot is a whole row of counts and figures, too much for a flat file.
            raise RequestError(
                "--by: expected a --format for people, such as terminal or markdown; "
                "got one for programs, with one row per grid point"
            )
        return straight


def flat_sheet(table: Table) -> Sheet:
    """Return a table in full precision, one row per grid point.

    `group` are the letters of a row, `difference` its mean less that of the baseline, or of the best row without one,
    and `p` the adjusted p-value of that. The last column, `notes`, is there only when a row has a note, such as one on
    mixed times.
    """
    names = [*table.axes, *COUNTS]
    names += [f"{selection.name}_{figure}" for selection in table.selections for figure in (*FIGURES, *SEPARATION)]
    # An empty column in every file would only be noise.
    has_notes = any(row.notes for row in table.rows)
    rows = tuple((*_flat_row(table, row), *["; ".join(row.notes)] * has_notes) for row in table.rows)
    return Sheet(table.title, tuple(Column(name) for name in (*names, *["notes"] * has_notes)), rows)


def _flat_row(table: Table, row: Row) -> tuple[Value, ...]:
    figures: list[Value] = []
    for statistics, separation in zip(row.statistics, table.separations, strict=True):
        figures += [getattr(statistics, figure) for figure in FIGURES]
        figures += [*_separation_model(separation, row.key).values()]
    return (*row.labels, *counts_of(row), *figures)


def _separation_model(separation: Separation, key: str) -> dict[str, str | float | None]:
    """Return the letters of a row, how far it is from the baseline or from the best row, and the p-value of that."""
    difference = separation.difference(key)
    # The last digits of a p-value depend on the machine.
    mean, p = (difference.mean, float(f"{difference.p:.6g}")) if difference else (None, None)
    return dict(zip(SEPARATION, (separation.rows[key].group, mean, p), strict=True))


def counts_of(row: Row) -> tuple[int, ...]:
    """Return how many runs were asked for, and how many of them ended in which way."""
    return tuple(getattr(row, count) for count in COUNTS)


def label_columns(axes: Sequence[str]) -> list[Column]:
    """Return a column of labels for each axis."""
    return [Column(name, align="left") for name in short_names(axes)]


def _sheets(table: Table | Pivot, precision: int | None) -> list[Sheet]:
    indices = range(len(table.selections))
    if isinstance(table, Pivot):
        return [_pivot_sheet(table, index, precision) for index in indices]
    return [_table_sheet(table, index, precision) for index in indices]


def _table_sheet(table: Table, index: int, precision: int | None) -> Sheet:
    selection = table.selections[index]
    unit = unit_of(selection.metric, precision)
    notes = _distinct_notes(table.rows)
    figures = ("mean", "sd", "95 % interval", "median", "min", "max")
    columns = [*label_columns(table.axes), *map(Column, COUNTS), *(Column(name, unit) for name in figures)]
    # No standard deviation has diverged: it may only be too large for a number.
    columns[columns.index(Column("sd", unit))] = Column("sd", replace(unit, infinite="inf"))
    rows: list[list[Value]] = [
        [*row.labels, *counts_of(row), *_figures(row, row.statistics[index])] for row in table.rows
    ]
    if notes:
        columns.append(Column("notes"))
        rows = [[*cells, _marks(row, notes)] for cells, row in zip(rows, table.rows, strict=True)]
    all_notes = (*_numbered(notes), *_stopping_notes(table))
    return Sheet(f"{table.title}: {selection.title}", tuple(columns), tuple(map(tuple, rows)), all_notes)


def _figures(row: Row, figures: Statistics) -> list[Value]:
    mean: Value = figures.mean
    # An empty mean needs a reason, where there is one.
    if mean is None and row.diverged and not row.done:
        mean = f"diverged {row.diverged}"
    return [mean, figures.sd, interval_of(figures), figures.median, figures.min, figures.max]


def interval_of(figures: Statistics) -> Interval | None:
    """Return the 95 % interval of the mean, None for fewer than two values."""
    if figures.ci_low is None or figures.ci_high is None:
        return None
    return Interval(figures.ci_low, figures.ci_high)


def _pivot_sheet(table: Pivot, index: int, precision: int | None) -> Sheet:
    selection = table.selections[index]
    notes = _distinct_notes(row for _label, cells in table.rows for row in cells if row)
    rows = tuple((label, *(_pivot_cell(row, index, notes) for row in cells)) for label, cells in table.rows)
    axis, *others = short_names([table.axis, *table.others])
    unit = unit_of(selection.metric, precision)
    columns = [Column(axis, align="left"), *(Column(", ".join(labels) or "mean", unit) for labels in table.columns)]
    across = f"{', '.join(others)} across; " if others else ""
    title = f"{table.title}: {selection.title}; {across}mean (done/runs)"
    return Sheet(title, tuple(columns), rows, (*_numbered(notes), *_stopping_notes(table)))


def _pivot_cell(row: Row | None, index: int, notes: Sequence[str]) -> Value:
    """Return a mean with how the runs behind it ended; nothing where the grid has no point."""
    if row is None:
        # The grid lacks this point, which is something else than a point without a value.
        return ""
    endings = [f"{row.done}/{row.runs}"]
    endings += [f"{name} {count}" for name, count in (("diverged", row.diverged), ("failed", row.failed)) if count]
    marks = _marks(row, notes)
    return Remarked(row.statistics[index].mean, f" ({', '.join(endings)}){f' [{marks}]' if marks else ''}")


def _distinct_notes(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for row in rows for note in row.notes))


def _marks(row: Row, notes: Sequence[str]) -> str:
    return ", ".join(str(notes.index(note) + 1) for note in row.notes)


def _numbered(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"[{number}] {note}" for number, note in enumerate(notes, start=1))


def _stopping_notes(table: Table | Pivot) -> tuple[str, ...]:
    return (stopping_text(table.stopping), allowance_text(table.stopping)) if table.stopping else ()


def _table_model(table: Table) -> JsonModel:
    rows = [_row_model(table, row) for row in table.rows]
    names = [selection.name for selection in table.selections]
    separations = dict(zip(names, map(_test_model, table.separations), strict=True))
    return {
        "comparison": table.comparison,
        "title": table.title,
        "axes": list(table.axes),
        "rows": rows,
        "separations": separations,
        "stopping": asdict(table.stopping) if table.stopping else None,
    }


def _test_model(separation: Separation) -> JsonModel:
    """Return how rows were told apart, and what the table as a whole says."""
    return {
        "test": separation.test,
        "seeds": separation.seeds,
        "best": separation.best,
        "baseline": separation.baseline,
        "pairs": separation.pairs,
        "separated": separation.separated,
        "detectable": separation.detectable,
        "obstacle": separation.obstacle,
    }


def _row_model(table: Table, row: Row) -> JsonModel:
    counts = dict(zip(COUNTS, counts_of(row), strict=True))
    metrics = {
        selection.name: {
            "n": statistics.n,
            **{figure: _figure(statistics, figure) for figure in FIGURES},
            **_separation_model(separation, row.key),
        }
        for selection, statistics, separation in zip(table.selections, row.statistics, table.separations, strict=True)
    }
    labels, notes = list(row.labels), list(row.notes)
    return {"labels": labels, **counts, "collapsed": row.collapsed, "metrics": metrics, "notes": notes}


def _figure(statistics: Statistics, figure: str) -> float | None:
    value: float | None = getattr(statistics, figure)
    # A median can be infinite, as of diverged runs; a spread only where it is too large for a number.
    too_large = value is not None and math.isinf(value) and figure in ("sd", "ci_low", "ci_high")
    return None if too_large else value
