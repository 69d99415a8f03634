"""The formats of `--format`, by name: each renders any printout, and a new one is a file and a line here."""

import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from gdbench.comparison.names import one_of
from gdbench.display.formats import csv, json, latex, markdown, terminal
from gdbench.display.sheets.printout import Printout

FORMATS: Mapping[str, Callable[[Printout, TextIO], None]] = {
    "terminal": terminal.write,
    "markdown": markdown.write,
    "latex": latex.write,
    "csv": csv.write,
    "json": json.write,
}
# The help text of every --format.
*_most, _last = FORMATS
HELP = f"{', '.join(_most)} or {_last}."


def check_format(name: str) -> str:
    """Return the name of a format.

    Raises:
        RequestError: no format has the name.
    """
    return one_of("--format", name, FORMATS)


def print_as(name: str, printout: Printout) -> None:
    """Print to stdout in the format of that name.

    Raises:
        RequestError: no format has the name, or the printout has no such form.
    """
    FORMATS[check_format(name)](printout, sys.stdout)
