"""How a sheet fits the width of a page: columns left out, small print, lines of words broken, a table split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdbench.display.sheets.sheet import Sheet

# In points, of the class article: its lines, an average character, the space between two columns. In small print both
# are smaller.
LINE, CHARACTER, GAP = 345.0, 5.0, 12.0
SMALL_CHARACTER, SMALL_GAP = 4.25, 6.0


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
    """Return how a sheet fits a line: columns are left out first, by their rank; then the print is small."""
    lengths = _lengths(sheet)
    kept = [index for index, column in enumerate(sheet.columns) if not column.detail]
    shown = kept
    while not _fits([lengths[index] for index in shown]):
        rank = max((sheet.columns[index].rank for index in shown), default=0)
        if not rank:
            break
        shown = [index for index in shown if sheet.columns[index].rank < rank]
    left_out = tuple(sheet.columns[index].name for index in kept if index not in shown)
    if _fits([lengths[index] for index in shown]):
        return Fit(sheet, (tuple(shown),), left_out)
    if sheet.narrower:
        return fitted(sheet.narrower)
    widths = {index: lengths[index] * SMALL_CHARACTER for index in shown}
    broken = _broken(sheet, widths)
    return Fit(sheet, _panels(sheet, widths | broken), left_out, is_small=True, broken=broken)


def _lengths(sheet: Sheet) -> list[int]:
    text = sheet.text()
    lengths = []
    for name, column, cells in zip(text.header, sheet.columns, zip(*text.rows, strict=True), strict=False):
        # A sign of percent stands in the header alone.
        bare = [cell.replace(" %", "") for cell in cells] if column.align == "right" else list(cells)
        header = len(name.rstrip()) + (len(" (%)") if bare != list(cells) else 0)
        lengths.append(max([header, *map(len, bare)]))
    return lengths or [len(name) for name in text.header]


def _fits(lengths: Sequence[int]) -> bool:
    return sum(lengths) * CHARACTER + len(lengths) * GAP <= LINE


def _broken(sheet: Sheet, widths: Mapping[int, float]) -> dict[int, float]:
    """Return widths of columns of words, the widest made narrower until all fit or each is as wide as its words."""
    text = sheet.text()
    least = {
        index: max(len(word) for cells in (text.header, *text.rows) for word in ["", *cells[index].split()])
        * SMALL_CHARACTER
        for index in widths
        if sheet.columns[index].align == "left"
    }
    excess = sum(widths.values()) + len(widths) * SMALL_GAP - LINE
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
