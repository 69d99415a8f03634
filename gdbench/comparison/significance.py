"""Tests of paired differences, one per seed: one-sided Student's t, with Holm's correction over several tests.

A diverged run is worse than any number: infinite here. Where a difference is infinite, t takes its limit as the number
gets worse and worse: finite differences vanish beside it.
"""

import math
from collections.abc import Sequence

from scipy.special import stdtr

from gdbench.comparison.statistics import scale_of, summarize

# The chance of any false verdict among the claims of a comparison.
LEVEL = 0.05

Sample = tuple[float | None, ...]


def differences(one: Sample, other: Sample, *, ties: bool = True) -> list[float]:
    """Return one minus other for each seed with a value in both.

    Two diverged runs differ by nothing; without `ties` they are left out, since they are no evidence of equality.
    """
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not ties:
        pairs = [(a, b) for a, b in pairs if math.isfinite(a) or math.isfinite(b)]
    # Infinity minus infinity would be NaN.
    paired = [0.0 if a == b else a - b for a, b in pairs]
    if any(math.isinf(difference) for difference in paired):
        return [difference if math.isinf(difference) else 0.0 for difference in paired]
    return paired


def p_above(paired: Sequence[float], bound: float = 0.0) -> float:
    """Return the p-value of the test that the mean difference is above a bound; 1 for fewer than two values."""
    count = len(paired)
    if count < 2:
        return 1.0
    scale = scale_of([*paired, bound])
    values = [difference / scale - bound / scale for difference in paired]
    if any(math.isinf(difference) for difference in paired):
        values = [math.copysign(1.0, difference) if math.isinf(difference) else 0.0 for difference in paired]
    mean = math.fsum(values) / count
    spread = math.fsum((value - mean) ** 2 for value in values)
    # Differences that are equal on paper differ by rounding errors in binary.
    rounding = 1e-9 * max(abs(bound / scale), *map(abs, values))
    # Equal differences leave no doubt; t would divide by zero.
    if spread <= rounding**2:
        return 0.0 if mean > rounding else 1.0
    return float(stdtr(count - 1, -mean / math.sqrt(spread / (count - 1) / count)))


def interval(paired: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % t interval of the mean difference, which is unbounded for fewer than two values."""
    if len(paired) < 2:
        return -math.inf, math.inf
    if any(math.isinf(difference) for difference in paired):
        limits = set(paired)
        return (limits.pop(),) * 2 if len(limits) == 1 else (-math.inf, math.inf)
    figures = summarize(paired, 0, higher_is_better=True)
    assert figures.ci_low is not None
    assert figures.ci_high is not None
    return figures.ci_low, figures.ci_high


def holm(p_values: Sequence[float]) -> list[bool]:
    """Return which hypotheses are shown, at a family-wise error rate of 5 % (Holm 1979)."""
    shown = [False] * len(p_values)
    ranked = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, index in enumerate(ranked):
        # The smallest p-value is held to the strictest level; the first that fails ends it.
        if p_values[index] > LEVEL / (len(p_values) - rank):
            break
        shown[index] = True
    return shown


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values that may be held to the level each: adjusted for their number (Holm 1979), at most 1."""
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        # A hypothesis is not shown before all that have smaller p-values are.
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def kendall_tau(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Kendall's tau-b of two rankings, which allows for ties; None where one of them is all ties."""
    pairs = [(i, j) for j in range(len(one)) for i in range(j)]
    signs = [(_sign(one[i], one[j]), _sign(other[i], other[j])) for i, j in pairs]
    agreement = sum(a * b for a, b in signs)
    untied = math.prod(sum(sign != 0 for sign in side) for side in zip(*signs, strict=True)) if signs else 0
    return agreement / math.sqrt(untied) if untied else None


def _sign(one: float, other: float) -> int:
    return (one > other) - (one < other)
