"""Tests of every pair of rows over their common seeds: the moderated t test, and Student's paired one.

The moderated t test shrinks the variance of each row towards the typical variance of the table (after Smyth 2004), so
that a few seeds suffice to tell how far rows vary.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, nctdtrinc, stdtr, stdtrit

from gdbench.comparison.significance import LEVEL

Test = Literal["moderated", "paired"]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

POWER = 0.8
MOST_CORRELATED = 0.95
# Degrees of freedom at which the detectable difference is computed.
MOST_KNOTS = 100


@dataclass(frozen=True, eq=False, slots=True)
class PairTests:
    """Every pair of rows, one entry each, (pairs,): the earlier row minus the later one, and its test.

    `errors` are standard errors, `freedoms` degrees of freedom; the p-values are two-sided and not adjusted.
    """

    first: Indices
    second: Indices
    differences: Floats
    errors: Floats
    freedoms: Floats
    p_values: Floats

    def half_widths(self, level: float = LEVEL) -> Floats:
        """Return half the intervals of the differences, which contain all of them at once at least 1 - level often."""
        half: Floats = stdtrit(self.freedoms, 1 - level / (2 * len(self.first))) * self.errors
        return half

    def detectable(self, level: float = LEVEL) -> float:
        """Return the difference that a typical pair would show with a probability of 80 %."""
        knots = np.unique(self.freedoms)
        if len(knots) > MOST_KNOTS:
            # For thousands of pairs this would take too long, and between knots the curve is almost straight.
            knots = np.geomspace(knots[0], knots[-1], MOST_KNOTS)
        shifts = nctdtrinc(knots, 1 - POWER, stdtrit(knots, 1 - level / (2 * len(self.first))))
        return float(np.median(self.errors * np.interp(self.freedoms, knots, shifts)))


def moderated(values: Floats, resolutions: Floats) -> PairTests:
    """Test each pair of rows of `values`, (rows, seeds), at least one of which varies over the seeds.

    `resolutions`, (rows,), are the smallest steps in which the values can differ. What that rounding hides is added to
    a variance as that of a uniform distribution.
    """
    rows, seeds = values.shape
    freedom = seeds - 1
    variances: Floats = np.maximum(_row_variances(values), resolutions**2 / 12)
    # How many degrees of freedom the typical variance adds; few seeds say less about it.
    prior_freedom = 1.0 if seeds >= 5 else 0.5
    shrunk = (prior_freedom * typical_variance(variances, freedom) + freedom * variances) / (prior_freedom + freedom)
    correlation = cautious_correlation(values, variances)
    first, second = np.triu_indices(rows, 1)
    one, other = shrunk[first], shrunk[second]
    pooled = one + other - 2 * correlation * np.sqrt(one * other)
    errors = np.sqrt(np.maximum(pooled, _variances_of_differences(values, resolutions, first, second)) / seeds)
    # After Welch and Satterthwaite; no table knows its typical variance better than from all of its values.
    ratio = np.minimum(one, other) / np.maximum(one, other)
    welch = (1 + ratio) ** 2 / (1 + ratio**2) * (prior_freedom + freedom)
    freedoms = np.minimum(welch, rows * freedom)
    differences = values.mean(axis=1)[first] - values.mean(axis=1)[second]
    return PairTests(first, second, differences, errors, freedoms, _two_sided(differences, errors, freedoms))


def paired(values: Floats, resolutions: Floats) -> PairTests:
    """Test each pair of rows of `values`, (rows, seeds), by its own differences alone; see `moderated`."""
    rows, seeds = values.shape
    first, second = np.triu_indices(rows, 1)
    errors = np.sqrt(_variances_of_differences(values, resolutions, first, second) / seeds)
    differences = values.mean(axis=1)[first] - values.mean(axis=1)[second]
    freedoms = np.full(len(first), float(seeds - 1))
    p_values = _two_sided(differences, errors, freedoms)
    # Equal differences leave t no spread. Rows that are equal differ one given way in all seeds with chance 4^-n.
    equal = _variances(values[first] - values[second], _sizes(values, first, second)) == 0
    p_values[equal] = np.maximum(p_values[equal], 2 * 0.25**seeds)
    return PairTests(first, second, differences, errors, freedoms, p_values)


TESTS: Mapping[Test, Callable[[Floats, Floats], PairTests]] = {"moderated": moderated, "paired": paired}


def typical_variance(variances: Floats, freedom: int) -> float:
    """Return the variance that rows have in common: the mean on the scale of logarithms, corrected for its bias."""
    known = variances[variances > 0]
    bias = digamma(freedom / 2) - np.log(freedom / 2)
    return float(np.exp(np.mean(np.log(known) - bias)))


def cautious_correlation(values: Floats, variances: Floats) -> float:
    """Return the correlation of rows over seeds, one for all pairs, lowered by its standard error; never negative."""
    rows, seeds = values.shape
    deviations = values - values.mean(axis=1, keepdims=True)
    spreads = np.sqrt(variances)
    # Sums over all pairs are squares of sums, less what a row has with itself.
    covariance = (deviations.sum(axis=0) ** 2).sum() - (deviations**2).sum()
    scale = (seeds - 1) * (spreads.sum() ** 2 - variances.sum())
    correlation = float(np.clip(covariance / scale, -MOST_CORRELATED, MOST_CORRELATED)) if scale > 0 else 0.0
    error = (1 - correlation**2) * np.sqrt(2 / ((seeds - 1) * rows * (rows - 1)))
    return float(np.clip(correlation - error, 0, MOST_CORRELATED))


def has_spread(values: Floats) -> bool:
    """Whether any row of `values`, (rows, seeds), differs from seed to seed by more than rounding."""
    return bool((_row_variances(values) > 0).any())


def _row_variances(values: Floats) -> Floats:
    return _variances(values, np.abs(values).max(axis=1))


def _sizes(values: Floats, first: Indices, second: Indices) -> Floats:
    """Return the largest number that each pair of rows has."""
    sizes = np.abs(values).max(axis=1)
    largest: Floats = np.maximum(sizes[first], sizes[second])
    return largest


def _variances(values: Floats, sizes: Floats) -> Floats:
    """Return the variance of each row; 0 where it varies by rounding errors alone, of numbers of these sizes."""
    variances: Floats = np.where(np.ptp(values, axis=1) <= 1e-12 * sizes, 0.0, values.var(axis=1, ddof=1))
    return variances


def _variances_of_differences(values: Floats, resolutions: Floats, first: Indices, second: Indices) -> Floats:
    rounding = (resolutions[first] ** 2 + resolutions[second] ** 2) / 12
    own = _variances(values[first] - values[second], _sizes(values, first, second))
    variances: Floats = np.maximum(own, rounding)
    return variances


def _two_sided(differences: Floats, errors: Floats, freedoms: Floats) -> Floats:
    # Without an error, no difference is evidence of nothing, and any other is infinitely many errors large.
    with np.errstate(over="ignore"):
        distances = np.divide(np.abs(differences), errors, out=np.zeros_like(errors), where=errors > 0)
    distances[(errors == 0) & (differences != 0)] = np.inf
    p_values: Floats = 2 * stdtr(freedoms, -distances)
    return p_values
