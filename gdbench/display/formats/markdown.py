"""Printouts as GitHub Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.sheet import Sheet
from gdbench.text import printable

_MAIL = re.compile(r"([A-Za-z0-9.+_-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)")
# The signs that start markup, each only where it can: names such as test_accuracy and notes such as [1] stay readable.
_MARKUP = re.compile(
    r"""[\\|*`<~$]              # a pipe ends a cell
    | _(?<![A-Za-z0-9]_) | _(?![A-Za-z0-9])
    | !(?=\[) | \](?=[(\[:])  # of a link or image, or where the target of one is defined
    | &(?=\#?[A-Za-z0-9]+;)
    | (?<!\S)\#              # at either end of a heading
    | (?<=http):|(?<=https):|(?<=ftp):|(?<=mailto):|(?<=xmpp): | (?<=www)\.
    """,
    re.VERBOSE | re.IGNORECASE,
)


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
    heading = [f"### {escaped(text.title)}", ""] if text.title else []
    # A sheet without columns is a heading with notes.
    lines = [*heading, _line(map(escaped, text.header)), _line(rules)] if text.header else heading[:1]
    for number, row in enumerate(text.rows):
        cells = enumerate(map(escaped, row))
        lines.append(_line(_strong(cell) if sheet.is_strong(number, index) else cell for index, cell in cells))
    for note in text.notes:
        lines += ["", escaped(note)]
    return "\n".join(lines) + "\n"


def _blocks(section: Section) -> Iterator[str]:
    if section.title:
        yield f"# {escaped(section.title)}\n"
    if section.summary:
        yield f"## {escaped(section.summary)}\n"
    for block in section.blocks:
        yield sheet_text(block) if isinstance(block, Sheet) else f"{block}\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _strong(cell: str) -> str:
    return f"**{text}**" if (text := cell.strip()) else cell


def escaped(text: str) -> str:
    """Return a text that renders as it stands: no link, image, HTML, emphasis or formula comes of it."""
    # A renderer finds addresses of mail even behind escapes; as code they are left alone.
    parts = _MAIL.split(printable(text))
    return "".join(f"`{part}`" if index % 2 else _MARKUP.sub(r"\\\g<0>", part) for index, part in enumerate(parts))
