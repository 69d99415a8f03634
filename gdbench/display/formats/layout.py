"""A sheet laid out within a width: which columns are shown, which are wrapped, and where a wide table is split."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gdbench.display.sheets.sheet import Column, Sheet, SheetText

# From this width on, a terminal shows the details too.
WIDE = 120
INDENT = GAP = "  "
# A word is folded only where nothing else helps, and to no less than this.
SHORTEST_FOLD = 8
# A number and its sign of percent, or the sign of a difference and its number, are one word.
_WORD = re.compile(r"(?:[±+<=-] (?=\d))?\S+(?: %(?![^\s,;.)]))?[,;.)]*")
_SPACED_WORD = re.compile(rf"(\s*)({_WORD.pattern})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell, or a line of it, padded to the width of its column."""

    text: str
    strong: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a sheet without its title, its notes, and the names of the columns that it had no room for."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Widths:
    """The width of a column on one line per cell, broken between words, and with long words folded as well."""

    natural: int
    wrapped: int
    folded: int


def lay_out(sheet: Sheet, width: int | None) -> Layout:
    """Lay a sheet out within a width, or without any bound.

    Columns are left out first, in the order of their rank; then the cells of words are wrapped; then a table is split
    into several below each other, each with the labels of the rows. Numbers stay whole.
    """
    text = sheet.text()
    shown = list(range(len(sheet.columns)))
    if width is None:
        return Layout(tuple(_lines(sheet, text, {index: _natural(text, index) for index in shown})), sheet.notes)
    shown = [index for index in shown if width >= WIDE or not sheet.columns[index].detail]
    widths = {index: _widths(sheet.columns[index], text, index) for index in shown}
    room = width - len(INDENT if sheet.title else "")
    while not _fits([widths[index].natural for index in shown], room):
        rank = max((sheet.columns[index].rank for index in shown), default=0)
        if not rank:
            break
        shown = [index for index in shown if sheet.columns[index].rank < rank]
    if sheet.narrower and not _fits([widths[index].natural for index in shown], room):
        return lay_out(sheet.narrower, width)
    left_out = tuple(text.header[index] for index in range(len(sheet.columns)) if index not in shown)
    panels = _panels(sheet.columns, {index: widths[index] for index in shown}, room)
    lines: list[Line] = []
    for panel in panels:
        lines += [()] if lines else []
        lines += _lines(sheet, text, {index: _tight(text, index, most) for index, most in panel.items()})
    return Layout(tuple(lines), sheet.notes, left_out)


def wrapped(text: str, width: int, *, fold: bool = False) -> list[str]:
    """Return a text in lines of at most `width` columns, broken between words; only `fold` breaks longer words."""
    lines, line = [], ""
    for space, word in _SPACED_WORD.findall(text):
        joined = f"{line}{space}{word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        lines += [line] if line else []
        *full, line = _folded(word, width) if fold else [word]
        lines += full
    return [*lines, line]


def _folded(word: str, width: int) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and cells(pieces[-1] + sign) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def cells(text: str) -> int:
    """Return how many columns of a screen a text takes: two for a Chinese character."""
    if text.isascii():
        return len(text)
    # Imported here: --help loads this module for the names of the formats.
    from rich.cells import cell_len

    return cell_len(text)


def _column(text: SheetText, index: int) -> Iterator[str]:
    yield text.header[index]
    yield from (row[index] for row in text.rows)


def _natural(text: SheetText, index: int) -> int:
    return max(map(cells, _column(text, index)))


def _tight(text: SheetText, index: int, most: int) -> int:
    """Return the width that the cells of a column take once they are wrapped."""
    return max(cells(line) for cell in _column(text, index) for line in _within(cell, most))


def _within(cell: str, width: int) -> list[str]:
    return [cell] if cells(cell) <= width else wrapped(cell, width, fold=True)


def _widths(column: Column, text: SheetText, index: int) -> _Widths:
    natural = _natural(text, index)
    # Words of a header stand below each other; of cells only where they are words and not numbers.
    parts = _WORD.findall(text.header[index])
    for row in text.rows:
        parts += _WORD.findall(row[index]) if column.align == "left" else [row[index]]
    wrapped_width = max(map(cells, parts), default=0)
    folded = min(wrapped_width, SHORTEST_FOLD) if column.align == "left" else wrapped_width
    return _Widths(natural, wrapped_width, folded)


def _fits(widths: Sequence[int], room: int) -> bool:
    return sum(widths) + len(GAP) * (len(widths) - 1) <= room


def _panels(columns: Sequence[Column], widths: dict[int, _Widths], room: int) -> list[dict[int, int]]:
    """Return the tables that a table is split into, usually one, each as the widths of its columns by their index."""
    whole = _squeezed(widths, room, fold=False)
    labels = [index for index in widths if columns[index].label]
    others = [index for index in widths if not columns[index].label]
    if whole or len(others) < 2:
        return [whole or _squeezed(widths, room, fold=True) or {i: widths[i].folded for i in widths}]
    # Room for the labels beside the widest other column, so that they look alike in all the tables.
    widest = max(others, key=lambda index: widths[index].wrapped)
    first = {index: widths[index] for index in (*labels, widest)}
    fitted = _squeezed(first, room, fold=False) or _squeezed(first, room, fold=True)
    fitted = fitted or {index: widths[index].folded for index in first}
    beside = {index: fitted[index] for index in labels}
    panels: list[dict[int, int]] = [dict(beside)]
    for index in others:
        own = min(widths[index].wrapped, fitted[widest])
        if len(panels[-1]) > len(labels) and not _fits([*panels[-1].values(), own], room):
            panels.append(dict(beside))
        panels[-1][index] = own
    return panels


def _squeezed(widths: dict[int, _Widths], room: int, *, fold: bool) -> dict[int, int]:
    """Return widths that fit, the widest columns made narrower first; empty if none do."""
    least = {index: width.folded if fold else width.wrapped for index, width in widths.items()}
    result = {index: width.natural for index, width in widths.items()}
    if not _fits([*least.values()], room):
        return {}
    while not _fits([*result.values()], room):
        widest = max((index for index in result if result[index] > least[index]), key=lambda index: result[index])
        result[widest] -= 1
    return result


def _lines(sheet: Sheet, text: SheetText, widths: dict[int, int]) -> Iterator[Line]:
    yield from _row(sheet, [text.header[index] for index in widths], widths, [False] * len(widths))
    for number, row in enumerate(text.rows):
        strong = [sheet.is_strong(number, index) for index in widths]
        yield from _row(sheet, [row[index] for index in widths], widths, strong)


def _row(sheet: Sheet, row: Sequence[str], widths: dict[int, int], strong: Sequence[bool]) -> Iterator[Line]:
    """Yield the lines of a row, as many as its longest cell takes."""
    texts = [_within(cell, width) for cell, width in zip(row, widths.values(), strict=True)]
    aligns = [sheet.columns[index].align for index in widths]
    indent = [Piece(INDENT)] if sheet.title else []
    for number in range(max(map(len, texts), default=0)):
        line = [*indent]
        for lines, width, align, is_strong in zip(texts, widths.values(), aligns, strong, strict=True):
            piece = lines[number] if number < len(lines) else ""
            padding = " " * (width - cells(piece))
            line += [Piece(piece + padding if align == "left" else padding + piece, is_strong), Piece(GAP, is_strong)]
        yield tuple(line[:-1])
