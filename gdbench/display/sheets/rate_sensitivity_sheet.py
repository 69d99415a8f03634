"""How much each tuned row depends on the number that it tunes."""

from gdbench.comparison.names import short_names
from gdbench.comparison.rate_sensitivity import DISTANCE, FACTORS, Sensitivity
from gdbench.comparison.tables import Table
from gdbench.comparison.tuned_rows_table import TableTuning
from gdbench.display.sheets.sheet import Column, Remarked, Sheet, Unit, Value

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
        "lost within x 3: the most accuracy lost by a value up to three times too small or too large",
    )
    return Sheet(f"{table.title}: sensitivity to {short_names(tuning.paths)[0]}", columns, rows, notes)


def _cells(known: Sensitivity) -> tuple[Value, ...]:
    return (Remarked(known.within, f" of {known.decades:.1f}"), *known.lost)
