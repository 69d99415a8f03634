"""Printouts as GitHub Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.sheet import Sheet
from gdbench.text import printable


def write(printout: Printout, stream: TextIO) -> None:
    """Write the sections as a page."""
    stream.write(page(printout.sections()))


def page(sections: Sequence[Section]) -> str:
    """Return sections as a page: titles and summaries as headings above their sheets."""
    return "\n".join(block for section in sections for block in _blocks(section))


def sheet_text(sheet: Sheet) -> str:
    """Return a sheet as a heading, where it has a title, a table and its notes."""
    text = sheet.text()
    rules = [":---" if column.align == "left" else "---:" for column in sheet.columns]
    heading = [f"### {_escaped(text.title)}", ""] if text.title else []
    lines = [*heading, _line(map(_escaped, text.header)), _line(rules)]
    lines += [_line(map(_escaped, row)) for row in text.rows]
    for note in text.notes:
        lines += ["", _escaped(note)]
    return "\n".join(lines) + "\n"


def _blocks(section: Section) -> Iterator[str]:
    if section.title:
        yield f"# {printable(section.title)}\n"
    if section.summary:
        yield f"## {printable(section.summary)}\n"
    for block in section.blocks:
        yield sheet_text(block) if isinstance(block, Sheet) else f"{block}\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    # A pipe would end the cell; the others would start markup.
    return re.sub(r"([\\|*`<])", r"\\\1", text)
