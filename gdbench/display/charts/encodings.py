"""The channels that charts share: axes with the unit of a metric, and rows told apart by color, dash and shape."""

import math
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import altair

from gdbench.display.charts.row_styles import RowStyles
from gdbench.display.sheets.headings import metric_words
from gdbench.metrics import Metric

# From this ratio of the largest to the smallest number on, an axis is logarithmic.
MANY_TIMES = 15
# Runs above their mean.
SEED = 0.55
LEGEND_COLUMNS = 4
# More values than this have no tick each.
MOST_TICKS = 12
# Of a logarithmic axis as Vega draws it, and of floating-point numbers.
MOST_DECADES, LEAST_EXPONENT, MOST_EXPONENT = 100, -307.6, 308.25
# Pixels between the frame of a plot and its outermost values.
MARGIN = 8
# More ticks of a logarithmic axis than these would be crowded.
MOST_LOG_TICKS = 7
# Numbers of an axis, as 12,000 and 0.0001.
NUMBER = ",.6~g"


# Numbers from the first one up to below the second have plain digits.
PLAIN = (0.0001, 1_000_000)


# Liberation Sans, which stands for Helvetica and Arial in files, lacks most raised digits.
RAISED_FONT = "DejaVu Sans, Helvetica, Arial, Liberation Sans, sans-serif"


def _power() -> str:
    """Return Vega's expression for the number of a tick as 2·10⁻⁵ or 10⁻⁵."""
    exponent = "floor(log(abs(datum.value)) / LN10 + 1e-9)"
    factor = f"format(datum.value / pow(10, {exponent}), '.3~g')"
    size = f"abs({exponent})"
    digits = f"[{', '.join(map(repr, '⁰¹²³⁴⁵⁶⁷⁸⁹'))}]"
    hundreds, tens = (f"({size} < {power} ? '' : {digits}[floor({size} / {power}) % 10])" for power in (100, 10))
    raised = f"({exponent} < 0 ? '⁻' : '') + {hundreds} + {tens} + {digits}[{size} % 10]"
    return f"({factor} === '1' ? '' : {factor} + '·') + '10' + {raised}"


def _labels(*, plain: bool) -> str:
    """Return Vega's expression for the labels of ticks: in plain digits where they are short, or always as powers."""
    is_plain = f"abs(datum.value) >= {PLAIN[0]} && abs(datum.value) < {PLAIN[1]}"
    label = f"{is_plain} ? format(datum.value, '{NUMBER}') : {_power()}" if plain else _power()
    # Where ticks are crowded, Vega leaves some of them without a label.
    return f"datum.label === '' ? '' : datum.value === 0 ? '0' : {label}"


NUMBER_LABEL, POWER_LABEL = _labels(plain=True), _labels(plain=False)


# A space before the sign, as in the text.
PERCENT_LABEL = "replace(datum.label, '%', '\u00a0%')"


def percent_axis(format_: str) -> altair.Axis:
    """Return an axis of shares in percent."""
    return altair.Axis(format=format_, labelExpr=PERCENT_LABEL)


def metric_format(metric: Metric) -> str:
    """Return the number format of an axis in the unit of a metric."""
    return ".4~p" if metric.percent else ".4~g" if metric.kind == "loss" else NUMBER


def number_axis(**options: Any) -> altair.Axis:
    """Return an axis of numbers in plain digits, or in powers of ten where those would be too long."""
    return altair.Axis(format=NUMBER, labelExpr=NUMBER_LABEL, **options)


def value_axis(metric: Metric) -> altair.Axis:
    """Return an axis in the unit of a metric."""
    return percent_axis(metric_format(metric)) if metric.percent else number_axis()


def metric_title(metric: Metric) -> str:
    """Return `test accuracy` or `train seconds`, as the title of an axis."""
    return metric_words(metric)


def is_wide(numbers: Iterable[float | None]) -> bool:
    """Whether numbers are positive and span so many times the smallest that an axis should be logarithmic."""
    known = [number for number in numbers if number is not None]
    return bool(known) and min(known) > 0 and max(known) >= MANY_TIMES * min(known)


def number_scale(numbers: Iterable[float | None], *, log: bool | None = None) -> altair.Scale:
    """Return a scale that shows the differences of numbers, logarithmic where they span a lot."""
    numbers = list(numbers)
    is_log = is_wide(numbers) if log is None else log
    return log_scale(numbers, MARGIN) if is_log else altair.Scale(zero=False, nice=True)


def position_scale(numbers: Sequence[float]) -> altair.Scale:
    """Return the scale of an x axis of values that were tried, logarithmic where they span a lot."""
    scale = log_scale(numbers, 12) if is_wide(numbers) else altair.Scale(zero=False, padding=12)
    scale.nice = False
    return scale


def position_axis(numbers: Sequence[float]) -> altair.Axis:
    """Return an axis with a tick for each value that was tried, unless they are too many."""
    if len(numbers) > MOST_TICKS:
        return number_axis()
    return number_axis(values=list(numbers), labelOverlap=True)


def log_scale(numbers: Iterable[float | None], padding: float) -> altair.Scale:
    """Return a logarithmic scale over positive numbers with so many pixels between the outermost ones and the frame."""
    scale = altair.Scale(type="log", nice=False)
    known = [number for number in numbers if number is not None and number > 0]
    if known and math.log10(max(known)) - math.log10(min(known)) > MOST_DECADES:
        # Vega's padding would leave the range of floating-point numbers, and draw all points on one spot.
        margin = (math.log10(max(known)) - math.log10(min(known))) / MOST_DECADES
        low, high = math.log10(min(known)) - 4 * margin, math.log10(max(known)) + 4 * margin
        scale.domain = [10 ** max(low, LEAST_EXPONENT), 10 ** min(high, MOST_EXPONENT)]
    else:
        scale.padding = padding
    return scale


def log_ticks(numbers: Iterable[float]) -> list[float]:
    """Return ticks for a logarithmic axis over positive numbers: 1, 2 and 5 times powers of ten, or fewer of them."""
    known = [number for number in numbers if number > 0]
    if not known:
        return []
    decades = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
        # The margins of the plot reach a little further than its numbers.
        inside = [tick for tick in ticks if min(known) * 0.9 <= tick <= min(max(known) * 1.1, sys.float_info.max)]
        if len(inside) <= MOST_LOG_TICKS:
            return inside
    return inside[:: math.ceil(len(inside) / MOST_LOG_TICKS)]


def with_log_ticks(axis: altair.Axis, ticks: Sequence[float]) -> altair.Axis:
    """Return an axis with such ticks, all of them as powers of ten if any of them is."""
    axis = axis.copy()
    axis.values = list(ticks)
    if any(not PLAIN[0] <= tick < PLAIN[1] for tick in ticks):
        axis.labelExpr, axis.labelFont = POWER_LABEL, RAISED_FONT
    return axis


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
    legend.symbolSize = 900 if lines else 80
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
