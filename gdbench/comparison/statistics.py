"""The statistics of one metric over the runs of one grid point."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from statistics import median

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from gdbench.metrics import Kind

# The fourth powers of larger numbers, which intervals are computed from, can overflow.
_LARGE = 1e70


@dataclass(frozen=True, slots=True)
class Statistics:
    """A summary of `n` values in the unit of the metric; None where there are too few values.

    `sd` divides by n - 1, the interval is the 95 % t interval of the mean, cut at 0 and 1 for accuracies and errors;
    both need two values. Only the median counts runs that diverged or missed a target, as worse than any number, and is
    infinite when they reach the middle.
    """

    n: int
    mean: float | None = None
    sd: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    median: float | None = None
    min: float | None = None
    max: float | None = None


FIGURES = tuple(entry.name for entry in fields(Statistics) if entry.name != "n")


def summarize(
    values: Sequence[float],
    infinite: int,
    higher_is_better: bool,
    *,
    kind: Kind | None = None,
    interval: bool = True,
) -> Statistics:
    """Return the statistics of finite values; `infinite` further runs are worse than any number.

    `kind` is that of their metric, which cuts the interval; there is none without `interval`.
    """
    worst = -math.inf if higher_is_better else math.inf
    scale = scale_of(values)
    all_values = [*(value / scale for value in values), *[worst] * infinite]
    middle = float(median(all_values)) * scale if all_values else None
    if not values:
        return Statistics(0, median=middle)
    mean = mean_of(values)
    sd, low, high = _spread(values, mean, scale)
    if not interval:
        low = high = None
    elif low is not None and high is not None and kind in ("accuracy", "error"):
        low, high = max(low, 0.0), min(high, 1.0)
    return Statistics(len(values), mean, sd, low, high, middle, min(values), max(values))


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of one or more values; infinite if one of them is."""
    scale = scale_of(values)
    # fsum, so that the mean does not depend on the order in which runs ended.
    return math.fsum(value / scale for value in values) / len(values) * scale


def scale_of(values: Iterable[float]) -> float:
    """Return a power of two to divide values by before computing with them: 1 unless their powers would overflow."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return 1.0 if largest < _LARGE else 2.0 ** (math.frexp(largest)[1] - 1)


def scales_of(largest: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return `scale_of` for several samples at once, given the largest absolute value of each."""
    exponents = np.frexp(largest)[1]
    return np.where(largest < _LARGE, 1.0, np.ldexp(1.0, exponents - 1))


def _spread(values: Sequence[float], mean: float, scale: float) -> tuple[float, float, float] | tuple[None, None, None]:
    count = len(values)
    # One value has no spread.
    if count < 2:
        return None, None, None
    squares = ((value / scale - mean / scale) ** 2 for value in values)
    sd = math.sqrt(math.fsum(squares) / (count - 1)) * scale
    half = t_quantile(count - 1) * sd / math.sqrt(count)
    return sd, mean - half, mean + half


@cache
def t_quantile(degrees_of_freedom: float) -> float:
    """Return the half width of a 95 % interval in standard errors."""
    return float(stdtrit(degrees_of_freedom, 0.975))
