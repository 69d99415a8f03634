"""Learning curves small enough for a cell of a table: a block for each evaluation, as high as the mean over seeds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.comparison.learning_curves import CurvePoint, learning_curve
from gdbench.comparison.measurement import Measurement
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.sparkline_signs import BLOCKS, DIVERGED, NOTHING
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError
from gdbench.metrics import Metric

WIDTH = 16
# From this ratio of the largest to the smallest number on, the heights are logarithmic, as in charts.
MANY_TIMES = 15


@dataclass(frozen=True, slots=True)
class Sparklines:
    """The curve of each row by its key, all on the same axes, and a note that says what they show."""

    curves: Mapping[str, str]
    note: str


def sparklines(measurement: Measurement, metric: Metric) -> Sparklines:
    """Return the curves of a metric of all rows of a comparison.

    Raises:
        RequestError: no run was evaluated more than once in the metric.
    """
    points = measurement.comparison.points
    records = {point.key: measurement.records_of(point) for point in points}
    curves = {} if metric.of_whole_run else {key: learning_curve(runs, metric) for key, runs in records.items()}
    epochs = sorted({point.epoch for curve in curves.values() for point in curve})
    if not epochs:
        raise RequestError(f"--curves: expected a metric that runs have at each evaluation; got '{metric.name}'")
    means = [point.statistics.mean or 0.0 for curve in curves.values() for point in curve]
    scale = _Scale.of(means)
    columns = min(WIDTH, len(epochs))
    # The last epoch of each column.
    ends = [epochs[(place + 1) * len(epochs) // columns - 1] for place in range(columns)]
    lost = {key for key, runs in records.items() if any(run.outcome.has_diverged for run in runs)}
    unit = unit_of(metric)
    heights = f"{unit.text(scale.low)} ({BLOCKS[0]}) to {unit.text(scale.high)} ({BLOCKS[-1]})"
    note = f"Curves: {metric_words(metric)} from epoch {epochs[0]:g} to {epochs[-1]:g}, {heights}"
    note += ", logarithmic" * scale.is_log + f"; {DIVERGED}: a run of the row diverged." * bool(lost)
    texts = {key: _sparkline(curve, ends, scale, diverged=key in lost) for key, curve in curves.items()}
    return Sparklines(texts, note if note.endswith(".") else f"{note}.")


@dataclass(frozen=True, slots=True)
class _Scale:
    """From numbers to blocks."""

    low: float
    high: float
    is_log: bool

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "_Scale":
        low, high = min(numbers), max(numbers)
        return cls(low, high, low > 0 and high / low >= MANY_TIMES)

    def block(self, number: float) -> str:
        """Return the block of a number."""
        low, high, number = map(math.log if self.is_log else float, (self.low, self.high, number))
        # Halved, since the distance of the largest numbers is too large for one.
        share = (number / 2 - low / 2) / (high / 2 - low / 2) if high > low else 1.0
        return BLOCKS[min(len(BLOCKS) - 1, int(share * len(BLOCKS)))]


def _sparkline(curve: Sequence[CurvePoint], ends: Sequence[float], scale: _Scale, *, diverged: bool) -> str:
    """Return a block for each column of epochs, that of the last evaluation up to its end."""
    last = curve[-1].epoch if curve else -math.inf
    blocks, begins = "", -math.inf
    for end in ends:
        before = [point for point in curve if point.epoch <= end]
        # A row that is evaluated seldom keeps its height in between; one that has ended does not.
        shown = before and last > begins
        blocks += scale.block(before[-1].statistics.mean or 0.0) if shown else NOTHING
        begins = end
    if diverged:
        drawn = blocks.rstrip(NOTHING)
        blocks = (drawn + DIVERGED).ljust(len(ends), NOTHING)
    return blocks
