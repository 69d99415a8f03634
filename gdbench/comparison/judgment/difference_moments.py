"""The moments of paired differences, and Student's t of them, for many pairs of rows at once."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, stdtr

from gdbench.comparison.pair_tests import Floats
from gdbench.experiment.sequential_seeds import FEWEST_SEEDS

Counts = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

# The chance that one of two equal rows, and a given one, diverges alone is at most this.
_ALONE = 0.25
# For at most this many pairs, summing one by one is faster.
_FEW = 50


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The moments of the differences that a test counts, (pairs,); divergences have the size of the largest finite."""

    count: Counts
    finite: Counts
    ups: Counts
    downs: Counts
    mean: Floats
    error: Floats
    smallest_p: Floats
    rounding: Floats

    @classmethod
    def of(cls, differences: Floats, ups: Counts, downs: Counts, *, rounding: Floats, floor: Floats) -> "Moments":
        """Return the moments of the finite differences, (seeds, pairs), with `ups` and `downs` of the infinite ones.

        Values that differ by `rounding` are equal; `floor` is the smallest variance that is believed.
        """
        is_finite = np.isfinite(differences)
        values, finite = np.where(is_finite, differences, 0.0), counts(is_finite)
        smallest_p = np.where(_range(differences, is_finite) <= rounding, _ALONE**finite, 0.0)
        mean, variance = _mean_and_variance(values, is_finite, finite)
        count, variance = finite + ups + downs, np.maximum(variance, floor)
        if ups.any() or downs.any():
            size = np.abs(values).max(axis=0, initial=0.0)
            is_up, is_down = _first(differences == np.inf, ups), _first(differences == -np.inf, downs)
            values = values + size * is_up - size * is_down
            mean, spread = _mean_and_variance(values, is_finite | is_up | is_down, count)
            variance = np.maximum(variance, spread)
        return cls(count, finite, ups, downs, mean, np.sqrt(variance / np.maximum(count, 1)), smallest_p, rounding)

    def above(self, bound: Floats) -> Floats:
        """Return the p-value of the mean being above a bound; 1 for fewer than three seeds."""
        by_t = np.maximum(self._t(self.mean - bound), self.smallest_p)
        return self._where_enough(by_t, lambda: self._by_count(self.ups))

    def apart(self, tolerance: Floats) -> Floats:
        """Return the p-value of the mean being further than the tolerance from 0; 1 for fewer than three seeds."""
        by_t = self._t(np.abs(self.mean) - tolerance) + self._t(np.abs(self.mean) + tolerance)
        # Either direction would do here.
        return self._where_enough(
            np.maximum(by_t, 2 * self.smallest_p),
            lambda: np.minimum(1.0, 2 * np.minimum(self._by_count(self.ups), self._by_count(self.downs))),
        )

    def _where_enough(self, by_t: Floats, by_count: Callable[[], Floats]) -> Floats:
        few = self.finite < 2
        p_values = np.where(few, by_count(), by_t) if few.any() else by_t
        return np.where(self.count < FEWEST_SEEDS, 1.0, p_values)

    def _by_count(self, divergences: Counts) -> Floats:
        """Return the chance of this many divergences in one direction where the rows are equal."""
        chances: Floats = np.asarray(bdtrc(divergences - 1.0, self.count, _ALONE), float)
        return chances

    def _t(self, excess: Floats) -> Floats:
        # Without an error any excess is infinitely many errors.
        with np.errstate(over="ignore"):
            statistic = np.divide(excess, self.error, out=np.copysign(np.inf, excess), where=self.error > 0)
        p_values: Floats = stdtr(np.maximum(self.finite - 1.0, 1.0), -statistic)
        return np.where(np.abs(excess) <= self.rounding, 0.5, p_values)


def counts(flags: Flags) -> Counts:
    """Return how many seeds of each pair are flagged."""
    number: Counts = flags.sum(axis=0, dtype=np.intp)
    return number


def _first(flags: Flags, number: Counts) -> Flags:
    """Return the first `number` of the flags of each pair."""
    return flags & (np.cumsum(flags, axis=0) <= number)


def _range(values: Floats, is_counted: Flags) -> Floats:
    """Return the largest value of each pair minus the smallest; minus infinity without values."""
    highest = np.where(is_counted, values, -np.inf).max(axis=0, initial=-np.inf)
    lowest = np.where(is_counted, values, np.inf).min(axis=0, initial=np.inf)
    difference: Floats = highest - lowest
    return difference


def _mean_and_variance(values: Floats, is_counted: Flags, count: Counts) -> tuple[Floats, Floats]:
    """Return both for each pair over the counted seeds, others being 0; a variance of 0 for fewer than two."""
    mean = _sum(values) / np.maximum(count, 1)
    deviations = np.where(is_counted, values - mean, 0.0)
    return mean, np.where(count < 2, 0.0, _sum(deviations**2) / np.maximum(count - 1, 1))


def _sum(values: Floats) -> Floats:
    """Return the sum over the seeds, rounded once at the end: their order changes nothing."""
    if values.shape[1] <= _FEW:
        return np.array([math.fsum(pair) for pair in values.T.tolist()])
    # Sum2 of Ogita et al. 2005.
    total, lost = np.zeros(values.shape[1:]), np.zeros(values.shape[1:])
    for row in values:
        added = total + row
        row_part = added - total
        lost += (total - (added - row_part)) + (row - row_part)
        total = added
    summed: Floats = total + lost
    return summed
