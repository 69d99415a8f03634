"""Tables for people at a terminal, and plain ones for a pipe."""

from collections.abc import Sequence
from typing import TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.tables import Table
from gdbench.display.text_table import TextTable, text_tables

# rich takes 1.5 ms a row: seconds for the thousands of rows of a large sweep.
MOST_RICH_ROWS = 500


def print_tables(tables: Sequence[Table | Pivot], stream: TextIO, precision: int | None = None) -> None:
    """Print each metric of each table."""
    print_text_tables(text_tables(tables, precision), stream)


def print_text_tables(tables: Sequence[TextTable], stream: TextIO) -> None:
    """Print tables of text; a stream that is no terminal gets neither control characters nor cut cells."""
    for number, table in enumerate(tables):
        if number:
            stream.write("\n")
        if stream.isatty() and len(table.rows) <= MOST_RICH_ROWS:
            _print_rich(table, Console(file=stream, highlight=False))
        else:
            stream.write(_plain(table))


def _print_rich(table: TextTable, console: Console) -> None:
    rich_table = RichTable(box=box.SIMPLE_HEAD, show_edge=False)
    for index, name in enumerate(table.header):
        # Fold, never cut: a narrow terminal shows a long cell on two lines.
        rich_table.add_column(Text(name), justify="left" if index < table.label_columns else "right", overflow="fold")
    for row in table.rows:
        rich_table.add_row(*(Text(cell) for cell in row))
    title = [Text(table.title, style="bold")] if table.title else []
    console.print(*title, rich_table, *map(Text, table.notes), sep="\n")


def _plain(table: TextTable) -> str:
    columns = zip(table.header, *table.rows, strict=True)
    widths = [max(map(cell_len, column)) for column in columns]
    rule = ["-" * width for width in widths]
    lines = [_line(cells, widths, table.label_columns) for cells in (table.header, rule, *table.rows)]
    title = [table.title] if table.title else []
    return "\n".join([*title, *lines, *table.notes]) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int], label_columns: int) -> str:
    # Widths are those on the screen: a Chinese sign takes two columns.
    gaps = [" " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    padded = [
        cell + gap if index < label_columns else gap + cell
        for index, (cell, gap) in enumerate(zip(cells, gaps, strict=True))
    ]
    return "  ".join(padded).rstrip()
