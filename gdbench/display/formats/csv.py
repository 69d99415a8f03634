"""Printouts as CSV: fractions in full precision, one row per grid point."""

import re
from typing import TextIO

from gdbench.display.sheets.printout import Printout
from gdbench.display.sheets.sheet import Sheet, Value
from gdbench.text import printable

# What begins a formula; East Asian spreadsheets take the wide forms as well. Tabs and line ends are spelled out anyway.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?( ?%)?")


def write(printout: Printout, stream: TextIO) -> None:
    """Write the flat sheets, a blank line between two."""
    stream.write("\n".join(map(csv_text, printout.flat())))


def csv_text(sheet: Sheet) -> str:
    """Return a flat sheet as CSV; a missing figure is empty, one worse than any number is `inf` or `-inf`."""
    # Imported here, since pandas takes longer to import than most commands to run.
    import pandas

    columns = {
        safe(column.name): [safe(row[index]) for row in sheet.rows] for index, column in enumerate(sheet.columns)
    }
    return str(pandas.DataFrame(columns).to_csv(index=False, lineterminator="\n"))


def safe(value: Value) -> Value:
    """Return a value that no spreadsheet runs as a formula and no terminal takes for a command."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    # Spreadsheets show what follows the apostrophe as it stands.
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
