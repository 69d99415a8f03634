"""How much of a sheet fits the width of a page: columns are left out, then the lines of long words broken."""

from collections.abc import Sequence
from dataclasses import dataclass

from gdbench.display.sheets.sheet import Sheet

# In points, of the class article: its lines, an average character, the space between two columns. In small print both
# are smaller.
LINE, CHARACTER, GAP = 345.0, 5.0, 12.0
SMALL_CHARACTER, SMALL_GAP = 4.25, 6.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The part of a sheet that fits, the names of the columns left out, and the widths of those whose lines break."""

    sheet: Sheet
    shown: tuple[int, ...]
    left_out: tuple[str, ...] = ()
    is_small: bool = False
    broken: tuple[tuple[int, float], ...] = ()


def fitted(sheet: Sheet) -> Fit:
    """Return the part of a sheet that fits a line, which may still be too wide where nothing can be left out."""
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
        return Fit(sheet, tuple(shown), left_out)
    if sheet.narrower:
        return fitted(sheet.narrower)
    return Fit(sheet, tuple(shown), left_out, is_small=True, broken=_broken(sheet, shown, lengths))


def _lengths(sheet: Sheet) -> list[int]:
    text = sheet.text()
    return [max(map(len, cells)) for cells in zip(text.header, *text.rows, strict=True)]


def _fits(lengths: Sequence[int]) -> bool:
    return sum(lengths) * CHARACTER + len(lengths) * GAP <= LINE


def _broken(sheet: Sheet, shown: Sequence[int], lengths: Sequence[int]) -> tuple[tuple[int, float], ...]:
    """Return widths in points for columns of words, the widest made narrower until all columns fit in small print."""
    text = sheet.text()
    widths = {index: lengths[index] * SMALL_CHARACTER for index in shown}
    words = {
        index: [word for cells in (text.header, *text.rows) for word in cells[index].split()]
        for index in shown
        if sheet.columns[index].align == "left"
    }
    least = {index: max(map(len, words[index]), default=0) * SMALL_CHARACTER for index in words}
    excess = sum(widths.values()) + len(shown) * SMALL_GAP - LINE
    broken: dict[int, float] = {}
    while excess > 0 and (wide := [index for index in words if widths[index] > least[index]]):
        widest = max(wide, key=lambda index: widths[index])
        cut = min(excess, SMALL_CHARACTER)
        widths[widest] -= cut
        excess -= cut
        broken[widest] = widths[widest]
    return tuple(sorted(broken.items()))
