"""The channels that charts share: axes with the unit of a metric, and rows told apart by color, dash and shape."""

from collections.abc import Iterable, Sequence

import altair

from gdbench.display.charts.row_styles import RowStyles
from gdbench.display.sheets.headings import metric_words
from gdbench.metrics import Metric

# From this ratio of the largest to the smallest number on, an axis is logarithmic.
MANY_TIMES = 15
# A faint band under lines, and runs under their mean.
BAND, SEED = 0.18, 0.55
LEGEND_COLUMNS = 4
# Numbers of an axis, as 12,000 and 0.0001.
NUMBER = ",.6~g"


def metric_format(metric: Metric) -> str:
    """Return the number format of an axis in the unit of a metric."""
    return ".4~p" if metric.percent else ".4~g" if metric.kind == "loss" else NUMBER


def metric_title(metric: Metric) -> str:
    """Return `test accuracy` or `train seconds`, as the title of an axis."""
    return metric_words(metric)


def is_wide(numbers: Iterable[float | None]) -> bool:
    """Whether numbers are positive and span so many times the smallest that an axis should be logarithmic."""
    known = [number for number in numbers if number is not None]
    return bool(known) and min(known) > 0 and max(known) >= MANY_TIMES * min(known)


def number_scale(numbers: Iterable[float | None], *, log: bool | None = None) -> altair.Scale:
    """Return a scale that shows the differences of numbers, logarithmic where they span a lot."""
    is_log = is_wide(numbers) if log is None else log
    return altair.Scale(type="log", nice=False, padding=8) if is_log else altair.Scale(zero=False, nice=True)


def row_color(
    styles: RowStyles, keys: Sequence[str], names: Sequence[str], *, legend: bool = True, lines: bool = False
) -> altair.Color:
    """Return the color of rows, in the order of the file."""
    scale = altair.Scale(domain=list(names), range=styles.colors(keys))
    shown = row_legend(names, lines=lines) if legend else None
    return altair.Color("row:N", scale=scale, sort=None, title=None, legend=shown)


def row_dash(styles: RowStyles, keys: Sequence[str], names: Sequence[str], *, lines: bool = True) -> altair.StrokeDash:
    """Return the dash pattern of rows."""
    scale = altair.Scale(domain=list(names), range=styles.dashes(keys))
    return altair.StrokeDash("row:N", scale=scale, sort=None, title=None, legend=row_legend(names, lines=lines))


def row_shape(styles: RowStyles, keys: Sequence[str], names: Sequence[str], *, legend: bool = True) -> altair.Shape:
    """Return the shape of the points of rows."""
    scale = altair.Scale(domain=list(names), range=styles.shapes(keys))
    return altair.Shape("row:N", scale=scale, sort=None, title=None, legend=row_legend(names) if legend else None)


def row_legend(names: Sequence[str], *, lines: bool = False) -> altair.Legend:
    """Return a legend below the chart, in as many columns as its names leave room for."""
    longest = max(map(len, names), default=1)
    columns = max(1, min(LEGEND_COLUMNS, 60 // (longest + 4)))
    legend = altair.Legend(orient="bottom", columns=columns, labelLimit=280, symbolOpacity=1, symbolStrokeWidth=2)
    legend.symbolSize = 400 if lines else 80
    if lines:
        legend.symbolType = "stroke"
    else:
        # The dashes of a line would fray the outline of a shape.
        legend.symbolStrokeWidth = 0
    return legend


def row_axis(names: Sequence[str]) -> altair.Y:
    """Return an axis with a line for each row, in the order of the file."""
    return altair.Y(
        "row:N", sort=None, title=None, scale=altair.Scale(domain=list(names)), axis=altair.Axis(labelLimit=180)
    )


def layered(*charts: altair.Chart) -> altair.LayerChart:
    """Return charts one above the other; none of them is a facet."""
    return altair.LayerChart(layer=list(charts))


def value_tooltip(metric: Metric, *fields: str) -> list[altair.Tooltip]:
    """Return what a pointer shows of fields in the unit of a metric."""
    return [altair.Tooltip(f"{field}:Q", format=".2%" if metric.percent else ".4~g") for field in fields]
