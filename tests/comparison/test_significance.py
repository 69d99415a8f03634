import math

import pytest
import scipy.stats

from gdbench.comparison.significance import differences, holm, holm_adjusted, interval, kendall_tau, p_above

VALUES = [0.02, 0.03, 0.01, 0.025, 0.004]
INFINITE = math.inf


@pytest.mark.parametrize("bound", [0.0, 0.01, 0.03])
def test_the_p_value_is_that_of_a_one_sided_t_test(bound):
    expected = scipy.stats.ttest_1samp(VALUES, bound, alternative="greater").pvalue
    assert p_above(VALUES, bound) == pytest.approx(expected)


def test_the_interval_is_that_of_the_t_test():
    expected = scipy.stats.ttest_1samp(VALUES, 0.0).confidence_interval(0.95)
    assert interval(VALUES) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("values", [[], [0.5]])
def test_below_two_seeds_nothing_is_shown(values):
    assert p_above(values) == 1.0
    assert interval(values) == (-INFINITE, INFINITE)


def test_equal_differences_show_their_sign():
    assert p_above([0.1 + 0.2, 0.3, 0.3]) == 0.0
    assert p_above([-0.3, -0.3]) == 1.0
    assert p_above([0.0, 0.0]) == 1.0


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_diverged_run_is_the_limit_of_a_worse_and_worse_one(count):
    found = differences((0.9,) * 5, (-INFINITE,) * count + (0.91, 0.92, 0.93, 0.94, 0.95)[count:])
    nearly = [1e9] * count + [-0.01, -0.02, -0.03, -0.04, -0.05][count:]
    assert p_above(found) == pytest.approx(p_above(nearly), abs=1e-6)


def test_two_diverged_runs_are_equal_and_a_missing_one_is_left_out():
    assert differences((-INFINITE, None, 0.5), (-INFINITE, 0.3, 0.2)) == [0.0, pytest.approx(0.3)]


def test_an_interval_with_diverged_runs():
    assert interval([INFINITE, INFINITE]) == (INFINITE, INFINITE)
    assert interval([INFINITE, 0.0]) == (-INFINITE, INFINITE)


def test_holm_steps_down_and_stops_at_the_first_that_is_not_shown():
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([0.05]) == [True]
    assert holm([0.026, 0.026]) == [False, False]
    assert holm([]) == []


@pytest.mark.parametrize("p_values", [[0.01, 0.04, 0.03, 0.005], [0.9, 0.02, 0.02, 0.5, 1.0], [0.3], [1e-9, 0.04]])
def test_adjusted_p_values_are_those_of_statsmodels(p_values):
    # It takes a second to import, so that only the process that needs it does.
    from statsmodels.stats.multitest import multipletests

    assert holm_adjusted(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_adjusted_p_values_are_never_in_another_order():
    assert holm_adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm_adjusted([]) == []


@pytest.mark.parametrize("other", [[1, 2, 3, 4], [4, 3, 2, 1], [1, 1, 2, 3], [2, 1, 4, 3]])
def test_kendalls_tau_is_the_usual_tau_b(other):
    expected = scipy.stats.kendalltau([1, 2, 2, 4], other).statistic
    assert kendall_tau([1, 2, 2, 4], other) == pytest.approx(expected)


def test_all_ties_have_no_tau():
    assert kendall_tau([1, 1], [1, 2]) is None
    assert kendall_tau([1], [1]) is None
