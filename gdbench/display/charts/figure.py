"""A chart with its data as rows and a text alternative, and what it is drawn from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import altair

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection
from gdbench.comparison.tables import Table
from gdbench.display.charts.row_styles import RowStyles, chart_names, row_words
from gdbench.display.sheets.headings import moment_words
from gdbench.experiment.experiment import Comparison
from gdbench.metrics import Metric

if TYPE_CHECKING:
    import pandas

Cell = str | int | float | None
Rows = list[dict[str, Cell]]
# What Altair's layers, facets and units have in common.
AnyChart = altair.Chart | altair.LayerChart | altair.FacetChart | altair.VConcatChart | altair.HConcatChart

# The width of a plot between its axes, in pixels, until a page or file gives it another one.
WIDTH = 320


@dataclass(frozen=True)
class Figure:
    """A chart of one comparison.

    `rows` are what is drawn, in the unit of the metric (accuracies are fractions); `text` says in a few sentences what
    the chart shows, with its figures, for whoever cannot see it. `notes` tell what was left out.
    """

    kind: str
    comparison: str
    title: str
    chart: AnyChart
    rows: Rows
    text: str
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> "pandas.DataFrame":
        """The data of the chart as a tidy frame."""
        import pandas

        return pandas.DataFrame(self.rows)


@dataclass(frozen=True)
class ChartSource:
    """What a chart is drawn from: a comparison with its records, a metric at a moment, and what stands on the x axis.

    `one_split` draws curves of the metric's own split alone. `most_points` bounds the points of a curve; None draws
    all. `quantity` is what a chart of layers shows; None is the first that was recorded.
    """

    results: Results
    comparison: Comparison
    selection: Selection
    by: str | None = None
    most_points: int | None = None
    quantity: str | None = None
    one_split: bool = False

    @property
    def metric(self) -> Metric:
        """The metric that is drawn."""
        return self.selection.metric

    @cached_property
    def measurement(self) -> Measurement:
        """The comparison with its records."""
        return Measurement(self.comparison, self.results.records)

    @cached_property
    def table(self) -> Table:
        """The table of the metric."""
        cut = self.results.of_comparisons([self.comparison.name])
        return cut.tables([self.metric.name], [self.selection.at])[0]

    @property
    def moment(self) -> str:
        """When the metric is read, to stand behind it: ` after epoch 5`; nothing for a metric of the whole run."""
        return moment_words(self.selection, self.table.background)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each row in the chart, by its key."""
        points, axes = self.comparison.points, [axis.key for axis in self.comparison.axes]
        return chart_names([point.key for point in points], [row_words(axes, point.labels) for point in points])

    @cached_property
    def styles(self) -> RowStyles:
        """The color, dash and shape of each row, the same in all charts of the results."""
        return RowStyles.of(self.results.experiment)


def data_of(rows: Sequence[Mapping[str, Cell]]) -> altair.InlineData:
    """Return rows as the data of a chart: every label stays data, and never becomes part of an expression."""
    data = altair.InlineData(values=[])
    # As an argument, every number would be held against the schema, which takes seconds.
    data.values = list(rows)
    return data


def number_of(cell: Cell) -> float:
    """Return a number of a row; 0 where it has none."""
    return float(cell) if isinstance(cell, int | float) else 0.0


def has(rows: Rows, field: str, **equal: Cell) -> bool:
    """Whether a field has a value in any of the rows with these other values; Vega warns of a mark without any."""
    return any(row[field] is not None and all(row[name] == value for name, value in equal.items()) for row in rows)


def missed_text(numbers: Sequence[float]) -> str:
    """Return `2 of 5 missed` where some of the numbers on the way to a target are infinite, else nothing."""
    missed = sum(map(math.isinf, numbers))
    return f"{missed} of {len(numbers)} missed" if missed else ""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 run` or `2 runs`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
