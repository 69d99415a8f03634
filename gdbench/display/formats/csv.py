"""Tables as CSV: fractions in full precision, one row a grid point."""

from pathlib import Path
from typing import Any

from gdbench.comparison.statistics import FIGURES
from gdbench.comparison.tables import COUNTS, Table
from gdbench.files import write_whole


def csv_text(table: Table) -> str:
    """Return the table as CSV; a figure that there is not is empty, a median of diverged runs `inf` or `-inf`.

    The last column, `notes`, is there only when a row has something to note, such as times that are mixed.
    """
    import pandas

    return str(pandas.DataFrame(_columns(table)).to_csv(index=False, lineterminator="\n"))


def write_csv(table: Table, folder: Path) -> Path:
    """Write `tables/<comparison>.csv` in a results folder, the old file replaced in one step, and return its path.

    Raises:
        SweepError: the file cannot be written.
    """
    return write_whole(folder / "tables" / f"{table.comparison}.csv", csv_text(table))


def _columns(table: Table) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        axis: [row.labels[index] for row in table.rows] for index, axis in enumerate(table.axes)
    }
    columns |= {count: [getattr(row, count) for row in table.rows] for count in COUNTS}
    for index, selection in enumerate(table.selections):
        for figure in FIGURES:
            columns[f"{selection.name}_{figure}"] = [getattr(row.statistics[index], figure) for row in table.rows]
    if any(row.notes for row in table.rows):
        columns["notes"] = ["; ".join(row.notes) for row in table.rows]
    return columns
