"""Tests of paired differences, one value a seed: Student's t, one-sided, with Holm's correction over several.

A diverged run is worse than any number: infinite here. Where a difference is infinite, t takes its limit as the number
grows worse and worse: finite differences vanish beside it, and equal ones count as none.
"""

import math
from collections.abc import Sequence

from scipy.special import stdtr

from gdbench.comparison.statistics import summarise

LEVEL = 0.05

Sample = tuple[float | None, ...]


def differences(one: Sample, other: Sample, *, ties: bool = True) -> list[float]:
    """Return one minus other for each seed at which both have a value.

    Two diverged runs differ by nothing; without `ties` they are left out, as they show nothing to be alike.
    """
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not ties:
        pairs = [(a, b) for a, b in pairs if math.isfinite(a) or math.isfinite(b)]
    found = [0.0 if a == b else a - b for a, b in pairs]
    if any(math.isinf(difference) for difference in found):
        return [math.copysign(math.inf, each) if math.isinf(each) else 0.0 for each in found]
    return found


def p_above(found: Sequence[float], bound: float = 0.0) -> float:
    """Return the p-value of the mean difference being above a bound, against its not being so; 1 below two values."""
    count = len(found)
    if count < 2:
        return 1.0
    values = [each - bound for each in found]
    if any(math.isinf(each) for each in found):
        values = [math.copysign(1.0, each) if math.isinf(each) else 0.0 for each in found]
    mean = math.fsum(values) / count
    spread = math.fsum((each - mean) ** 2 for each in values)
    # Differences that are equal on paper differ in binary by what rounding leaves behind.
    rounding = 1e-9 * max(abs(bound), *map(abs, values))
    if spread <= rounding**2:
        return 0.0 if mean > rounding else 1.0
    return float(stdtr(count - 1, -mean / math.sqrt(spread / (count - 1) / count)))


def interval(found: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % t interval of the mean difference; all numbers below two values."""
    if len(found) < 2:
        return -math.inf, math.inf
    if any(math.isinf(each) for each in found):
        signs = set(found)
        return (signs.pop(),) * 2 if len(signs) == 1 else (-math.inf, math.inf)
    figures = summarise(found, 0, higher_is_better=True)
    assert figures.ci_low is not None
    assert figures.ci_high is not None
    return figures.ci_low, figures.ci_high


def holm(p_values: Sequence[float]) -> list[bool]:
    """Return which hypotheses are shown at 5 % over all of them (Holm 1979)."""
    shown = [False] * len(p_values)
    ranked = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, index in enumerate(ranked):
        if p_values[index] > LEVEL / (len(p_values) - rank):
            break
        shown[index] = True
    return shown


def kendall_tau(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Kendall's tau-b of two rankings, ties allowed for; None where one of them is all ties."""
    pairs = [(i, j) for j in range(len(one)) for i in range(j)]
    signs = [(_sign(one[i], one[j]), _sign(other[i], other[j])) for i, j in pairs]
    agreement = sum(a * b for a, b in signs)
    untied = math.prod(sum(sign != 0 for sign in side) for side in zip(*signs, strict=True)) if signs else 0
    return agreement / math.sqrt(untied) if untied else None


def _sign(one: float, other: float) -> int:
    return (one > other) - (one < other)
