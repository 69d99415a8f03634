"""The formats in which tables are printed, by name."""

import sys
from collections.abc import Callable, Mapping, Sequence

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.tables import Table
from gdbench.display.formats import csv, json, markdown, terminal
from gdbench.errors import RequestError
from gdbench.text import suggestion

ONE_ROW_A_POINT: Mapping[str, Callable[[Sequence[Table]], str]] = {
    "csv": lambda tables: "\n".join(csv.csv_text(table) for table in tables),
    "json": json.json_text,
}
NAMES = ("terminal", "markdown", *ONE_ROW_A_POINT)


def print_tables(tables: Sequence[Table | Pivot], name: str, precision: int | None = None) -> None:
    """Print tables to stdout in the format of that name.

    Raises:
        RequestError: there is no such format, or it takes no pivoted tables.
    """
    if name == "terminal":
        terminal.print_tables(tables, sys.stdout, precision)
    elif name == "markdown":
        sys.stdout.write(markdown.markdown(tables, precision))
    elif name in ONE_ROW_A_POINT:
        straight = [table for table in tables if isinstance(table, Table)]
        if len(straight) < len(tables):
            raise RequestError(f"--by: for terminal and markdown; {name} has one row a grid point, with its counts")
        sys.stdout.write(ONE_ROW_A_POINT[name](straight))
    else:
        raise RequestError(f"--format: expected one of {', '.join(NAMES)}; got '{name}'{suggestion(name, NAMES)}")
