import pytest
import scipy.stats

from gdbench.comparison.significance import holm_adjusted, kendall_tau


def test_holms_p_values_step_down_and_never_fall():
    """As statsmodels' `multipletests(..., method="holm")` gives them."""
    assert holm_adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm_adjusted([0.05]) == [0.05]
    assert holm_adjusted([0.6, 0.7]) == [1.0, 1.0]
    assert holm_adjusted([]) == []


@pytest.mark.parametrize("other", [[1, 2, 3, 4], [4, 3, 2, 1], [1, 1, 2, 3], [2, 1, 4, 3]])
def test_kendalls_tau_is_the_usual_tau_b(other):
    expected = scipy.stats.kendalltau([1, 2, 2, 4], other).statistic
    assert kendall_tau([1, 2, 2, 4], other) == pytest.approx(expected)


def test_all_ties_have_no_tau():
    assert kendall_tau([1, 1], [1, 2]) is None
    assert kendall_tau([1], [1]) is None
