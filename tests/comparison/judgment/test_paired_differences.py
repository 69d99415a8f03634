import math
from itertools import product

import numpy as np
import pytest
import scipy.stats

from gdbench.comparison.judgment.paired_differences import paired_differences
from tests.comparison.one_by_one import OnePair

GONE = -math.inf
STEP = (1e-4, 1e-4)
VALUES = (0.02, 0.03, 0.01, 0.025, 0.004)
ZEROS = (0.0,) * 5


class One:
    """The tests of a single pair."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __getattr__(self, test):
        return lambda *bounds: getattr(self.pairs, test)(*bounds).item()

    def mirrored(self):
        return One(self.pairs.mirrored())


def paired(one, other, steps=(0.0, 0.0)):
    """One sample minus another; None where a value is missing."""
    columns = (np.array(sample, float).reshape(-1, 1) for sample in (one, other))
    return One(paired_differences(*columns, tuple(np.array([step]) for step in steps)))


@pytest.mark.parametrize("bound", [0.0, 0.01, 0.03])
def test_above_is_the_one_sided_paired_t_test(bound):
    expected = scipy.stats.ttest_1samp(VALUES, bound, alternative="greater").pvalue
    assert paired(VALUES, ZEROS).above(bound) == pytest.approx(expected)
    assert paired(ZEROS, VALUES).near(bound) == pytest.approx(
        scipy.stats.ttest_1samp([-value for value in VALUES], -bound, alternative="greater").pvalue
    )


def test_apart_without_a_tolerance_is_the_two_sided_t_test():
    expected = scipy.stats.ttest_1samp(VALUES, 0.0).pvalue
    assert paired(VALUES, ZEROS).apart(0.0) == paired(ZEROS, VALUES).apart(0.0) == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_below_three_seeds_nothing_is_shown(count):
    pair = paired((0.98,) * count, (0.5,) * count)
    gone = paired((0.98,) * count, (GONE,) * count)
    assert [pair.above(), pair.near(0.1), pair.apart(0.1), gone.above(), gone.apart(0.1)] == [1.0] * 5
    missing = paired((0.9, 0.8, None), (0.1, 0.1, 0.1))
    assert missing.above() == 1.0


@pytest.mark.parametrize("count", [3, 5, 10])
def test_equal_differences_show_no_more_than_their_number_allows(count):
    """Losses have no steps: without a floor the p-value would be 0."""
    one, other = (0.3,) * count, (0.1,) * count
    assert paired(one, other).above() == pytest.approx(4.0**-count)
    assert paired(one, other).apart(0.05) == pytest.approx(2 * 4.0**-count)
    # Equal on paper only.
    assert paired((0.1 + 0.2, 0.3, 0.3), (0.2, 0.2, 0.2)).above() == pytest.approx(4.0**-3)
    assert paired(other, one).above() == 1.0


def test_accuracies_vary_by_at_least_their_rounding():
    """Three equal differences of one image of 10,000 show nothing, though their variance is 0."""
    one, other = (0.9801, 0.9801, 0.9801), (0.98, 0.98, 0.98)
    error = math.sqrt(1e-8 / 6 / 3)
    expected = scipy.stats.t.sf(1e-4 / error, 2)
    assert paired(one, other, STEP).above() == pytest.approx(max(expected, 4.0**-3), rel=1e-6)
    assert paired(one, other, (1e-2, 1e-2)).above() > 0.4
    # Rows of different datasets have different steps.
    mixed = paired(one, other, (1e-2, 0.0)).above()
    assert mixed == pytest.approx(scipy.stats.t.sf(1e-4 / math.sqrt(1e-4 / 12 / 3), 2), rel=1e-6)


def test_equal_rows_are_neither_above_nor_apart():
    pair = paired((0.98,) * 5, (0.98,) * 5)
    assert (pair.above(), pair.apart(0.0)) == (0.5, 1.0)
    assert pair.near(0.001) == pytest.approx(4.0**-5)


def test_a_divergence_counts_as_large_as_the_largest_difference():
    one = (0.98, 0.981, 0.979, 0.982, 0.98)
    other = (GONE, 0.902, 0.899, 0.901, 0.903)
    assert paired(one, other, STEP).above() == pytest.approx(9.73717e-7, rel=1e-5)
    assert paired(other, one, STEP).above() == pytest.approx(0.999999, abs=1e-6)


@pytest.mark.parametrize(("gone", "seeds"), [(5, 5), (4, 5), (3, 4), (2, 3), (3, 3)])
def test_fewer_than_two_differences_leave_the_count_of_divergences(gone, seeds):
    pair = paired((0.9,) * seeds, (GONE,) * gone + (0.8,) * (seeds - gone))
    expected = scipy.stats.binom.sf(gone - 1, seeds, 0.25)
    assert pair.above() == pair.near(0.1) == pytest.approx(expected)
    assert pair.apart(0.1) == pytest.approx(2 * expected)
    assert (pair.mirrored().above(), pair.mirrored().near(0.1)) == (1.0, 1.0)


def test_five_divergences_against_none():
    assert paired((0.9,) * 5, (GONE,) * 5).above() == pytest.approx(0.000976562, rel=1e-6)


def test_a_divergence_contradicts_nearness_and_two_at_a_seed_are_no_evidence_of_it():
    close, far = (0.98, 0.981, 0.979, 0.98), (0.9801, 0.981, 0.9792, 0.98)
    assert paired((*close, GONE), (*far, 0.98)).near(0.01) == 1.0
    assert paired((*close, 0.98), (*far, GONE)).near(0.01) < 0.001
    assert paired((*close, GONE), (*far, GONE)).near(0.01) == paired(close, far).near(0.01)
    # But for a row that is above another they count as a tie.
    apart = (0.970, 0.971, 0.968, 0.969)
    assert paired((*close, GONE), (*apart, GONE)).above() > paired(close, apart).above()
    assert paired((GONE,) * 5, (GONE,) * 5).near(0.01) == 1.0


@pytest.mark.parametrize(("shift", "seeds"), list(product([0.0, 1.0, 2.0, 4.0], [3, 5, 10, 20])))
def test_a_divergence_of_the_loser_never_weakens_the_evidence_against_it(shift, seeds):
    random = np.random.default_rng(0)
    ones = 0.98 + 1e-3 * random.normal(shift, 1.0, (100, seeds)).T
    others = np.full_like(ones, 0.98)
    steps = (np.full(100, STEP[0]), np.full(100, STEP[1]))
    alone = without = paired_differences(ones, others, steps)
    leads = ones.mean(axis=0) > 0.98
    assert leads.any()
    for gone in (1, 2, seeds):
        ends = np.full((gone, 100), GONE)
        diverged = paired_differences(np.vstack([ones, np.full_like(ends, 0.98)]), np.vstack([others, ends]), steps)
        assert (diverged.above() <= without.above() * (1 + 1e-9)).all()
        assert (diverged.apart(0.0005) <= without.apart(0.0005) * (1 + 1e-9))[leads].all()
        without = diverged
    end = np.full((1, 100), GONE)
    own = paired_differences(np.vstack([ones, end]), np.vstack([others, np.full((1, 100), 0.98)]), steps)
    assert (own.above() >= np.minimum(0.5, alone.above())).all()


@pytest.mark.parametrize("method", ["above", "near", "apart"])
def test_neither_the_order_of_seeds_nor_a_common_shift_matters(method):
    one, other = (0.98, 0.97, GONE, 0.975, 0.99, GONE), (0.96, GONE, 0.97, 0.98, 0.95, GONE)

    def ask(pair):
        return getattr(pair, method)(0.003)

    found = ask(paired(one, other, STEP))
    assert ask(paired(one[::-1], other[::-1], STEP)) == pytest.approx(found)
    shifted = [tuple(number + 0.005 for number in sample) for sample in (one, other)]
    assert ask(paired(*shifted, STEP)) == pytest.approx(found)
    if method == "apart":
        assert ask(paired(other, one, STEP)) == pytest.approx(found)


def test_numbers_whose_differences_and_squares_overflow():
    pair = paired((1.7e308, 1.6e308, 1.5e308), (-1.7e308, -1.7e308, -1.6e308))
    assert 0 < pair.above() < 0.01
    assert paired((1e300,) * 3, (1e-300,) * 3).above(1e307) == 1.0


def random_samples(random, rows, seeds):
    """Rows that are apart, near, equal, rounded or constant, with runs that diverged or are missing."""
    spread, step = random.choice([0.0, 1e-4, 1e-3, 1e-2]), random.choice([0.0, 1e-4, 1e-2])
    values = random.choice([0.9, 0.95, 0.952], (rows, 1)) + spread * random.normal(size=(rows, seeds))
    values = np.round(values / step) * step if step else values
    values = np.where(random.random((rows, seeds)) < random.choice([0.0, 0.1, 0.5]), GONE, values)
    return np.where(random.random((rows, seeds)) < random.choice([0.0, 0.2]), np.nan, values), step


@pytest.mark.parametrize("seeds", [0, 1, 2, 3, 4, 5, 10])
def test_all_pairs_at_once_have_the_p_values_that_each_has_alone(seeds):
    random = np.random.default_rng(seeds)
    for _ in range(15):
        values, step = random_samples(random, 8, seeds)
        first, second = np.triu_indices(8, 1)
        steps = np.full(len(first), step)
        pairs = paired_differences(values[first].T, values[second].T, (steps, steps))
        samples = [tuple(None if math.isnan(number) else number for number in row) for row in values.tolist()]
        alone = [OnePair(samples[i], samples[j], (step, step)) for i, j in zip(first, second, strict=True)]
        for bound in (0.0, 0.003):
            for test in ("above", "near", "apart"):
                expected = [getattr(pair, test)(bound) for pair in alone]
                assert getattr(pairs, test)(bound) == pytest.approx(expected, rel=1e-12)
                expected = [getattr(pair.mirrored(), test)(bound) for pair in alone]
                assert getattr(pairs.mirrored(), test)(bound) == pytest.approx(expected, rel=1e-12)
