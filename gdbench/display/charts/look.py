"""How a chart is dressed: fonts, sizes and ink, for a screen, a page, a paper or a slide."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair

from gdbench.display.charts.figure import WIDTH
from gdbench.text import printable, shortened

# Points in an inch: the unit of charts in files.
INCH = 72
# A plain sans serif that every system has, or a substitute of the same widths.
FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

MAX_TITLE = 300

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """The font size, the color of axes and text, and the width and height of the whole, in points or pixels.

    Without a width, plots stay as wide as they are; without a height, they are as high as their shape asks for.
    """

    font_size: float = 11
    ink: str = "#222222"
    width: int | None = None
    height: int | None = None

    def title(self, title: str, notes: Sequence[str]) -> altair.TitleParams:
        """Return a title with notes below it, in lines that are no wider than the chart."""
        # The mean width of a bold letter, and of a plain one, in sizes of the font.
        lines = self._lines(title, 0.58 * (self.font_size + 1))
        told = [line for note in notes for line in self._lines(note, 0.52 * self.font_size)]
        return altair.TitleParams(text=lines, subtitle=told) if told else altair.TitleParams(text=lines)

    def _lines(self, text: str, letter: float) -> list[str]:
        letters = (self.width or 2 * WIDTH) / letter
        return textwrap.wrap(shortened(printable(text), MAX_TITLE), max(20, int(letters))) or [""]

    def config(self) -> Config:
        """Return the Vega-Lite configuration."""
        size, ink = self.font_size, self.ink
        return {
            "font": FONT,
            "background": "transparent" if ink == "currentColor" else "white",
            "padding": 6,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": size,
                "titleFontSize": size,
                "titleFontWeight": "normal",
                "labelColor": ink,
                "titleColor": ink,
                "domainColor": ink,
                "tickColor": ink,
                "gridColor": ink,
                "gridOpacity": 0.12,
                "domainOpacity": 0.6,
                "tickOpacity": 0.6,
                "labelOverlap": True,
            },
            "legend": {"labelFontSize": size, "titleFontSize": size, "labelColor": ink, "titleColor": ink},
            "header": {"labelFontSize": size, "titleFontSize": size, "labelColor": ink, "titleColor": ink},
            "title": {"fontSize": size + 1, "color": ink, "anchor": "start", "fontWeight": "bold", "offset": 10}
            | {"subtitleFontSize": size, "subtitleColor": ink, "subtitlePadding": 4, "frame": "bounds"},
            "text": {"color": ink, "fontSize": size},
            "rule": {"color": ink},
            "tick": {"color": ink},
        }


SCREEN = Look()
PAGE = Look(font_size=12, ink="currentColor")
# One and two columns of a paper, and a slide of 10 inches, 16:9.
LOOKS: Mapping[str, Look] = {
    "single": Look(font_size=7.5, width=round(3.35 * INCH)),
    "double": Look(font_size=8.5, width=round(6.9 * INCH)),
    "slide": Look(font_size=16, width=10 * INCH, height=10 * INCH * 9 // 16),
}
