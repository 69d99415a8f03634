"""Published beside measured: figures of a source with their tolerances, our means with intervals, and verdicts."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import altair

from gdbench.comparison.judgment.cells import Cell as JudgedCell
from gdbench.comparison.judgment.verdicts import JudgedBlock, Verdict, judge
from gdbench.comparison.selection import Selection
from gdbench.display.charts.encodings import (
    layered,
    log_ticks,
    metric_title,
    number_axis,
    number_scale,
    row_axis,
    value_axis,
    value_tooltip,
    with_log_ticks,
)
from gdbench.display.charts.figure import WIDTH, Cell, ChartSource, Figure, Rows, count, data_of
from gdbench.display.charts.row_styles import COLORS, chart_names
from gdbench.display.charts.strip_chart import ROW
from gdbench.display.sheets.headings import moment_words
from gdbench.display.sheets.sheet import Unit
from gdbench.display.sheets.units import RATIO, unit_of
from gdbench.errors import RequestError
from gdbench.experiment.experiment import row_key
from gdbench.experiment.moment import moment_text
from gdbench.metrics import METRICS, Metric

# The two sides in the legend, with their colors; they have shapes of their own too.
PARTS = {"published, with its tolerance": COLORS[0], "measured, with its 95 % interval": COLORS[1]}
MOST_TOLD = 8


def published_figures(subject: ChartSource) -> list[Figure]:
    """Return a chart for each published block of a comparison that has figures.

    Raises:
        RequestError: nothing is published of the comparison, or only claims.
    """
    verdict = judge(subject.measurement)
    blocks = [_BlockChart(subject, verdict, block) for block in verdict.blocks if block.published.values]
    if not blocks:
        raise RequestError("--kind published: expected a comparison with published values; got none")
    return [block.figure() for block in blocks]


@dataclass(frozen=True)
class _BlockChart:
    """One published block as judged."""

    subject: ChartSource
    verdict: Verdict
    block: JudgedBlock

    @property
    def is_ratio(self) -> bool:
        return self.block.published.compare == "ratio"

    def figure(self) -> Figure:
        """Return the chart of the block."""
        metric = METRICS[self.block.published.metric]
        ratios = ", as ratios to the first row" if self.is_ratio else ""
        what = f"{metric_title(metric)}{self._moment(metric)}{ratios}"
        title = f"{self.verdict.comparison.title}: {what}, published and measured"
        drawn = self.rows()
        return Figure("published", self.verdict.comparison.name, title, self._chart(drawn), drawn, self._text(drawn))

    def _moment(self, metric: Metric) -> str:
        """Return when all cells are of; where they are of several moments, the names of their rows tell."""
        moments = self.block.published.at
        if len(moments) > 1:
            return ""
        return moment_words(Selection(metric, moments[0]), self.subject.table.background)

    def rows(self) -> Rows:
        """Return an item for each cell; its published value is None where the source prints a word or nothing."""
        cells = [cell for cell in self.block.cells if cell.published is not None]
        names = chart_names([self._key(cell) for cell in cells])
        return [self._row(cell, names[self._key(cell)]) for cell in cells]

    def _key(self, cell: JudgedCell) -> str:
        key = row_key(cell.labels)
        return f"{key}, {moment_text(cell.at)}" if len(self.block.published.at) > 1 else key

    def _row(self, cell: JudgedCell, name: str) -> dict[str, Cell]:
        value = cell.published.value if cell.published else None
        published = value if isinstance(value, int | float) else None
        if self.is_ratio and published is not None:
            published = published / self._base(cell)
        band = self._band(published, cell.tolerance)
        figures = cell.measured
        mean = figures.mean if figures.mean is not None and math.isfinite(figures.mean) else None
        word = f"published {value}" if isinstance(value, str) else ""
        # A mean that most runs keep from being finite has a word as well.
        gone = "" if mean is not None or figures.median is None else f"measured {self._unit().text(figures.median)}"
        return {
            "row": name,
            "published": published,
            "low_tolerated": band[0],
            "high_tolerated": band[1],
            "measured": mean,
            "low": figures.ci_low,
            "high": figures.ci_high,
            "verdict": cell.verdict,
            "shown": ", ".join(filter(None, [word, gone, str(cell.verdict or "")])),
        }

    def _unit(self) -> Unit:
        return RATIO if self.is_ratio else unit_of(METRICS[self.block.published.metric])

    def _base(self, cell: JudgedCell) -> float:
        """Return what the source prints for the first row at the same moment."""
        first = next(other for other in self.block.cells if other.verdict == "reference" and other.at == cell.at)
        return float(first.published.value) if first.published else 1.0

    def _band(self, published: float | None, tolerance: float | None) -> tuple[float | None, float | None]:
        if published is None or tolerance is None:
            return None, None
        return (
            (published / tolerance, published * tolerance)
            if self.is_ratio
            else (
                published - tolerance,
                published + tolerance,
            )
        )

    def _chart(self, drawn: Rows) -> altair.LayerChart:
        metric = METRICS[self.block.published.metric]
        names = [str(item["row"]) for item in drawn]
        y = row_axis(names)
        base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=max(2, len(names)) * ROW)
        shown = ("published", "low_tolerated", "high_tolerated", "measured", "low", "high")
        pointer = [altair.Tooltip("row:N"), *value_tooltip(metric, *shown), altair.Tooltip("verdict:N")]
        x = self._axis(drawn)
        legend = altair.Legend(orient="bottom", title=None, symbolOpacity=1, labelLimit=280)
        scale = altair.Scale(domain=list(PARTS), range=list(PARTS.values()))
        color = altair.Color("what:N", scale=scale, legend=legend, sort=None)
        source, ours = PARTS

        def part(field: str, what: str, mark: altair.MarkDef, end: str | None = None) -> altair.Chart | None:
            # A source may print words alone.
            if all(item[field] is None for item in drawn):
                return None
            named = base.transform_calculate(what=f"'{what}'")
            known = named.transform_filter(altair.FieldValidPredicate(field=field, valid=True))
            known.mark = mark
            drawn_part = known.encode(x=x(field), y=y, color=color, tooltip=pointer)
            return drawn_part.encode(x2=f"{end}:Q") if end else drawn_part

        band = altair.MarkDef("bar", opacity=0.25, height={"band": 0.55})
        diamond = altair.MarkDef("point", shape="diamond", size=75, filled=True, opacity=1)
        circle = altair.MarkDef("point", shape="circle", size=45, filled=True, opacity=1)
        parts = [
            part("low_tolerated", source, band, "high_tolerated"),
            part("low", ours, altair.MarkDef("rule", strokeWidth=2), "high"),
            part("published", source, diamond),
            part("measured", ours, circle),
        ]
        words = base.mark_text(align="left", dx=8).encode(x=altair.value("width"), y=y, text="shown:N", tooltip=pointer)
        return layered(*(each for each in parts if each is not None), words)

    def _axis(self, drawn: Rows) -> Callable[[str], altair.X]:
        """Return what draws a field along the axis of the metric."""
        metric = METRICS[self.block.published.metric]
        fields = ("published", "measured", "low_tolerated", "high_tolerated", "low", "high")
        numbers = [number for item in drawn for field in fields if isinstance(number := item[field], int | float)]
        log = None if self.is_ratio or metric.kind in ("loss", "seconds", "epochs", "updates") else False
        scale = number_scale(numbers, log=log)
        title = "ratio to the first row" if self.is_ratio else metric_title(metric)
        axis = number_axis() if self.is_ratio else value_axis(metric)
        if scale.type == "log":
            axis = with_log_ticks(axis, log_ticks(numbers))
        return lambda field: altair.X(f"{field}:Q", title=title, scale=scale, axis=axis)

    def _text(self, drawn: Rows) -> str:
        metric = METRICS[self.block.published.metric]
        unit = self._unit()
        told = []
        for item in drawn[:MOST_TOLD]:
            published, measured = item["published"], item["measured"]
            source = unit.text(published) if isinstance(published, int | float) else "in words"
            ours = unit.text(measured) if isinstance(measured, int | float) else "no mean"
            told.append(f"{item['row']} published {source}, measured {ours}, {item['shown'] or 'without a verdict'}")
        if len(drawn) > MOST_TOLD:
            told.append(f"and {count(len(drawn) - MOST_TOLD, 'more row')}")
        return f"Published and measured {metric_title(metric)}: {'; '.join(told)}."
