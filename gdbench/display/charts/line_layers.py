"""Curves of rows over one x axis: means with their bands or single runs, of many rows only the best in color."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import altair

from gdbench.display.charts.bands import LEAVING, Span, bands_hide, cut_bands, is_cut, numbers_by_split, opacity, spans
from gdbench.display.charts.ceilings import Ceilings, ceiling_note, cut
from gdbench.display.charts.encodings import (
    is_wide,
    log_ticks,
    number_scale,
    row_color,
    row_dash,
    value_tooltip,
    with_log_ticks,
)
from gdbench.display.charts.figure import WIDTH, Cell, ChartSource, Rows, number_of
from gdbench.text import counted

# More colors and dashes than these nobody keeps apart.
MOST_COLORED = 12
GRAY = "#8a8a8a"
# Single runs under their mean.
THIN, FAINT = 0.9, 0.55


@dataclass(frozen=True)
class Lines:
    """The lines of `drawn`, whose rows have a `row`, a `mean`, and a `low` and `high` where there is a band.

    `runs` are rows with a `seed` and a `value` for each point of a single run. Where there are `ceilings`, curves are
    drawn up to them, at a `height` of their own.
    """

    subject: ChartSource
    drawn: Rows
    x: altair.X
    title: str
    axis: altair.Axis
    log: bool | None = None
    runs: Rows = field(default_factory=list)
    ceilings: Ceilings = field(default_factory=dict)

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
        return row_color(self.subject.styles, self.keys, self._names, lines=True)

    @property
    def means(self) -> list[float]:
        """The numbers of all lines, as high as they are drawn."""
        return [mean for item in self._shown if isinstance(mean := item[self._field("mean")], int | float)]

    @property
    def is_log(self) -> bool:
        """Whether the y axis is logarithmic."""
        return is_wide(self.means) if self.log is None else self.log

    @cached_property
    def _spans(self) -> dict[Cell, Span]:
        return spans(self._shown, self._field("mean"), is_log=self.is_log)

    @cached_property
    def _shown(self) -> Rows:
        return list(cut(self.drawn, self.ceilings)) if self.ceilings else self.drawn

    @cached_property
    def _shown_runs(self) -> Rows:
        return list(cut(self.runs, self.ceilings)) if self.ceilings else self.runs

    def _field(self, name: str) -> str:
        """Return the field with the heights of lines."""
        return "height" if self.ceilings else name

    @property
    def _names(self) -> list[str]:
        """The names of the rows in color."""
        return [self.subject.names[key] for key in self.keys]

    @property
    def bands_hide(self) -> bool:
        """Whether the bands of the rows in color would hide the curves: single runs tell more then."""
        names = set(self._names)
        return bands_hide([item for item in self._shown if item["row"] in names], self._spans)

    @cached_property
    def marked(self) -> Rows:
        """The rows, each with whether it is in color, and where its band begins and ends."""
        names = set(self._names)
        ends = [{}] * len(self.drawn) if self.runs else cut_bands(self.drawn, self._spans)
        marked = [
            {**item, **ends_of_band, "colored": item["row"] in names}
            for item, ends_of_band in zip(self._shown, ends, strict=True)
        ]
        return [*marked, *({**item, "colored": True} for item in self._shown_runs if item["row"] in names)]

    def layers(self) -> list[altair.Chart]:
        """Return bands or single runs, and lines, without data, so that a facet hands on its part of them."""
        base = altair.Chart().properties(width=WIDTH, height=WIDTH * 3 // 4)
        curves = base.transform_filter(altair.FieldValidPredicate(field="mean", valid=True))
        chosen = curves.transform_filter(altair.FieldEqualPredicate(field="colored", equal=True))
        y = self._y(self._field("mean"))
        pointer = [altair.Tooltip("row:N"), altair.Tooltip(self.x.shorthand)]
        pointer += value_tooltip(self.subject.metric, "mean", "low", "high")
        dash = row_dash(self.subject.styles, self.keys, self._names)
        line = chosen.mark_line(strokeWidth=2).encode(x=self.x, y=y, color=self.color, strokeDash=dash, tooltip=pointer)
        others = curves.transform_filter(altair.FieldEqualPredicate(field="colored", equal=False)).mark_line(
            strokeWidth=1, color=GRAY, opacity=0.45
        )
        gray = others.encode(x=self.x, y=y, detail="row:N", tooltip=pointer)
        below = [self._runs(base)] if self.runs else self._bands(chosen)
        return [*([gray] if self._left_out() else []), *below, line]

    def _bands(self, chosen: altair.Chart) -> list[altair.Chart]:
        # A single run has no band, and Vega warns of a mark without any.
        if not any(item["colored"] and item.get("bottom") is not None for item in self.marked):
            return []
        known = chosen.transform_filter(altair.FieldValidPredicate(field="bottom", valid=True))
        band: altair.Chart = known.mark_area(opacity=opacity(len(self.keys)), clip=True).encode(
            x=self.x, y=self._y("bottom"), y2="top:Q", color=self.color
        )
        return [band]

    def _runs(self, base: altair.Chart) -> altair.Chart:
        known = base.transform_filter(altair.FieldValidPredicate(field="value", valid=True))
        told = [altair.Tooltip("row:N"), altair.Tooltip("seed:Q"), altair.Tooltip(self.x.shorthand)]
        told += value_tooltip(self.subject.metric, "value")
        thin: altair.Chart = known.mark_line(strokeWidth=THIN, opacity=FAINT, clip=True).encode(
            x=self.x, y=self._y(self._field("value")), color=self.color, detail="seed:N", tooltip=told
        )
        return thin

    def _y(self, field: str) -> altair.Y:
        scale, axis = number_scale(self.means, log=self.log), self.axis
        if scale.type == "log":
            axis = with_log_ticks(axis, self._log_ticks())
        return altair.Y(f"{field}:Q", title=self.title, scale=scale, axis=axis)

    def _log_ticks(self) -> list[float]:
        """Return round ticks for the numbers of each split, since each may have an axis of its own."""
        fields = {self._field("mean"), self._field("value")}
        numbers = numbers_by_split([*self._shown, *self._shown_runs], *fields)
        return sorted({tick for found in numbers.values() for tick in log_ticks(found)})

    def _left_out(self) -> int:
        return len({item["row"] for item in self.drawn}) - len(self.keys)

    def notes(self) -> Iterator[str]:
        """Yield what a band is, and which of many rows have a color."""
        runs = sorted({int(number_of(item["runs"])) for item in self.drawn if item["runs"] is not None})
        if runs and runs[-1] > 1:
            some = f"{runs[0]} to {runs[-1]}" if runs[0] < runs[-1] else f"{runs[-1]}"
            if self.runs:
                yield f"Thick lines are means of {some} runs, thin ones the runs: 95 % bands would hide the lines."
            else:
                edge = LEAVING if any(item["colored"] and is_cut(item) for item in self.marked) else ""
                yield f"Lines are means of {some} runs, bands their 95 % intervals{edge}."
        yield from ceiling_note(self.ceilings)
        if left_out := self._left_out():
            rows = counted(left_out + len(self.keys), "row")
            yield f"Of {rows} the {len(self.keys)} that end best have colors; the others are gray."
