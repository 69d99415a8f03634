"""Printouts as CSV: fractions in full precision, one row per grid point."""

from typing import TextIO

from gdbench.display.sheets.printout import Printout
from gdbench.display.sheets.sheet import Sheet


def write(printout: Printout, stream: TextIO) -> None:
    """Write the flat sheets, a blank line between two."""
    stream.write("\n".join(map(csv_text, printout.flat())))


def csv_text(sheet: Sheet) -> str:
    """Return a flat sheet as CSV; a missing figure is empty, one worse than any number is `inf` or `-inf`."""
    # Imported here, since pandas takes longer to import than most commands to run.
    import pandas

    columns = {column.name: [row[index] for row in sheet.rows] for index, column in enumerate(sheet.columns)}
    return str(pandas.DataFrame(columns).to_csv(index=False, lineterminator="\n"))
