import pytest
import scipy.stats

from gdbench.comparison.significance import holm_adjusted, kendall_tau


@pytest.mark.parametrize("p_values", [[0.01, 0.04, 0.03, 0.005], [0.9, 0.02, 0.02, 0.5, 1.0], [0.3], [1e-9, 0.04]])
def test_adjusted_p_values_are_those_of_statsmodels(p_values):
    # It takes a second to import, so that only the process that needs it does.
    from statsmodels.stats.multitest import multipletests

    assert holm_adjusted(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_adjusted_p_values_are_never_in_another_order():
    assert holm_adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm_adjusted([0.6, 0.7]) == [1.0, 1.0]
    assert holm_adjusted([]) == []


@pytest.mark.parametrize("other", [[1, 2, 3, 4], [4, 3, 2, 1], [1, 1, 2, 3], [2, 1, 4, 3]])
def test_kendalls_tau_is_the_usual_tau_b(other):
    expected = scipy.stats.kendalltau([1, 2, 2, 4], other).statistic
    assert kendall_tau([1, 2, 2, 4], other) == pytest.approx(expected)


def test_all_ties_have_no_tau():
    assert kendall_tau([1, 1], [1, 2]) is None
    assert kendall_tau([1], [1]) is None
