"""A heat map: one cell for each pair of labels of two axes, with its number in it."""

import math
from dataclasses import dataclass

import altair

from gdbench.comparison.arrange import label_ranks
from gdbench.comparison.names import short_names, unknown_name
from gdbench.comparison.tables import Row, Table
from gdbench.display.charts.encodings import (
    NUMBER_LABEL,
    PERCENT_LABEL,
    layered,
    metric_format,
    metric_title,
    number_scale,
    value_tooltip,
)
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, data_of, has, number_of
from gdbench.display.charts.row_styles import chart_names
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError
from gdbench.experiment.experiment import row_key
from gdbench.text import listing

# The height of a row of cells.
CELL = 34
# So many letters of all labels together have room side by side.
MOST_LEVEL = 45


def heatmap_figure(subject: ChartSource) -> Figure:
    """Return the map of a comparison with two or more axes: `by`, or the last axis, stands on the x axis.

    Raises:
        RequestError: the comparison has fewer than two axes, or not the wanted one, or no run has the metric.
    """
    table = subject.table
    if len(table.axes) < 2:
        raise RequestError(
            f"--kind heatmap: expected a comparison with two axes; got {', '.join(table.axes) or 'none'}"
        )
    cells = _Cells(subject, table, _place(table, subject.by))
    if not has(cells.rows, "value"):
        raise RequestError(f"--kind heatmap: expected a run with {subject.metric.name}; got none")
    return Figure("heatmap", table.comparison, cells.title, cells.chart(), cells.rows, cells.text())


def _place(table: Table, by: str | None) -> int:
    shorts = short_names(table.axes)
    for names in (table.axes, shorts):
        if by in names:
            return names.index(by)
    if by is not None:
        raise unknown_name("--by", "an axis", by, dict.fromkeys((*shorts, *table.axes)))
    return len(table.axes) - 1


@dataclass(frozen=True)
class _Cells:
    """The cells, with one axis across and all others down."""

    subject: ChartSource
    table: Table
    index: int

    def _down(self, row: Row) -> str:
        return row_key((*row.labels[: self.index], *row.labels[self.index + 1 :]))

    @property
    def title(self) -> str:
        """The title of the chart."""
        names = [name.replace("_", " ") for name in short_names(self.table.axes)]
        return f"{self.table.title}: {metric_title(self.subject.metric)}{self.subject.moment} by {listing(names)}"

    @property
    def across(self) -> dict[str, str]:
        """The names of the columns."""
        labels = list(dict.fromkeys(row.labels[self.index] for row in self.table.rows))
        # One range of a single row after the other would not ascend.
        if len(labels) * len(self.down) > len(self.table.rows):
            labels.sort(key=label_ranks(self.table, self.index).__getitem__)
        return chart_names(labels)

    @property
    def down(self) -> dict[str, str]:
        """The names of the rows."""
        return chart_names(list(dict.fromkeys(map(self._down, self.table.rows))))

    @property
    def rows(self) -> Rows:
        """An item for each cell, with the words that it shows."""
        across, down, unit = self.across, self.down, unit_of(self.subject.metric)
        drawn: Rows = []
        for row in self.table.rows:
            figures = row.statistics[0]
            is_whole = row.done == row.runs and not row.is_partly_collapsed
            value = figures.mean if is_whole else figures.median
            finite = value if value is not None and math.isfinite(value) else None
            drawn.append(
                {
                    "down": down[self._down(row)],
                    "across": across[row.labels[self.index]],
                    "value": finite,
                    "shown": unit.text(value).removesuffix(" %") if value is not None else "-",
                    "figure": "mean" if is_whole else "median",
                    "runs": row.runs,
                    "diverged": row.diverged,
                }
            )
        return drawn

    def chart(self) -> altair.LayerChart:
        """Return the colored cells with their numbers."""
        metric, drawn = self.subject.metric, self.rows
        shorts = short_names(self.table.axes)
        others = " / ".join(short for place, short in enumerate(shorts) if place != self.index)
        domain_x, domain_y = list(self.across.values()), list(self.down.values())
        x = altair.X("across:N", sort=None, title=shorts[self.index].replace("_", " "))
        x = x.scale(domain=domain_x).axis(labelAngle=0 if sum(map(len, domain_x)) < MOST_LEVEL else -40, labelLimit=140)
        y = altair.Y("down:N", sort=None, title=others.replace("_", " ")).scale(domain=domain_y).axis(labelLimit=140)
        values = [value for item in drawn if isinstance(value := item["value"], int | float)]
        scale = number_scale(values, log=None if metric.kind == "loss" else False)
        # Cividis: one and the same order of brightness for every kind of color vision.
        scale.scheme, scale.reverse = "cividis", not metric.higher_is_better
        legend = altair.Legend(orient="bottom", title=metric_title(metric), format=metric_format(metric), tickCount=4)
        legend.labelExpr = PERCENT_LABEL if metric.percent else NUMBER_LABEL
        base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=CELL * len(domain_y))
        pointer = [altair.Tooltip("down:N"), altair.Tooltip("across:N"), *value_tooltip(metric, "value")]
        pointer += [altair.Tooltip("figure:N"), altair.Tooltip("runs:Q"), altair.Tooltip("diverged:Q")]
        known = base.transform_filter(altair.FieldValidPredicate(field="value", valid=True))
        cells = known.mark_rect().encode(
            x=x, y=y, color=altair.Color("value:Q", scale=scale, legend=legend), tooltip=pointer
        )
        bright = _brighter_half(values, is_log=scale.type == "log", higher_is_better=metric.higher_is_better)
        ink = altair.when(bright).then(altair.value("#000000")).otherwise(altair.value("#ffffff"))
        numbers = known.mark_text(fontSize=10).encode(x=x, y=y, text="shown:N", color=ink, tooltip=pointer)
        gone = base.transform_filter("!isValid(datum.value)")
        words = gone.mark_text(fontSize=10).encode(x=x, y=y, text="shown:N", tooltip=pointer)
        return layered(cells, numbers, words)

    def text(self) -> str:
        """Return the best and the worst cell, and how many have no number."""
        unit, drawn = unit_of(self.subject.metric), self.rows
        known = [item for item in drawn if item["value"] is not None]
        ordered = sorted(known, key=lambda item: number_of(item["value"]))
        if self.subject.metric.higher_is_better:
            ordered.reverse()
        told = [
            f"{word} is {item['down']} with {item['across']} ({unit.text(number_of(item['value']))})"
            for word, item in (("best", ordered[0]), ("worst", ordered[-1]))
        ]
        gone = len(drawn) - len(known)
        rest = f"; {gone} of {len(drawn)} cells have no value, since runs diverged or are missing" if gone else ""
        words = f"{metric_title(self.subject.metric).capitalize()}{self.subject.moment}"
        return f"{words} of {len(drawn)} cells: {', '.join(told)}{rest}."


def _brighter_half(values: list[float], *, is_log: bool, higher_is_better: bool) -> str:
    """Return the condition for a cell so bright that its number must be black."""
    if not values:
        return "true"
    low, high = min(values), max(values)
    middle = math.sqrt(low * high) if is_log else (low + high) / 2
    return f"datum.value {'>' if higher_is_better else '<'} {middle!r}"
