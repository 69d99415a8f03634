"""Which rows of a comparison are shown to differ: groups with letters, differences with intervals and p-values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gdbench.comparison.images_seen import not_comparable
from gdbench.comparison.letters import group_names
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.pair_tests import TESTS, PairTests, Test, has_spread
from gdbench.comparison.resolution import resolution
from gdbench.comparison.selection import Selection
from gdbench.comparison.significance import LEVEL, holm_adjusted
from gdbench.comparison.statistics import mean_of, scale_of
from gdbench.experiment.sequential_seeds import FEWEST_SEEDS, MOST_ROWS

Obstacle = Literal["few_seeds", "one_row", "no_spread", "too_many_rows"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of one row minus that of another, in the unit of the metric.

    All intervals of a table together contain the true differences with a probability of 95 %. `p` is two-sided and
    adjusted for all pairs of the table (Holm 1979).
    """

    mean: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class RowSeparation:
    """What a table shows of one row: its letters, and how far it is from the best row and from the baseline.

    `group` is None for a row without letters: one with a missing, failed, diverged or partly collapsed run, one whose
    training loss is of other images, or any row of a table without them. The differences are this row minus the other
    one.
    """

    group: str | None = None
    is_best: bool = False
    from_best: Difference | None = None
    from_baseline: Difference | None = None
    is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Separation:
    """Which rows of a whole comparison are shown to differ in one metric at one moment, at a family-wise level of 5 %.

    `rows` are by the key of a point. Those that are compared are the family: `best` has the best mean of them,
    `runner_up` the next, and `top` are the best row and all that are not told apart from it, the best first. `pairs` of
    them were tested, and `separated` of these are shown to differ. `detectable` is the difference that 80 of 100 such
    tables would show. An `obstacle` is why there are neither letters nor p-values.
    """

    test: Test
    seeds: int
    rows: Mapping[str, RowSeparation]
    baseline: str | None = None
    pairs: int = 0
    separated: int = 0
    best: str | None = None
    runner_up: str | None = None
    top: tuple[str, ...] = ()
    detectable: float | None = None
    obstacle: Obstacle | None = None

    def difference(self, key: str) -> Difference | None:
        """Return a row minus the baseline, or minus the best row where there is no baseline."""
        row = self.rows[key]
        return row.from_best if self.baseline is None else row.from_baseline


def separate(
    measurement: Measurement,
    selection: Selection,
    test: Test = "moderated",
    baseline: str | None = None,
    looks: int = 1,
) -> Separation:
    """Compare all pairs of rows in one metric at one moment; `baseline` is the key of a row.

    A table that is one of several declared `looks` at its seeds is held to 5 % / looks.
    """
    seeds = max(len(point.runs) for point in measurement.comparison.points)
    rows = {point.key: RowSeparation(is_baseline=point.key == baseline) for point in measurement.comparison.points}
    samples = _samples(measurement, selection, seeds)
    if seeds < FEWEST_SEEDS or len(samples) < 2:
        return Separation(test, seeds, rows, baseline, obstacle="few_seeds" if seeds < FEWEST_SEEDS else "one_row")
    scale = scale_of(number for sample in samples.values() for number in sample)
    values = np.array(list(samples.values()), np.float64) / scale
    # Those of the table: sums of arrays have other last digits on another processor.
    means = [mean_of(sample) for sample in samples.values()]
    keys, ranks = list(samples), _best_first(means, selection.metric.higher_is_better)
    obstacle: Obstacle | None = None if has_spread(values) else "no_spread"
    if len(keys) > MOST_ROWS:
        obstacle = "too_many_rows"
    if obstacle:
        best, runner_up = keys[ranks[0]], keys[ranks[1]]
        rows[best] = replace(rows[best], is_best=True)
        return Separation(test, seeds, rows, baseline, best=best, runner_up=runner_up, top=(best,), obstacle=obstacle)
    steps = [
        resolution(measurement, point, selection.metric) / scale
        for point in measurement.comparison.points
        if point.key in samples
    ]
    largest = 1.0 if selection.metric.percent else math.inf
    family = _Family(keys, ranks, means, TESTS[test](values, np.array(steps)), scale, largest, looks)
    return family.separation(test, seeds, rows, baseline)


def _samples(measurement: Measurement, selection: Selection, seeds: int) -> dict[str, tuple[float, ...]]:
    """Return the values of the rows that are compared.

    Those have a number for every seed, no collapse in some, and no training loss of other images than most rows.
    """
    metric, samples = selection.metric, {}
    others = not_comparable(measurement, metric)
    for point in measurement.comparison.points:
        if point.key in others:
            continue
        sample = measurement.sample(point, metric, selection.at)
        numbers = tuple(number for number in sample if number is not None and math.isfinite(number))
        if len(numbers) == seeds and measurement.is_whole(point, metric):
            samples[point.key] = numbers
    return samples


def _best_first(means: Sequence[float], higher_is_better: bool) -> list[int]:
    # Stable: of equal rows, the first of the file is the best.
    return sorted(range(len(means)), key=lambda row: -means[row] if higher_is_better else means[row])


class _Family:
    """The rows that are compared, every pair of them tested."""

    def __init__(
        self,
        keys: Sequence[str],
        ranks: Sequence[int],
        means: Sequence[float],
        tests: PairTests,
        scale: float,
        largest: float,
        looks: int,
    ) -> None:
        self.keys = keys
        self.ranks = ranks
        self.means = means
        self.tests = tests
        self.scale = scale
        # No two shares differ by more than 1, whatever Student's t has outside.
        self.largest = largest
        self.level = LEVEL / looks
        adjusted = holm_adjusted(tests.p_values.tolist())
        self.p_values = [min(1.0, looks * p) for p in adjusted]
        self.half_widths = tests.half_widths(self.level)
        self.pairs = list(zip(tests.first.tolist(), tests.second.tolist(), strict=True))
        self.place = {pair: place for place, pair in enumerate(self.pairs)}
        self.separated = {pair for pair, p in zip(self.pairs, self.p_values, strict=True) if p < LEVEL}

    def separation(
        self, test: Test, seeds: int, others: Mapping[str, RowSeparation], baseline: str | None
    ) -> Separation:
        """Return the separation; rows outside of the family stay as they are in `others`."""
        names = group_names(self.ranks, self.separated)
        best, runner_up = self.ranks[0], self.ranks[1]
        base = self.keys.index(baseline) if baseline in self.keys else None
        rows = {
            key: RowSeparation(
                group=names[row],
                is_best=row == best,
                from_best=self.difference(row, best),
                from_baseline=None if base is None else self.difference(row, base),
                is_baseline=row == base,
            )
            for row, key in enumerate(self.keys)
        }
        return Separation(
            test,
            seeds,
            {**others, **rows},
            baseline,
            pairs=len(self.pairs),
            separated=len(self.separated),
            best=self.keys[best],
            runner_up=self.keys[runner_up],
            top=tuple(self.keys[row] for row in self.ranks if not self.is_separated(row, best)),
            detectable=self.tests.detectable(self.level) * self.scale,
        )

    def is_separated(self, one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in self.separated

    def difference(self, one: int, other: int) -> Difference | None:
        """Return one row minus another, None of a row and itself."""
        if one == other:
            return None
        place = self.place[min(one, other), max(one, other)]
        mean = self.means[one] - self.means[other]
        half = float(self.half_widths[place]) * self.scale
        low, high = max(mean - half, -self.largest), min(mean + half, self.largest)
        return Difference(mean, low, high, self.p_values[place])
