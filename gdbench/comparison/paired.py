"""Evidence from paired differences, one for each seed: Student's t, with floors where a few runs show no spread.

A run that diverged is worse than any number: infinite here. A difference with one such run has a direction but no size;
it counts as large as the largest finite difference. Of p-values the smallest that n runs can show bounds the rest: two
rows that are equal, and independent given the seed, differ in one given direction at all n seeds with a chance of at
most 4^-n.
"""

import math
from dataclasses import dataclass

from scipy.special import bdtrc, stdtr

from gdbench.comparison.significance import Sample
from gdbench.comparison.statistics import scale_of

# Below it nothing is decided.
MIN_PAIRS = 3
# Numbers that are equal on paper differ in binary, by far less than those of float32 that a ledger holds.
_ROUNDING = 1e-12
# The chance that one of two equal rows, and a given one, diverges alone is at most this.
_ALONE = 0.25


@dataclass(frozen=True, slots=True)
class Paired:
    """One row minus another over the seeds at which both have a value.

    `finite` are the differences between two numbers; at `ups` seeds only the second row is minus infinity or only the
    first infinity, at `downs` seeds the reverse, at `both` seeds the two are equally infinite. All numbers are divided
    by `scale`; `floor` is the smallest variance of a difference that is believed, `rounding` the largest difference
    between numbers that are equal on paper.
    """

    finite: tuple[float, ...]
    ups: int
    downs: int
    both: int
    scale: float
    rounding: float
    floor: float

    def mirrored(self) -> "Paired":
        """Return the second row minus the first."""
        finite = tuple(-difference for difference in self.finite)
        return Paired(finite, self.downs, self.ups, self.both, self.scale, self.rounding, self.floor)

    def above(self, bound: float = 0.0) -> float:
        """Return the p-value of the mean difference being above a bound; 1 for fewer than three pairs."""
        return self._above(bound / self.scale, self.both)

    def near(self, tolerance: float) -> float:
        """Return the p-value of the first row being less than the tolerance below the second.

        Two runs that diverged are no evidence of it, and one that diverged alone contradicts it.
        """
        return 1.0 if self.downs else self._above(-tolerance / self.scale, 0)

    def apart(self, tolerance: float) -> float:
        """Return the p-value of a difference beyond the tolerance in either direction (McCarthy and Smyth 2009)."""
        counted = [(self.ups, self.downs)]
        if not (self.ups and self.downs):
            # As in `_above`; where some contradict others, all of them count.
            counted = [(ups, downs) for ups in range(self.ups + 1) for downs in range(self.downs + 1)]
        return min(_Differences.of(self, self.both, *ends).apart(tolerance / self.scale) for ends in counted)

    def _above(self, bound: float, zeros: int) -> float:
        # A divergence of the size of the largest difference can add more spread than distance. Evidence against a row
        # is never weaker than without the seeds at which it diverged.
        return min(_Differences.of(self, zeros, ups, self.downs).above(bound) for ups in range(self.ups + 1))


def paired(one: Sample, other: Sample, steps: tuple[float, float] = (0.0, 0.0)) -> Paired:
    """Return one sample minus another, seed by seed.

    `steps` are the smallest differences between two values of each, such as 1 / images of accuracies; 0 where there is
    no such step.
    """
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    numbers = [(a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
    unpaired = [(a, b) for a, b in pairs if not (math.isfinite(a) and math.isfinite(b))]
    largest = max((max(abs(a), abs(b)) for a, b in numbers), default=0.0)
    # Before the subtraction, which could overflow.
    scale = scale_of([largest])
    return Paired(
        finite=tuple(a / scale - b / scale for a, b in numbers),
        ups=sum(a > b for a, b in unpaired),
        downs=sum(a < b for a, b in unpaired),
        both=sum(a == b for a, b in unpaired),
        scale=scale,
        rounding=_ROUNDING * largest / scale,
        # The variance that rounding to whole steps hides is a twelfth of their square.
        floor=math.fsum((step / scale) ** 2 for step in steps) / 12,
    )


@dataclass(frozen=True, slots=True)
class _Differences:
    """The moments of the differences that a test counts; divergences have the size of the largest finite one."""

    count: int
    finite: int
    ups: int
    downs: int
    mean: float
    error: float
    smallest_p: float
    rounding: float

    @classmethod
    def of(cls, pair: Paired, zeros: int, ups: int, downs: int) -> "_Differences":
        finite = [*pair.finite, *[0.0] * zeros]
        size = max(map(abs, finite), default=0.0)
        ends = [size] * ups + [-size] * downs
        values = finite + ends
        count = len(values)
        variance = max(_variance(finite), _variance(values) if ends else 0.0, pair.floor)
        # What differs by rounding errors only is equal.
        alike = not finite or max(finite) - min(finite) <= pair.rounding
        return cls(
            count=count,
            finite=len(finite),
            ups=ups,
            downs=downs,
            mean=math.fsum(values) / count if count else 0.0,
            error=math.sqrt(variance / count) if count else 0.0,
            smallest_p=_ALONE ** len(finite) if alike else 0.0,
            rounding=pair.rounding,
        )

    def above(self, bound: float) -> float:
        if self.count < MIN_PAIRS:
            return 1.0
        if self.finite < 2:
            return self._by_count(self.ups)
        return max(self._t(self.mean - bound), self.smallest_p)

    def apart(self, tolerance: float) -> float:
        if self.count < MIN_PAIRS:
            return 1.0
        if self.finite < 2:
            return min(1.0, 2 * min(self._by_count(self.ups), self._by_count(self.downs)))
        p_value = self._t(abs(self.mean) - tolerance) + self._t(abs(self.mean) + tolerance)
        # Either direction would do here.
        return max(p_value, 2 * self.smallest_p)

    def _by_count(self, divergences: int) -> float:
        """Return the chance of so many divergences in one direction where the rows are equal."""
        return float(bdtrc(divergences - 1, self.count, _ALONE)) if divergences else 1.0

    def _t(self, excess: float) -> float:
        if abs(excess) <= self.rounding:
            return 0.5
        statistic = excess / self.error if self.error else math.copysign(math.inf, excess)
        return float(stdtr(self.finite - 1, -statistic))


def _variance(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
