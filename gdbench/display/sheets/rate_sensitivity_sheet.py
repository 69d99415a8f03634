"""How much each tuned row depends on the number that it tunes."""

from collections.abc import Iterator

from gdbench.comparison.names import short_names
from gdbench.comparison.rate_sensitivity import DISTANCE, FACTORS, Sensitivity
from gdbench.comparison.tables import Table
from gdbench.comparison.tuned_rows_table import TableTuning
from gdbench.display.sheets.sheet import Column, Remarked, Sheet, Unit, Value
from gdbench.text import counted

_DECADES = Unit(decimals=1)
_LOST = Unit(decimals=2, percent=True, infinite="diverged")


def rate_sensitivity_sheet(table: Table, tuning: TableTuning) -> Sheet | None:
    """Return a row for each row that tunes one positive number; None where there is none."""
    found = [(row, tuning.rows[row.key].sensitivity) for row in table.rows]
    rows = tuple((*row.labels, *_cells(known)) for row, known in found if known is not None)
    if not rows:
        return None
    columns = (
        *(Column(name, align="left", label=True) for name in short_names(table.axes)),
        Column("decades within 1 point", _DECADES),
        *(Column(f"lost within x {factor}", _LOST) for factor in FACTORS),
    )
    points = f"{100 * DISTANCE:g} point"
    notes = (
        f"decades of {short_names(tuning.paths)[0]} with a validation accuracy within {points} of the row's best, of "
        "those tried; between two settings accuracies are interpolated",
        "lost within x 3: the most accuracy lost by a value up to three times too small or too large, within what was "
        "tried",
        *_after_first_rung(tuning),
    )
    return Sheet(f"{table.title}: sensitivity to {short_names(tuning.paths)[0]}", columns, rows, notes, kind="rates")


def _cells(known: Sensitivity) -> tuple[Value, ...]:
    return (Remarked(known.within, f" of {known.decades:.1f}"), *known.lost)


def _after_first_rung(tuning: TableTuning) -> Iterator[str]:
    """Say what halved trials are compared by, since the chosen value need not be the best one there."""
    first, *longer = tuning.tuning.epochs
    if longer and first is not None:
        yield f"accuracies are those after {counted(first, 'epoch')}, the longest that all values were trained"
