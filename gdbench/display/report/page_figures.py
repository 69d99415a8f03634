"""The charts of a report as its page names and arranges them."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair

from gdbench.display.charts.figure import Figure
from gdbench.display.report.page_parts import MAX_NOTE, brief

# Charts with labels or numbers in them that half a sheet of paper has no room for.
BROAD = ("heatmap", "multiverse", "trajectory", "recall", "confusion")

# Words at the right of a line, and how many letters of them have room in half of a sheet.
BESIDE, MOST_BESIDE = ("shown", "letters", "remark"), 15


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A chart of the page: its number among the embedded ones, and the axes that a reader can choose.

    `half` charts stand beside each other on paper.
    """

    number: int
    kind: str
    title: str
    text: str
    notes: tuple[str, ...]
    by: tuple[str, ...] = ()
    half: bool = False


def page_figures(figures: Sequence[Figure], number: int, comparison: str) -> tuple[PageFigure, ...]:
    """Return the charts of a comparison by its title; the first one has the number."""
    halves = _halves(figures)
    return tuple(
        _figure(figure, number + place, comparison, half=halves[place]) for place, figure in enumerate(figures)
    )


def _figure(figure: Figure, number: int, comparison: str, *, half: bool) -> PageFigure:
    notes = tuple(brief(note, MAX_NOTE) for note in figure.notes)
    # The comparison is named above.
    title = brief(figure.title.removeprefix(f"{comparison}: "))
    title = title[:1].upper() + title[1:]
    return PageFigure(number, figure.kind, title, brief(figure.text, 2 * MAX_NOTE), notes, _choices(figure), half)


def _halves(figures: Sequence[Figure]) -> list[bool]:
    """Return which charts stand beside another one on paper: two in a row that need no more than half of its width."""
    slim = [_is_slim(figure) for figure in figures]
    halves = [False] * len(figures)
    for place in range(1, len(figures)):
        if slim[place - 1] and slim[place] and not halves[place - 1]:
            halves[place - 1] = halves[place] = True
    return halves


def _is_slim(figure: Figure) -> bool:
    words = max((len(str(row.get(field) or "")) for row in figure.rows for field in BESIDE), default=0)
    return figure.kind not in BROAD and not isinstance(figure.chart, altair.FacetChart) and words <= MOST_BESIDE


def _choices(figure: Figure) -> tuple[str, ...]:
    """Return what the x axis of curves can be, where the runs know it."""
    if figure.kind != "curves":
        return ()
    return tuple(name for name in ("epoch", "update", "seconds") if any(row[name] is not None for row in figure.rows))
