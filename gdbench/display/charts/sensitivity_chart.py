"""Sensitivity: a metric against a numeric axis, a line for each rival, with the best value and the diverged region."""

import math
from dataclasses import dataclass
from itertools import pairwise

import altair

from gdbench.comparison.names import short_names, unknown_name
from gdbench.comparison.tables import Row, Table
from gdbench.display.charts.bands import LEAVING, cut_intervals, interval_fields, is_cut
from gdbench.display.charts.encodings import (
    is_wide,
    layered,
    log_ticks,
    metric_title,
    number_scale,
    position_axis,
    position_scale,
    row_color,
    row_dash,
    row_shape,
    value_axis,
    value_tooltip,
    with_log_ticks,
)
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, count, data_of, has, number_of
from gdbench.display.charts.row_styles import chart_names, row_words, without
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError
from gdbench.experiment.experiment import row_key
from gdbench.text import listing

# A line through fewer values shows no shape.
LEAST_VALUES = 3
MOST_TOLD = 8


def numeric_axis(table: Table, by: str | None = None) -> int | None:
    """Return the place of the axis to draw along: the wanted one, or the first with enough numbers; None without one.

    Raises:
        RequestError: the wanted axis is not one of the table, or has no numbers.
    """
    shorts = short_names(table.axes)
    if by is not None and by not in (*shorts, *table.axes):
        raise unknown_name("--by", "an axis", by, dict.fromkeys((*shorts, *table.axes)))
    for index, names in enumerate(zip(shorts, table.axes, strict=True)):
        numbers = {row.numbers[index] for row in table.rows if row.numbers}
        if by in names and None in numbers:
            raise RequestError(f"--by: expected an axis of numbers; got '{by}'")
        if by in names or (by is None and None not in numbers and len(numbers) >= LEAST_VALUES):
            return index
    return None


def sensitivity_figure(subject: ChartSource) -> Figure:
    """Return the metric against a numeric axis of a comparison.

    Raises:
        RequestError: the comparison has no axis of numbers, or no run has the metric.
    """
    table = subject.table
    index = numeric_axis(table, subject.by)
    if index is None:
        raise RequestError(
            f"--kind sensitivity: expected a comparison with an axis of {LEAST_VALUES} or more numbers, such as "
            f"optimizer.learning_rate; got {', '.join(table.axes) or 'none'}"
        )
    lines = _Rivals(subject, table, index)
    if not has(lines.rows, "value"):
        raise RequestError(f"--kind sensitivity: expected a run with {subject.metric.name}; got none")
    axis = short_names(table.axes)[index].replace("_", " ")
    title = f"{table.title}: {metric_title(subject.metric)}{subject.moment} by {axis}"
    return Figure("sensitivity", table.comparison, title, lines.chart(), lines.rows, lines.text(), lines.notes())


@dataclass(frozen=True)
class _Rivals:
    """The points of all rivals along one axis."""

    subject: ChartSource
    table: Table
    index: int

    @property
    def rivals(self) -> list[str]:
        """The rows without the axis, each once; a single one has no name."""
        return list(dict.fromkeys(row_key(without(row.labels, self.index)) for row in self.table.rows))

    @property
    def names(self) -> dict[str, str]:
        axes = without(self.table.axes, self.index)
        labels = {row_key(found): found for row in self.table.rows for found in [without(row.labels, self.index)]}
        return chart_names(self.rivals, [row_words(axes, labels[key]) for key in self.rivals])

    @property
    def rows(self) -> Rows:
        """An item for each row of the table: where it stands, what it reaches, and how many of its runs diverged."""
        names = self.names
        drawn: Rows = []
        for row in self.table.rows:
            figures = row.statistics[0]
            # A mean of survivors, or of models that collapsed and others, describes neither.
            is_whole = row.done == row.runs and not row.is_partly_collapsed
            value = figures.mean if is_whole else figures.median
            drawn.append(
                {
                    "row": names[row_key(without(row.labels, self.index))],
                    "x": row.numbers[self.index] if row.numbers else None,
                    "value": value if value is not None and math.isfinite(value) else None,
                    "low": figures.ci_low if is_whole else None,
                    "high": figures.ci_high if is_whole else None,
                    "figure": "mean" if is_whole else "median",
                    "runs": row.runs,
                    "diverged": row.diverged,
                    "collapsed": row.collapsed,
                    "best": False,
                }
            )
        for name in names.values():
            if (best := self._best([item for item in drawn if item["row"] == name])) is not None:
                best["best"] = True
        drawn.sort(key=lambda item: (str(item["row"]), number_of(item["x"])))
        return cut_intervals(drawn, is_log=self._is_log(drawn))

    def _is_log(self, drawn: Rows) -> bool:
        values = [number_of(item["value"]) for item in drawn if item["value"] is not None]
        return not self.subject.metric.percent and is_wide(values)

    def _best(self, items: Rows) -> dict[str, str | int | float | None] | None:
        known = [item for item in items if item["value"] is not None]
        sign = 1 if self.subject.metric.higher_is_better else -1
        return max(known, key=lambda item: sign * number_of(item["value"])) if known else None

    def regions(self) -> Rows:
        """Return where most runs of every line diverged or collapsed, up to half the way to the next value."""
        xs = sorted({number for row in self.table.rows if (number := _number(row, self.index)) is not None})
        lost = [all(_is_lost(row) for row in self.table.rows if _number(row, self.index) == x) for x in xs]
        edges = [xs[0], *(_middle(low, high) for low, high in pairwise(xs)), xs[-1]] if xs else []
        return [{"from": edges[place], "to": edges[place + 1]} for place, gone in enumerate(lost) if gone]

    def chart(self) -> altair.LayerChart:
        """Return the lines, the best value of each, crosses for runs that diverged, and the shaded region."""
        metric, drawn = self.subject.metric, self.rows
        keys, names = self.rivals, list(self.names.values())
        legend = len(keys) > 1
        color = row_color(self.subject.styles, keys, names, legend=legend)
        xs = sorted({found for item in drawn if isinstance(found := item["x"], int | float)})
        x_title = short_names(self.table.axes)[self.index].replace("_", " ")
        x = altair.X("x:Q", title=x_title, scale=position_scale(xs), axis=position_axis(xs))
        low, high = interval_fields(drawn)
        values = [
            number for item in drawn for field in ("value", low) if isinstance(number := item[field], int | float)
        ]
        scale = number_scale(values, log=self._is_log(drawn))
        y_axis = value_axis(metric)
        if scale.type == "log":
            y_axis = with_log_ticks(y_axis, log_ticks(values))
        y = altair.Y("value:Q", title=metric_title(metric), scale=scale, axis=y_axis)
        base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=WIDTH * 3 // 4)
        known = base.transform_filter(altair.FieldValidPredicate(field="value", valid=True))
        pointer = [altair.Tooltip("row:N"), altair.Tooltip("x:Q"), *value_tooltip(metric, "value", "low", "high")]
        pointer += [altair.Tooltip("figure:N"), altair.Tooltip("diverged:Q"), altair.Tooltip("runs:Q")]
        line = known.mark_line(strokeWidth=2).encode(x=x, y=y, color=color)
        if legend:
            line = line.encode(strokeDash=row_dash(self.subject.styles, keys, names, lines=False))
        bars = known.mark_rule(strokeWidth=1.5).encode(x=x, y=altair.Y(f"{low}:Q"), y2=f"{high}:Q", color=color)
        points = known.mark_point(size=35, filled=True, opacity=1).encode(
            x=x, y=y, color=color, shape=row_shape(self.subject.styles, keys, names, legend=legend), tooltip=pointer
        )
        best = known.transform_filter(altair.FieldEqualPredicate(field="best", equal=True))
        ring = best.mark_point(size=190, filled=False, strokeWidth=2).encode(x=x, y=y, color=color, tooltip=pointer)
        layers = [*self._shade(x), *([bars] if has(drawn, low) else []), line, points, ring]
        if any(item["diverged"] for item in drawn):
            lost = base.transform_filter(altair.FieldGTPredicate(field="diverged", gt=0))
            cross = lost.mark_point(shape="cross", angle=45, size=60, filled=True, opacity=1)
            foot = altair.value("height")
            layers.append(cross.encode(x=x, y=foot, yOffset=altair.value(-8), color=color, tooltip=pointer))
        return layered(*layers)

    def _shade(self, x: altair.X) -> list[altair.Chart]:
        regions = self.regions()
        if not regions:
            return []
        shade = altair.Chart(data_of(regions)).properties(width=WIDTH, height=WIDTH * 3 // 4)
        start = x.copy()
        start.shorthand = "from:Q"
        return [shade.mark_rect(color="#888888", opacity=0.2).encode(x=start, x2="to:Q")]

    def text(self) -> str:
        """Return the best value of each line, and where runs diverged."""
        unit = unit_of(self.subject.metric)
        axis = short_names(self.table.axes)[self.index].replace("_", " ")
        drawn = self.rows
        best = [item for item in drawn if item["best"]]
        # A single line has no name.
        names = {item["row"]: str(item["row"]) if len(self.rivals) > 1 else "" for item in best}
        told = [
            f"{names[item['row']]} {axis} {number_of(item['x']):g} ({unit.text(number_of(item['value']))})".strip()
            for item in best[:MOST_TOLD]
        ]
        more = [f"and {count(len(best) - MOST_TOLD, 'more row')}"] if len(best) > MOST_TOLD else []
        lost = sum(int(number_of(item["diverged"])) for item in drawn)
        ending = f" {count(lost, 'run')} diverged." if lost else ""
        words = metric_title(self.subject.metric).capitalize()
        return f"{words}{self.subject.moment} against {axis}, best at: {'; '.join([*told, *more])}.{ending}"

    def notes(self) -> tuple[str, ...]:
        """Return what the marks mean."""
        drawn = self.rows
        leaving = LEAVING if any(map(is_cut, drawn)) else ""
        notes = [f"Circles mark the best value of each line; bars are 95 % intervals of the mean{leaving}."]
        # Costs fall, say, with the batch size, and nobody wants the lowest of them at any price.
        if self.subject.metric.split and (edge := self._best_at_edge(drawn)):
            lines = f" of {listing(edge)}" if len(self.rivals) > 1 else ""
            notes.append(f"The best value{lines} is the first or last one tried: try more beyond it.")
        if any(item["diverged"] for item in drawn):
            notes.append("× at the foot: runs diverged there.")
        if self.regions():
            notes.append("Gray: more than half of the runs of every line diverged, or predict a single class.")
        if any(item["figure"] == "median" and item["value"] is not None for item in drawn):
            notes.append("Where some of the runs diverged, failed, collapsed or are missing, the median stands.")
        return tuple(notes)

    def _best_at_edge(self, drawn: Rows) -> list[str]:
        """Return the lines whose best value is the lowest or highest that they tried."""
        found = []
        for name in self.names.values():
            tried = [item for item in drawn if item["row"] == name]
            if len(tried) >= LEAST_VALUES and (tried[0]["best"] or tried[-1]["best"]):
                found.append(name)
        return found


def _number(row: Row, index: int) -> float | None:
    return row.numbers[index] if row.numbers else None


def _is_lost(row: Row) -> bool:
    return 2 * (row.diverged + row.collapsed) > row.runs


def _middle(low: float, high: float) -> float:
    return math.sqrt(low * high) if low > 0 else (low + high) / 2
