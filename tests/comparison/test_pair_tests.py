import math

import numpy as np
import pytest
import scipy.stats
from scipy.special import nctdtrinc, stdtrit

from gdbench.comparison.pair_tests import (
    TESTS,
    cautious_correlation,
    has_spread,
    moderated,
    paired,
    typical_variance,
)
from gdbench.comparison.significance import holm_adjusted
from tests.comparison.reference import FIRST, SECOND

STEP = 1e-4


def steps(values, step=STEP):
    return np.full(len(values), step)


def adjusted(tests):
    return holm_adjusted(tests.p_values.tolist())


def test_the_moderated_test_has_its_reference_values():
    assert typical_variance(FIRST.var(axis=1, ddof=1), 4) == pytest.approx(3.716562e-6, rel=1e-6)
    assert cautious_correlation(FIRST, FIRST.var(axis=1, ddof=1)) == 0
    tests = moderated(FIRST, steps(FIRST))
    # The pairs of the first and second row, the first and third, the second and third.
    assert adjusted(tests) == pytest.approx([0.0517084, 0.000569976, 0.0028415], rel=1e-5)
    assert tests.detectable() == pytest.approx(0.0057815, rel=1e-5)


def test_a_row_without_spread_has_the_spread_that_rounding_hides_and_the_tables_own():
    assert adjusted(moderated(SECOND, steps(SECOND))) == pytest.approx([0.360875, 9.10852e-6, 3.62262e-8], rel=1e-5)


def test_the_typical_variance_is_an_unbiased_logarithm():
    """Of normal rows with one variance, the mean logarithm of the estimate is that of the variance."""
    values = np.random.default_rng(1).normal(0, 0.5, (20_000, 4))
    assert typical_variance(values.var(axis=1, ddof=1), 3) == pytest.approx(0.25, rel=0.02)


def test_rows_that_rise_and_fall_together_are_told_apart_more_easily():
    random = np.random.default_rng(0)
    together = random.normal(0, 0.01, 8) + random.normal(0, 0.002, (4, 8)) + np.arange(4)[:, None] * 0.005
    alone = random.permuted(together, axis=1)
    assert cautious_correlation(together, together.var(axis=1, ddof=1)) > 0.8
    assert moderated(together, steps(together)).errors.max() < moderated(alone, steps(alone)).errors.min()


def test_the_correlation_counts_only_as_far_as_it_is_known():
    values = np.random.default_rng(3).normal(0, 0.01, 5) + np.random.default_rng(4).normal(0, 0.006, (2, 5))
    [r] = [np.corrcoef(values)[0, 1]]
    variances = values.var(axis=1, ddof=1)
    assert cautious_correlation(values, variances) == pytest.approx(r - (1 - r**2) * math.sqrt(2 / (4 * 2)), rel=0.05)
    assert cautious_correlation(np.stack([values[0], -values[0]]), variances[[0, 0]]) == 0
    assert cautious_correlation(values[[0, 0]], variances[[0, 0]]) <= 0.95


def test_the_paired_test_is_that_of_scipy():
    tests = paired(FIRST, steps(FIRST))
    expected = [scipy.stats.ttest_rel(FIRST[one], FIRST[other]) for one, other in ((0, 1), (0, 2), (1, 2))]
    assert tests.p_values.tolist() == pytest.approx([found.pvalue for found in expected])
    [m] = {len(expected)}
    intervals = [found.confidence_interval(1 - 0.05 / m) for found in expected]
    halves = tests.half_widths()
    assert (tests.differences - halves).tolist() == pytest.approx([interval.low for interval in intervals])
    assert (tests.differences + halves).tolist() == pytest.approx([interval.high for interval in intervals])


@pytest.mark.parametrize("name", TESTS)
def test_the_detectable_difference_has_a_power_of_80_percent(name):
    tests = TESTS[name](FIRST, steps(FIRST))
    critical = stdtrit(tests.freedoms, 1 - 0.05 / 6)
    powers = [
        # The error of the typical pair, which is the median.
        scipy.stats.nct.sf(critical[pair], tests.freedoms[pair], tests.detectable() / tests.errors[pair])
        for pair in range(3)
    ]
    assert sorted(powers)[1] == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("freedom", [2, 2.5, 4, 10, 99, 9900])
@pytest.mark.parametrize("pairs", [1, 28, 4950, 14850])
def test_the_shift_of_a_noncentral_t_is_found_in_every_corner(freedom, pairs):
    critical = stdtrit(freedom, 1 - 0.05 / (2 * pairs))
    shift = nctdtrinc(freedom, 0.2, critical)
    assert scipy.stats.nct.sf(critical, freedom, shift) == pytest.approx(0.8, abs=1e-4)


def test_of_many_pairs_the_detectable_difference_is_computed_at_some():
    values = np.random.default_rng(0).normal(0.97, 0.002, (60, 6)) * np.exp(np.linspace(0, 0.01, 60))[:, None]
    tests = moderated(values, steps(values))
    shifts = nctdtrinc(tests.freedoms, 0.2, stdtrit(tests.freedoms, 1 - 0.05 / (2 * len(tests.first))))
    assert tests.detectable() == pytest.approx(np.median(tests.errors * shifts), rel=1e-3)


@pytest.mark.parametrize(("distance", "p"), [(0.5, 2 * 4**-3), (0.0, 1.0)])
def test_equal_differences_are_no_proof(distance, p):
    values = np.array([[0.25, 0.5, 0.75], [0.25, 0.5, 0.75]]) + np.array([[distance], [0.0]])
    assert paired(values, np.zeros(2)).p_values.tolist() == [p]


@pytest.mark.parametrize("name", TESTS)
def test_tied_rows_of_few_images_are_seldom_separated(name):
    """Three seeds of 30 test images, of which many rows have no spread: rounding hides it."""
    random = np.random.default_rng(0)
    tables = [random.binomial(30, 0.97, (8, 3)) / 30 for _ in range(200)]
    separated = [min(adjusted(TESTS[name](table, steps(table, 1 / 30)))) < 0.05 for table in tables]
    assert any(not has_spread(table[:1]) for table in tables)
    assert sum(separated) <= 10


def test_images_of_unequal_number_have_the_mean_of_both_roundings():
    values = np.array([[0.5] * 5, [0.6] * 5])
    [error] = paired(values, np.array([0.01, 0.1])).errors
    assert error == pytest.approx(math.sqrt((0.01**2 + 0.1**2) / 12 / 5))


def test_rounding_errors_are_no_spread():
    assert not has_spread(np.array([[0.1 + 0.2, 0.3, 0.3], [0.5, 0.5, 0.5]]))
    assert has_spread(np.array([[0.3001, 0.3, 0.3], [0.5, 0.5, 0.5]]))
