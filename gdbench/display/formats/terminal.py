"""Printouts for people at a terminal, and plain text for a pipe."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.sheet import Column, Sheet, SheetText
from gdbench.text import printable, printable_lines

# rich takes 1.5 ms a row: seconds for the thousands of rows of a large sweep.
MAX_RICH_ROWS = 500


def write(printout: Printout, stream: TextIO) -> None:
    """Write the sections; a stream that is no terminal gets neither control characters nor cut cells."""
    blocks = (block for section in printout.sections() for block in _blocks(section))
    for number, block in enumerate(blocks):
        if number:
            stream.write("\n")
        if isinstance(block, str):
            stream.write(f"{printable_lines(block)}\n")
        elif stream.isatty() and len(block.rows) <= MAX_RICH_ROWS and not block.compact:
            _write_rich(block, stream)
        else:
            stream.write(plain_text(block))


def _blocks(section: Section) -> Iterator[Sheet | str]:
    yield from section.blocks
    if section.summary:
        yield printable(section.summary)


def _write_rich(sheet: Sheet, stream: TextIO) -> None:
    # Imported here: --help loads this module for the names of the formats.
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    text = sheet.text()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name, column in zip(text.header, sheet.columns, strict=True):
        # Fold, never cut: a narrow terminal shows a long cell on two lines.
        table.add_column(Text(name), justify=column.align, overflow="fold")
    for row in text.rows:
        # As Text, no label is read as markup.
        table.add_row(*map(Text, row))
    title = [Text(text.title, style="bold")] if text.title else []
    Console(file=stream, highlight=False).print(*title, table, *map(Text, text.notes), sep="\n")


def plain_text(sheet: Sheet) -> str:
    """Return a sheet as aligned columns."""
    text = sheet.text()
    title = [text.title] if text.title else []
    # Part of a text: no rule, and indented if there is something to be indented under.
    indent = "  " if sheet.compact and title else ""
    lines = (indent + line for line in _aligned(text, sheet.columns, ruled=not sheet.compact))
    return "\n".join([*title, *lines, *text.notes]) + "\n"


def _aligned(text: SheetText, columns: Sequence[Column], *, ruled: bool) -> Iterator[str]:
    from rich.cells import cell_len

    # Widths are those on the screen: a Chinese character takes two columns.
    widths = [max(map(cell_len, cells)) for cells in zip(text.header, *text.rows, strict=True)]
    rules = [tuple("-" * width for width in widths)] if ruled else []
    for row in (text.header, *rules, *text.rows):
        cells = (
            cell + " " * (width - cell_len(cell)) if column.align == "left" else " " * (width - cell_len(cell)) + cell
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        yield "  ".join(cells).rstrip()
