"""Evidence from paired differences, one for each seed: Student's t, with floors where a few runs show no spread.

A run that diverged is worse than any number: infinite here. A difference with one such run has a direction but no size;
it counts as large as the largest finite difference. No p-value is below the smallest that n runs can show: two rows
that are equal, and independent given the seed, differ in one given direction at all n seeds with a chance of at most
4^-n. All pairs of a claim are tested at once, since 500 rows make 125,000 of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdbench.comparison.judgment.difference_moments import Counts, Flags, Moments, counts
from gdbench.comparison.pair_tests import Floats
from gdbench.comparison.statistics import scales_of

# Numbers that are equal on paper differ in binary, by far less than those of float32 that a ledger holds.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class PairedDifferences:
    """One row minus another over the seeds, for many pairs of rows.

    `differences`, (seeds, pairs), are those of numbers divided by `scale`; they are infinite where one of two runs
    diverged, NaN where `both` did alike or a value is missing. `floor`, (pairs,), is the smallest variance of a
    difference that is believed, `rounding` the largest difference between numbers that are equal on paper.
    """

    differences: Floats
    both: Flags
    scale: Floats
    rounding: Floats
    floor: Floats

    def mirrored(self) -> "PairedDifferences":
        """Return the second row of each pair minus the first."""
        return PairedDifferences(-self.differences, self.both, self.scale, self.rounding, self.floor)

    def above(self, bound: float = 0.0) -> Floats:
        """Return the p-value of the mean difference being above a bound; 1 for fewer than three seeds."""
        return self._with_ties()._above(bound)

    def near(self, tolerance: float) -> Floats:
        """Return the p-value of the first row being less than the tolerance below the second.

        Two runs that diverged are no evidence of it, and one that diverged alone contradicts it.
        """
        return np.where(self._downs > 0, 1.0, self._above(-tolerance))

    def apart(self, tolerance: float) -> Floats:
        """Return the p-value of a difference beyond the tolerance in either direction (McCarthy and Smyth 2009)."""

        def test(pairs: PairedDifferences, most: Counts) -> Floats:
            # As in `_above`; where some divergences contradict others, all of them count.
            mixed = (pairs._ups > 0) & (pairs._downs > 0)
            ups, downs = (np.where(mixed, ends, np.minimum(ends, most)) for ends in (pairs._ups, pairs._downs))
            return pairs._moments(ups, downs).apart(tolerance / pairs.scale)

        return self._with_ties()._least(self._ups + self._downs, test)

    def _above(self, bound: float) -> Floats:
        def test(pairs: PairedDifferences, most: Counts) -> Floats:
            return pairs._moments(np.minimum(pairs._ups, most), pairs._downs).above(bound / pairs.scale)

        # A divergence of the size of the largest difference can add more spread than distance. Evidence against a row
        # is never weaker than without the seeds at which it diverged.
        return self._least(self._ups, test)

    @cached_property
    def _ups(self) -> Counts:
        """At how many seeds only the second row is minus infinity, or only the first infinity."""
        return counts(np.isposinf(self.differences))

    @cached_property
    def _downs(self) -> Counts:
        return counts(np.isneginf(self.differences))

    def _with_ties(self) -> "PairedDifferences":
        """Return the pairs with differences of 0 where both rows diverged."""
        if not self.both.any():
            return self
        differences = np.where(self.both, 0.0, self.differences)
        return PairedDifferences(differences, np.zeros_like(self.both), self.scale, self.rounding, self.floor)

    def _some(self, chosen: Counts) -> "PairedDifferences":
        one_each = (self.scale[chosen], self.rounding[chosen], self.floor[chosen])
        return PairedDifferences(self.differences[:, chosen], self.both[:, chosen], *one_each)

    @cached_property
    def _finite(self) -> Moments:
        none = np.zeros_like(self._ups)
        return Moments.of(self.differences, none, none, rounding=self.rounding, floor=self.floor)

    def _moments(self, ups: Counts, downs: Counts) -> Moments:
        if not (ups.any() or downs.any()):
            return self._finite
        return Moments.of(self.differences, ups, downs, rounding=self.rounding, floor=self.floor)

    def _least(self, ends: Counts, test: Callable[["PairedDifferences", Counts], Floats]) -> Floats:
        """Return the least p-value of each pair over all numbers of divergences that a test may count, up to `ends`."""
        if not ends.any():
            return test(self, ends)
        numbers = ends + 1
        starts = np.cumsum(numbers) - numbers
        repeated = self._some(np.repeat(np.arange(len(ends)), numbers))
        return np.minimum.reduceat(test(repeated, np.arange(numbers.sum()) - np.repeat(starts, numbers)), starts)


def paired_differences(one: Floats, other: Floats, steps: tuple[Floats, Floats]) -> PairedDifferences:
    """Return samples minus others, (seeds, pairs), seed by seed; NaN where a value is missing.

    `steps`, (pairs,), are the smallest differences between two values of each, such as 1 / images of accuracies; 0
    where there is no such step.
    """
    are_numbers = np.isfinite(one) & np.isfinite(other)
    largest = np.where(are_numbers, np.maximum(np.abs(one), np.abs(other)), 0.0).max(axis=0, initial=0.0)
    # Before the subtraction, which could overflow.
    scale = scales_of(largest)
    # Infinite minus infinite.
    with np.errstate(invalid="ignore"):
        differences = one / scale - other / scale
    first, second = steps
    return PairedDifferences(
        differences=differences,
        both=np.isinf(one) & (one == other),
        scale=scale,
        rounding=_ROUNDING * largest / scale,
        # The variance that rounding to whole steps hides is a twelfth of their square.
        floor=((first / scale) ** 2 + (second / scale) ** 2) / 12,
    )
