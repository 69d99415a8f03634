"""Printouts as HTML, for notebooks: all text is escaped, and the page around it brings the style."""

from collections.abc import Iterator, Sequence
from html import escape

from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.sheet import Sheet
from gdbench.text import printable, printable_lines


def page(sections: Sequence[Section]) -> str:
    """Return sections one below the other: titles and sentences as paragraphs around their tables."""
    blocks = "".join(f"{block}\n" for section in sections for block in _blocks(section))
    return f"<div>\n{blocks}</div>"


def _blocks(section: Section) -> Iterator[str]:
    if section.title:
        yield f"<p><strong>{escaped(section.title)}</strong></p>"
    for block in section.blocks:
        yield sheet_html(block) if isinstance(block, Sheet) else f"<pre>{escape(printable_lines(block))}</pre>"
    if section.summary:
        yield f"<p><strong>{escaped(section.summary)}</strong></p>"


def sheet_html(sheet: Sheet) -> str:
    """Return a sheet as a heading, a table and its notes."""
    text = sheet.text()
    align = [column.align for column in sheet.columns]
    title = [f"<p><strong>{escape(text.title)}</strong></p>"] if text.title else []
    head = f"<thead>{_row('th', text.header, align)}</thead>"
    body = "".join(
        _row("td", row, align, [sheet.is_strong(number, index) for index in range(len(row))]) + "\n"
        for number, row in enumerate(text.rows)
    )
    # A sheet without columns is a heading with notes.
    table = [f"<table>\n{head}\n<tbody>\n{body}</tbody>\n</table>"] if text.header else []
    return "\n".join([*title, *table, *(f"<p>{escape(note)}</p>" for note in text.notes)])


def escaped(text: str) -> str:
    """Return a text that shows as it stands, on one line."""
    return escape(printable(text))


def _row(tag: str, cells: Sequence[str], align: Sequence[str], strong: Sequence[bool] = ()) -> str:
    styled = (
        f'<{tag} style="text-align: {side}">{_strong(escape(cell)) if is_strong else escape(cell)}</{tag}>'
        for cell, side, is_strong in zip(cells, align, strong or [False] * len(cells), strict=True)
    )
    return f"<tr>{''.join(styled)}</tr>"


def _strong(text: str) -> str:
    return f"<strong>{text}</strong>" if text else ""
