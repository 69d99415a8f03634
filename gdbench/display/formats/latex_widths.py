"""How a sheet fits the width of a page: columns left out, small print, lines of words broken, a table split."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gdbench.display.sheets.sheet import Letters, Sheet

# In points, of the class article: its lines, an average character, the space between two columns. In small print both
# are smaller.
LINE, CHARACTER, GAP = 345.0, 5.0, 12.0
SMALL_CHARACTER, SMALL_GAP = 4.25, 6.0
# More characters of one row, the numbers of groups beyond the alphabet, are set in several lines.
MOST_LETTERS = 24
_POWER = re.compile(r"(?<=[0-9])e(?=[-+][0-9])")


@dataclass(frozen=True, slots=True)
class Fit:
    """What of a sheet is shown: the columns of one table, or of several below each other.

    `left_out` are the names of the columns without room, `broken` the widths in points of those whose lines break.
    """

    sheet: Sheet
    panels: tuple[tuple[int, ...], ...]
    left_out: tuple[str, ...] = ()
    is_small: bool = False
    broken: Mapping[int, float] = field(default_factory=dict)


def fitted(sheet: Sheet) -> Fit:
    """Return how a sheet fits a line: in small print where it must, then without the columns of the highest ranks."""
    lengths = _lengths(sheet)
    kept = [index for index, column in enumerate(sheet.columns) if not column.detail]
    if sum(lengths[index] * CHARACTER + GAP for index in kept) <= LINE:
        return Fit(sheet, (tuple(kept),))
    widths = {index: lengths[index] * SMALL_CHARACTER for index in kept}
    while not _fits(widths) and (rank := max((sheet.columns[index].rank for index in widths), default=0)):
        widths = {index: width for index, width in widths.items() if sheet.columns[index].rank < rank}
    if sheet.narrower and not _fits(widths):
        return fitted(sheet.narrower)
    left_out = tuple(sheet.columns[index].name for index in kept if index not in widths)
    broken = _broken(sheet, widths)
    return Fit(sheet, _panels(sheet, widths | broken), left_out, is_small=True, broken=broken)


def _lengths(sheet: Sheet) -> list[int]:
    text = sheet.text()
    lengths = []
    for name, column, cells in zip(text.header, sheet.columns, zip(*text.rows, strict=True), strict=False):
        # A sign of percent stands in the header alone, and a power of ten is written out.
        is_right = column.align == "right"
        bare = [_POWER.sub("x 10", cell.replace(" %", "")) for cell in cells] if is_right else list(cells)
        header = len(name.rstrip()) + (len(" (%)") if is_right and any(" %" in cell for cell in cells) else 0)
        lengths.append(max([header, *map(len, bare)]))
    for index in range(len(lengths)):
        if any(isinstance(row[index], Letters) for row in sheet.rows):
            lengths[index] = min(lengths[index], MOST_LETTERS)
    return lengths or [len(name) for name in text.header]


def _excess(widths: Mapping[int, float]) -> float:
    """Return by how much columns in small print are wider than a line."""
    return sum(widths.values()) + len(widths) * SMALL_GAP - LINE


def _fits(widths: Mapping[int, float]) -> bool:
    return _excess(widths) <= 0


def _broken(sheet: Sheet, widths: Mapping[int, float]) -> dict[int, float]:
    """Return widths of columns of words, the widest made narrower until all fit or each is as wide as its words."""
    text = sheet.text()
    least = {
        index: max(len(word) for cells in (text.header, *text.rows) for word in ["", *cells[index].split()])
        * SMALL_CHARACTER
        for index in widths
        if sheet.columns[index].align == "left"
    }
    excess = _excess(widths)
    broken: dict[int, float] = {}
    while excess > 0 and (wide := [index for index in least if broken.get(index, widths[index]) > least[index]]):
        widest = max(wide, key=lambda index: broken.get(index, widths[index]))
        broken[widest] = broken.get(widest, widths[widest]) - min(excess, SMALL_CHARACTER)
        excess -= SMALL_CHARACTER
    return broken


def _panels(sheet: Sheet, widths: Mapping[int, float]) -> tuple[tuple[int, ...], ...]:
    """Return the columns of each table that fits a line; the labels of the rows are repeated in all."""
    labels = [index for index in widths if sheet.columns[index].label]
    taken = sum(widths[index] + SMALL_GAP for index in labels)
    panels, room = [list(labels)], LINE - taken
    for index in widths:
        if index in labels:
            continue
        if len(panels[-1]) > len(labels) and widths[index] + SMALL_GAP > room:
            panels.append(list(labels))
            room = LINE - taken
        panels[-1].append(index)
        room -= widths[index] + SMALL_GAP
    return tuple(tuple(sorted(panel)) for panel in panels)
