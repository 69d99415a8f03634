import math

import pytest

from gdbench.comparison.statistics import FIGURES, Statistics, summarize


def test_three_values_against_numbers_known_by_hand():
    # mean 2, sd 1, t(0.975, 2) = 4.302653, half width 4.302653 / sqrt(3)
    figures = summarize([1.0, 2.0, 3.0], 0, True)
    assert (figures.n, figures.mean, figures.sd) == (3, 2, 1)
    assert (figures.median, figures.min, figures.max) == (2, 1, 3)
    assert figures.ci_low == pytest.approx(2 - 2.484138, abs=1e-6)
    assert figures.ci_high == pytest.approx(2 + 2.484138, abs=1e-6)


def test_ten_values_use_nine_degrees_of_freedom():
    # the values 0 to 9: sd sqrt(82.5 / 9), t(0.975, 9) = 2.262157
    figures = summarize([float(number) for number in range(10)], 0, True)
    assert figures.ci_high == pytest.approx(4.5 + 2.262157 * math.sqrt(82.5 / 9 / 10), abs=1e-6)


@pytest.mark.parametrize("kind", ["accuracy", "error"])
def test_the_interval_of_a_share_is_cut_at_0_and_1(kind):
    high, low = summarize([0.99, 1.0], 0, True, kind=kind), summarize([0.0, 0.01], 0, True, kind=kind)
    assert (high.ci_low, high.ci_high) == (pytest.approx(0.995 - 0.0635310), 1.0)
    assert (low.ci_low, low.ci_high) == (0.0, pytest.approx(0.005 + 0.0635310))
    assert summarize([0.99, 1.0], 0, False, kind="loss").ci_high == pytest.approx(0.995 + 0.0635310)


def test_without_an_interval_the_spread_stays():
    figures = summarize([1.0, 2.0, 3.0], 0, True, interval=False)
    assert (figures.mean, figures.sd, figures.ci_low, figures.ci_high) == (2, 1, None, None)


def test_one_value_has_no_spread():
    assert summarize([0.5], 0, True) == Statistics(1, 0.5, None, None, None, 0.5, 0.5, 0.5)


def test_nothing_has_no_figures():
    assert summarize([], 0, True) == Statistics(0)


@pytest.mark.parametrize(("higher_is_better", "median"), [(True, 0.8), (False, 0.9)])
def test_a_diverged_run_is_worse_than_any_number_for_the_median_alone(higher_is_better, median):
    figures = summarize([0.8, 0.9], 1, higher_is_better)
    assert figures.median == median
    assert (figures.n, figures.mean, figures.min, figures.max) == (2, pytest.approx(0.85), 0.8, 0.9)
    assert figures.sd == pytest.approx(0.1 / math.sqrt(2))


@pytest.mark.parametrize(("higher_is_better", "median"), [(True, -math.inf), (False, math.inf)])
def test_where_half_diverged_the_median_is_infinite(higher_is_better, median):
    assert summarize([0.8], 1, higher_is_better).median == median
    assert summarize([], 3, higher_is_better) == Statistics(0, median=median)


def test_the_figures_are_those_of_the_csv_file():
    assert FIGURES == ("mean", "sd", "ci_low", "ci_high", "median", "min", "max")
