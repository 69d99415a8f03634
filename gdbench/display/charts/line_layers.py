"""Curves of rows over one x axis: means with their bands, of many rows only the best in color."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import altair

from gdbench.display.charts.encodings import BAND, is_wide, log_ticks, number_scale, row_color, row_dash, value_tooltip
from gdbench.display.charts.figure import WIDTH, ChartSource, Rows, number_of
from gdbench.text import counted

# More colors and dashes than these nobody keeps apart.
MOST_COLORED = 12
GRAY = "#8a8a8a"


@dataclass(frozen=True)
class Lines:
    """The lines of `drawn`, whose rows have a `row`, a `mean`, and a `low` and `high` where there is a band."""

    subject: ChartSource
    drawn: Rows
    x: altair.X
    title: str
    axis: altair.Axis
    log: bool | None = None

    @property
    def keys(self) -> list[str]:
        """The rows in color, in the order of the file: all of them, or those that end best."""
        # The last panel is that of the test images.
        ends = {item["row"]: item["mean"] for item in self.drawn if item["mean"] is not None}
        seen = {item["row"] for item in self.drawn}
        keys = [point.key for point in self.subject.comparison.points if self.subject.names[point.key] in seen]
        if len(keys) <= MOST_COLORED:
            return keys
        sign = -1 if self.subject.metric.higher_is_better else 1
        names = self.subject.names
        ranked = sorted(keys, key=lambda key: sign * number_of(ends[names[key]]) if names[key] in ends else math.inf)
        best = set(ranked[:MOST_COLORED])
        return [key for key in keys if key in best]

    @property
    def color(self) -> altair.Color:
        """The colors of these rows."""
        names = [self.subject.names[key] for key in self.keys]
        return row_color(self.subject.styles, self.keys, names, lines=True)

    @property
    def means(self) -> list[float]:
        """The numbers of all lines."""
        return [mean for item in self.drawn if isinstance(mean := item["mean"], int | float)]

    @property
    def is_log(self) -> bool:
        """Whether the y axis is logarithmic."""
        return is_wide(self.means) if self.log is None else self.log

    def marked(self) -> Rows:
        """Return the rows, each with whether it is in color."""
        names = {self.subject.names[key] for key in self.keys}
        return [{**item, "colored": item["row"] in names} for item in self.drawn]

    def layers(self) -> list[altair.Chart]:
        """Return bands and lines without data, so that a facet hands on its part of them."""
        base = altair.Chart().properties(width=WIDTH, height=WIDTH * 3 // 4)
        curves = base.transform_filter(altair.FieldValidPredicate(field="mean", valid=True))
        names = [self.subject.names[key] for key in self.keys]
        chosen = curves.transform_filter(altair.FieldEqualPredicate(field="colored", equal=True))
        y = self._y("mean")
        pointer = [altair.Tooltip("row:N"), altair.Tooltip(self.x.shorthand)]
        pointer += value_tooltip(self.subject.metric, "mean", "low", "high")
        dash = row_dash(self.subject.styles, self.keys, names)
        line = chosen.mark_line(strokeWidth=2).encode(x=self.x, y=y, color=self.color, strokeDash=dash, tooltip=pointer)
        others = curves.transform_filter(altair.FieldEqualPredicate(field="colored", equal=False)).mark_line(
            strokeWidth=1, color=GRAY, opacity=0.45
        )
        gray = others.encode(x=self.x, y=y, detail="row:N", tooltip=pointer)
        # A logarithmic axis has no place for zero and below, where the band of a mean near zero may reach.
        floor = min(self.means) / 2 if min(self.means) > 0 else min(self.means) - 1
        known = chosen.transform_filter(altair.FieldValidPredicate(field="low", valid=True))
        band = known.transform_calculate(floored=f"max(datum.low, {floor!r})").mark_area(opacity=BAND, clip=True)
        band = band.encode(x=self.x, y=self._y("floored"), y2="high:Q", color=self.color)
        return [gray, band, line] if self._left_out() else [band, line]

    def _y(self, field: str) -> altair.Y:
        scale, axis = number_scale(self.means, log=self.log), self.axis.copy()
        if scale.type == "log":
            axis.values = self._log_ticks()
        return altair.Y(f"{field}:Q", title=self.title, scale=scale, axis=axis)

    def _log_ticks(self) -> list[float]:
        """Return round ticks for the numbers of each split, since each may have an axis of its own."""
        means: dict[object, list[float]] = {}
        for item in self.drawn:
            if isinstance(mean := item["mean"], int | float):
                means.setdefault(item.get("split"), []).append(mean)
        return sorted({tick for found in means.values() for tick in log_ticks(found)})

    def _left_out(self) -> int:
        return len({item["row"] for item in self.drawn}) - len(self.keys)

    def notes(self) -> Iterator[str]:
        """Yield what a band is, and which of many rows have a color."""
        runs = sorted({int(number_of(item["runs"])) for item in self.drawn if item["runs"] is not None})
        if runs and runs[-1] > 1:
            some = f"{runs[0]} to {runs[-1]}" if runs[0] < runs[-1] else f"{runs[-1]}"
            yield f"Lines are means of {some} runs, bands their 95 % intervals."
        if left_out := self._left_out():
            rows = counted(left_out + len(self.keys), "row")
            yield f"Of {rows} the {len(self.keys)} that end best have colors; the others are gray."
