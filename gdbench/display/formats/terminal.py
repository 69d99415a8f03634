"""Printouts for people at a terminal, and plain text for a pipe."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from gdbench.display.formats.layout import INDENT, Line, cells, lay_out, wrapped
from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.shared_notes import ALL_TABLES, SharedNotes
from gdbench.display.sheets.sheet import Sheet
from gdbench.display.sheets.sparkline_signs import (
    BLOCKS,
    DIVERGED,
    NOTHING,
    PLAIN_BLOCKS,
    PLAIN_DIVERGED,
    PLAIN_NOTHING,
)
from gdbench.text import printable, printable_lines

if TYPE_CHECKING:
    from rich.console import Console

# What stands in for signs that an encoding may lack.
_PLAIN = str.maketrans(
    dict(zip(f"±{BLOCKS}{DIVERGED}{NOTHING}", ("+-", *PLAIN_BLOCKS, PLAIN_DIVERGED, PLAIN_NOTHING), strict=True))
)


def write(printout: Printout, stream: TextIO) -> None:
    """Write the sections; a stream that is no terminal gets every column, no control characters and no cut cells."""
    writer = _Writer(stream)
    blocks = _with_shared_notes([block for section in printout.sections() for block in _blocks(section)])
    for number, block in enumerate(blocks):
        if number:
            writer.line("")
        if isinstance(block, str):
            writer.paragraphs(block)
        else:
            writer.sheet(block)


def _blocks(section: Section) -> Iterator[Sheet | str]:
    yield from section.brief or section.blocks
    if section.summary:
        yield printable(section.summary)


def _with_shared_notes(blocks: Sequence[Sheet | str]) -> list[Sheet | str]:
    """Return the blocks with the notes that all tables of a kind have once, below the last table."""
    shared = SharedNotes.of([block for block in blocks if isinstance(block, Sheet)])
    if not shared.notes:
        return list(blocks)
    sheets = iter(shared.sheets)
    found = [next(sheets) if isinstance(block, Sheet) else block for block in blocks]
    last = max(place for place, block in enumerate(found) if isinstance(block, Sheet))
    return [*found[: last + 1], "\n".join((f"{ALL_TABLES}:", *shared.notes)), *found[last + 1 :]]


class _Writer:
    """Writes lines to a stream, within the width of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.console = _console(stream) if stream.isatty() else None
        self.width = self.console.width if self.console else None
        # Not every encoding has the signs.
        self.replaced = {sign: plain for sign, plain in _PLAIN.items() if not _can_write(stream, chr(sign))}

    def sheet(self, sheet: Sheet) -> None:
        """Write a sheet: title, rows, notes."""
        if sheet.title:
            for part in self._wrapped(printable(sheet.title)):
                self.line(part, strong=True)
        layout = lay_out(sheet, self.width)
        for line in layout.lines:
            self._cells(line)
        notes = list(layout.notes)
        if layout.left_out and self.width:
            notes.append(f"Left out at {self.width} columns: {', '.join(layout.left_out)}.")
        for note in notes:
            self.paragraphs(printable(note))

    def paragraphs(self, text: str) -> None:
        """Write lines of text, at a terminal wrapped between words."""
        for line in printable_lines(text).split("\n"):
            for part in self._wrapped(line):
                self.line(part)

    def line(self, text: str, *, strong: bool = False) -> None:
        """Write one line."""
        text = text.translate(self.replaced)
        if self.console and strong:
            self._print_rich([(text, "bold")])
        else:
            self.stream.write(f"{text}\n")

    def _cells(self, line: Line) -> None:
        text = "".join(cell.text for cell in line).rstrip()
        strong = [cell.strong for cell in line if cell.text.strip()]
        if self.console and any(strong) and not all(strong):
            self._print_rich([(cell.text, "bold" if cell.strong else "") for cell in line])
        else:
            self.line(text, strong=bool(strong) and all(strong))

    def _print_rich(self, pieces: list[tuple[str, str]]) -> None:
        from rich.text import Text

        assert self.console is not None
        # As Text, no label is read as markup; the lines are wrapped already.
        self.console.print(Text.assemble(*pieces), soft_wrap=True)

    def _wrapped(self, line: str) -> list[str]:
        """Return a line in parts that fit, those after the first indented a step further."""
        if self.width is None or cells(line) <= self.width:
            return [line]
        indent = line[: len(line) - len(line.lstrip())]
        first, *rest = wrapped(line, self.width - len(indent) - len(INDENT)) if line.strip() else [""]
        return [indent + first, *(indent + INDENT + part for part in rest)]


def _console(stream: TextIO) -> "Console":
    # Imported here: --help loads this module for the names of the formats.
    from rich.console import Console

    return Console(file=stream, highlight=False)


def _can_write(stream: TextIO, sign: str) -> bool:
    try:
        sign.encode(stream.encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
