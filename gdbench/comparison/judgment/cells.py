"""Published figures beside measured ones: the verdict on each cell."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gdbench.comparison.judgment.log_ratios import factor, log_ratio, log_ratios
from gdbench.comparison.measurement import Measurement, Sample
from gdbench.comparison.resolution import resolution
from gdbench.comparison.statistics import Statistics, mean_of, scale_of, summarize, t_quantile
from gdbench.experiment.experiment import Point, Published, PublishedValue
from gdbench.experiment.moment import At
from gdbench.experiment.sequential_seeds import FEWEST_SEEDS
from gdbench.metrics import METRICS, Kind, Metric
from gdbench.records import Record

CellVerdict = Literal[
    "reproduced", "as published", "higher", "lower", "collapsed", "diverged", "undecided", "reference"
]
Ending = Literal["collapsed", "diverged"]
OFF: tuple[CellVerdict, ...] = ("higher", "lower", "collapsed", "diverged")
AS_PUBLISHED: tuple[CellVerdict, ...] = ("reproduced", "as published")
# Twice the binomial spread of 10,000 test images at 97.7 %: how far off a single run of a source may be.
DEFAULT_TOLERANCE = 0.003


@dataclass(frozen=True, slots=True)
class Cell:
    """One published figure, or a point that the source leaves out, and the measurement there.

    `counts` are runs, done, diverged and failed. `measured`, `difference` (measured minus published), `half` (half the
    95 % interval of the difference) and `tolerance` are in the unit of the metric; without a tolerance there is no
    verdict. Under `compare: ratio` they are factors: of the first row, and of the published ratio. `published` is what
    the source prints.
    """

    labels: tuple[str, ...]
    at: At
    published: PublishedValue | None
    counts: tuple[int, int, int, int]
    measured: Statistics
    difference: float | None = None
    half: float | None = None
    tolerance: float | None = None
    verdict: CellVerdict | None = None

    @property
    def bounded_half(self) -> float | None:
        """Half the interval for programs: None where it is unbounded, as with fewer than three values."""
        return None if self.half is None or math.isinf(self.half) else self.half


def tolerance_of(block: Published) -> float | None:
    """Return the tolerance of a block; accuracies and errors without one get that of a single run."""
    if block.tolerance is None and METRICS[block.metric].percent and block.compare == "value":
        return DEFAULT_TOLERANCE
    return block.tolerance


def judge_cells(block: Published, measurement: Measurement) -> tuple[Cell, ...]:
    """Return a cell for each point and epoch of a block, in the order of the grid.

    Of a block that makes claims alone, they are what the claims are about, measured.
    """
    values = dict(block.values)
    is_ratio = block.compare == "ratio" and values
    judge = _Ratios(block, measurement).cell if is_ratio else _Values(block, measurement).cell
    return tuple(
        judge(point, at, values[point.labels][index] if point.labels in values else None)
        for point in measurement.comparison.points
        for index, at in enumerate(block.at)
    )


class _Values:
    """Compares the figures of a block with measured ones."""

    def __init__(self, block: Published, measurement: Measurement) -> None:
        self.block = block
        self.measurement = measurement
        self.metric: Metric = METRICS[block.metric]

    def cell(self, point: Point, at: At, published: PublishedValue | None) -> Cell:
        sample = self.measurement.sample(point, self.metric, at)
        records = self.measurement.records_of(point)
        figures = _summary(sample, self.metric, self.metric.kind)
        cell = Cell(point.labels, at, published, _counts(point, records), figures)
        # An order is judged as a whole: its cells have no verdict.
        if published is None or self.block.compare == "order":
            return cell
        ending = _ending(point, records, sample, at)
        if isinstance(published.value, str):
            verdict = _verdict_on_word(published.value, ending, records, sample, self.metric)
            return Cell(point.labels, at, published, cell.counts, figures, verdict=verdict)
        tolerance = tolerance_of(self.block)
        if published.spread is not None:
            # A run within two standard deviations of the mean of the source is no contradiction.
            tolerance = max(tolerance or 0.0, 2 * published.spread)
        step = resolution(self.measurement, point, self.metric)
        difference, half = _difference(sample, step, published.value, published.spread, self.block.runs)
        # A mean over models that have mostly collapsed or diverged means nothing, near the published one or not.
        verdict = ending or _verdict(difference, half, tolerance)
        return Cell(point.labels, at, published, cell.counts, figures, difference, half, tolerance, verdict)


class _Ratios:
    """Compares ratios to the first row of each side, seed by seed, as differences of logarithms."""

    def __init__(self, block: Published, measurement: Measurement) -> None:
        self.block = block
        self.measurement = measurement
        self.metric = METRICS[block.metric]
        self.base = measurement.comparison.points[0]
        self.published_base = dict(zip(block.at, dict(block.values)[self.base.labels], strict=True))

    def cell(self, point: Point, at: At, published: PublishedValue | None) -> Cell:
        sample = self.measurement.sample(point, self.metric, at)
        records = self.measurement.records_of(point)
        # Seeds are paired, so that what makes a seed slow on both sides cancels.
        logs = log_ratios(sample, self.measurement.sample(self.base, self.metric, at))
        ratios = _summary(tuple(map(factor, logs)), self.metric)
        counts = _counts(point, records)
        if published is None:
            return Cell(point.labels, at, None, counts, ratios)
        if point is self.base:
            return Cell(point.labels, at, published, counts, ratios, verdict="reference")
        base = self.published_base[at].value
        assert isinstance(published.value, float)
        assert isinstance(base, float)
        tolerance = self.block.tolerance
        log_tolerance = math.log(tolerance) if tolerance else None
        # A ratio of single figures has no spread that the source could give.
        published_log = log_ratio(published.value, base)
        difference, half = (None, None) if published_log is None else _difference(logs, 0.0, published_log, None, 1)
        verdict = _ending(point, records, sample, at) or _verdict(difference, half, log_tolerance)
        return Cell(point.labels, at, published, counts, ratios, factor(difference), factor(half), tolerance, verdict)


def _counts(point: Point, records: Sequence[Record]) -> tuple[int, int, int, int]:
    endings = Counter(record.outcome.status for record in records)
    return len(point.runs), endings["done"], endings["diverged"], endings["failed"]


def _summary(sample: Sample, metric: Metric, kind: Kind | None = None) -> Statistics:
    finite = [number for number in sample if number is not None and math.isfinite(number)]
    infinite = sum(number is not None and math.isinf(number) for number in sample)
    return summarize(finite, infinite, metric.higher_is_better, kind=kind)


def _ending(point: Point, records: Sequence[Record], sample: Sample, at: At) -> Ending | None:
    """Return how more than half of the runs of a point ended, None if most models tell the classes apart.

    Fewer than three runs say nothing of most.
    """
    if len(point.runs) < FEWEST_SEEDS:
        return None
    collapsed = sum(_collapsed(record, at) for record in records)
    by_id = {record.run.id: record for record in records}
    diverged = sum(
        run in by_id and by_id[run].outcome.has_diverged and (number is None or math.isinf(number))
        for run, number in zip(point.runs, sample, strict=True)
    )
    if 2 * collapsed > len(point.runs):
        return "collapsed"
    return "diverged" if 2 * diverged > len(point.runs) else None


def _collapsed(record: Record, at: At) -> bool:
    """Whether a run had collapsed at that epoch; a ledger knows that of the last epoch only."""
    if not record.outcome.has_collapsed:
        return False
    # The last epoch may also be asked for by its number.
    return not isinstance(at, int) or at >= max(
        (epoch or 0 for epoch in record.outcome.history.get("epoch", ())), default=0
    )


def _verdict_on_word(
    published: str, ending: Ending | None, records: Sequence[Record], sample: Sample, metric: Metric
) -> CellVerdict:
    """Judge a cell that the source calls collapsed or diverged."""
    if ending is not None:
        return "as published" if ending == published else ending
    some_ended_so = any(record.outcome.has_diverged or record.outcome.has_collapsed for record in records)
    values = [number for number in sample if number is not None]
    # The source is contradicted only if every run was trained and none ended badly.
    if some_ended_so or len(values) < FEWEST_SEEDS or len(values) < len(sample):
        return "undecided"
    return "higher" if metric.higher_is_better else "lower"


def _difference(
    sample: Sample, step: float, published: float, spread: float | None, runs: int
) -> tuple[float | None, float | None]:
    """Return mean minus published, and half its 95 % t interval: Welch's where the source gives a spread.

    `step` is the resolution of the metric. Fewer than three values leave the difference open.
    """
    values = [number for number in sample if number is not None]
    if not values:
        return None, None
    infinite = {number for number in values if math.isinf(number)}
    if infinite:
        # If all runs missed a target or diverged, the difference is certain; if only some did, their mean says nothing.
        return max(infinite), 0.0 if len(set(values)) == 1 and len(values) >= FEWEST_SEEDS else math.inf
    count = len(values)
    difference = mean_of(values) - published
    if count < FEWEST_SEEDS:
        return difference, math.inf
    figures = summarize(values, 0, higher_is_better=True)
    assert figures.sd is not None
    if math.isinf(figures.sd):
        return difference, math.inf
    scale = scale_of([figures.sd, spread or 0.0])
    # The variances of the two means; rounding to whole steps hides a twelfth of their square.
    measured = max((figures.sd / scale) ** 2, (step / scale) ** 2 / 12) / count
    source = ((spread or 0.0) / scale) ** 2 / runs
    if not measured + source:
        # Without any spread, the difference is exact.
        return difference, 0.0
    # The spread of a source with a single run is taken as known.
    terms = measured**2 / (count - 1) + (source**2 / (runs - 1) if runs > 1 else 0.0)
    freedom = (measured + source) ** 2 / terms if terms else math.inf
    return difference, t_quantile(freedom) * math.sqrt(measured + source) * scale


def _verdict(difference: float | None, half: float | None, tolerance: float | None) -> CellVerdict:
    if difference is None or half is None or tolerance is None:
        return "undecided"
    # Decimal figures that are equal on paper differ by rounding errors in binary.
    slack = 1e-9 * max(1.0, tolerance)
    if abs(difference) <= tolerance + slack and half <= tolerance + slack:
        return "reproduced"
    if abs(difference) > tolerance + half + slack:
        return "higher" if difference > 0 else "lower"
    return "undecided"
