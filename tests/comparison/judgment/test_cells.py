import math

import pytest
import scipy.stats

from gdbench.comparison.judgment.cells import judge_cells
from tests.comparison.judging import a_block, measured

# Mean 0.98, half the 95 % interval 0.00196.
CLOSE = [0.978, 0.979, 0.980, 0.981, 0.982]
HALF = 0.00196324


def cell(published, numbers, **keys):
    [judged] = judge_cells(a_block({"A": published}, **keys), measured({"A": numbers}))
    return judged


@pytest.mark.parametrize(
    ("published", "tolerance", "expected"),
    [
        (0.980, 0.003, "reproduced"),
        (0.977, 0.003, "reproduced"),  # the difference is the tolerance itself
        (0.983, 0.003, "reproduced"),
        (0.9769, 0.003, "undecided"),
        (0.980 - 0.003 - 0.0019, 0.003, "undecided"),
        (0.980 - 0.003 - 0.0020, 0.003, "higher"),
        (0.980 + 0.003 + 0.0019, 0.003, "undecided"),
        (0.980 + 0.003 + 0.0020, 0.003, "lower"),
        (0.980, 0.0019, "undecided"),  # half the interval is wider than the tolerance
        (0.980, 0.0020, "reproduced"),
        (0.92, 0.003, "higher"),
        (0.99, 0.003, "lower"),
    ],
)
def test_a_cell(published, tolerance, expected):
    judged = cell(published, CLOSE, tolerance=tolerance)
    assert judged.verdict == expected
    assert judged.half == pytest.approx(HALF, rel=1e-4)
    assert judged.difference == pytest.approx(0.980 - published)


def test_an_interval_as_wide_as_the_tolerance_will_do():
    half = cell(0.98, CLOSE).half
    assert cell(0.98, CLOSE, tolerance=half).verdict == "reproduced"


@pytest.mark.parametrize(
    "numbers", [[0.98], [], [0.98, 0.98], [0.98, 0.98, "failed"], ["missing", "missing"], ["failed", "failed"]]
)
@pytest.mark.parametrize("published", [0.5, 0.98])
def test_below_three_values_nothing_is_decided(numbers, published):
    assert cell(published, numbers or ["missing"]).verdict == "undecided"


def test_equal_accuracies_vary_by_at_least_their_rounding():
    """Steps of one of 10,000 images hide a variance of a twelfth of their square."""
    expected = scipy.stats.t.ppf(0.975, 2) * math.sqrt(1e-8 / 12 / 3)
    assert cell(0.98, [0.98] * 3).half == pytest.approx(expected)
    assert cell(0.98, [0.98] * 3, tolerance=0.9 * expected).verdict == "undecided"
    assert cell(0.98, [0.98] * 3, tolerance=1.1 * expected).verdict == "reproduced"


def test_without_a_tolerance_nothing_is_decided_but_for_accuracies():
    losses = [{"test_loss": 0.1}, {"test_loss": 0.11}]
    judged = cell(0.1, losses, metric="test_loss", tolerance=None)
    assert (judged.verdict, judged.tolerance) == ("undecided", None)
    assert cell(0.98, CLOSE, tolerance=None).tolerance == 0.003


def test_a_spread_gives_welchs_interval_and_twice_it_as_tolerance():
    judged = cell((0.9795, 0.0029), CLOSE, runs=10, tolerance=0.001)
    expected = scipy.stats.ttest_ind(CLOSE, CLOSE, equal_var=False)
    sd = scipy.stats.tstd(CLOSE)
    own, theirs = sd**2 / 5, 0.0029**2 / 10
    freedom = (own + theirs) ** 2 / (own**2 / 4 + theirs**2 / 9)
    assert expected.df == pytest.approx(8)  # Welch's degrees of freedom, of equal spreads
    assert judged.half == pytest.approx(scipy.stats.t.ppf(0.975, freedom) * math.sqrt(own + theirs))
    assert judged.tolerance == 0.0058
    assert judged.verdict == "reproduced"
    assert cell((0.9795, 0.0001), CLOSE, runs=10, tolerance=0.003).tolerance == 0.003


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["collapsed", "collapsed", "collapsed", 0.98, 0.98], "collapsed"),
        (["diverged", "diverged", "diverged", 0.98, 0.98], "diverged"),
        (["collapsed", "collapsed", 0.98, 0.98], "undecided"),  # half is not more than half
        (["diverged", "diverged", "collapsed", "collapsed", 0.98], "undecided"),
        (["diverged", "failed", "failed"], "undecided"),
        (["diverged", "diverged"], "undecided"),
        (["collapsed"], "undecided"),
    ],
)
def test_more_than_half_of_the_runs_decide_on_an_ending(numbers, expected):
    assert cell(0.98, numbers).verdict == expected


@pytest.mark.parametrize(
    ("published", "metric", "numbers", "expected"),
    [
        ("collapsed", "test_accuracy", ["collapsed"] * 3, "as published"),
        ("diverged", "test_accuracy", ["diverged"] * 3, "as published"),
        ("collapsed", "test_accuracy", ["diverged"] * 3, "diverged"),
        ("diverged", "test_accuracy", ["collapsed"] * 3, "collapsed"),
        ("collapsed", "test_accuracy", [0.97, 0.97, 0.97], "higher"),
        ("collapsed", "test_error", [0.97, 0.97, 0.97], "lower"),
        ("collapsed", "test_accuracy", ["collapsed", 0.97, 0.97], "undecided"),
        ("collapsed", "test_accuracy", [0.97, "missing", 0.97], "undecided"),
        ("collapsed", "test_accuracy", [0.97], "undecided"),
    ],
)
def test_a_source_that_says_collapsed_or_diverged(published, metric, numbers, expected):
    assert cell(published, numbers, metric=metric).verdict == expected


def test_a_point_that_the_source_leaves_out_is_measured_only():
    block = a_block({"B": 0.98})
    first, second = judge_cells(block, measured({"A": CLOSE, "B": CLOSE}))
    assert (first.published, first.verdict, first.measured.mean) == (None, None, pytest.approx(0.98))
    assert second.verdict == "reproduced"
    assert second.counts == (5, 5, 0, 0)


def test_a_block_of_claims_alone_has_measured_cells_without_verdicts():
    [cell] = judge_cells(a_block({}), measured({"A": CLOSE}))
    assert cell.measured.mean == pytest.approx(0.98)
    assert (cell.published, cell.difference, cell.tolerance, cell.verdict) == (None, None, None, None)
    [ratio] = judge_cells(a_block({}, compare="ratio"), measured({"A": CLOSE}))
    assert ratio.measured.mean == pytest.approx(0.98)


def times(*seconds):
    return [{"train_seconds": second} for second in seconds]


RATIOS = {"metric": "train_seconds", "compare": "ratio", "tolerance": 1.25}


def test_ratios_are_taken_seed_by_seed():
    """The second seed's machine was twice as slow on both rows: no spread at all in their ratio."""
    rows = {"A": times(10.0, 20.0, 11.0), "B": times(60.0, 120.0, 66.0)}
    first, second = judge_cells(a_block({"A": 2.0, "B": 12.0}, **RATIOS), measured(rows))
    assert first.verdict == "reference"
    assert (second.verdict, second.measured.mean) == ("reproduced", pytest.approx(6.0))
    assert (second.difference, second.half) == (pytest.approx(1.0), pytest.approx(1.0))


@pytest.mark.parametrize(
    ("published", "expected"), [(5.0, "reproduced"), (7.4, "reproduced"), (9.0, "lower"), (4.0, "higher")]
)
def test_a_ratio_may_be_off_by_a_factor(published, expected):
    rows = {"A": times(10.0, 10.1, 10.2), "B": times(60.0, 60.9, 61.0)}
    second = judge_cells(a_block({"A": 1.0, "B": published}, **RATIOS), measured(rows))[1]
    assert second.verdict == expected


def test_under_an_order_the_cells_have_no_verdict():
    cells = judge_cells(a_block({"A": 0.9, "B": 0.5}, compare="order"), measured({"A": CLOSE, "B": CLOSE}))
    assert [each.verdict for each in cells] == [None, None]


def test_several_epochs_stand_in_one_block_and_a_run_has_not_collapsed_before_its_end():
    history = {"epoch": [1, 2], "test_accuracy": [0.98, 0.1]}
    found = measured({"A": ["collapsed"] * 3})
    for record in found.records.values():
        record.outcome.history.update(history)
    block = a_block({"A": [0.98, 0.98]}, at=(1, 2))
    first, second = judge_cells(block, found)
    assert (first.at, first.verdict) == (1, "reproduced")
    assert (second.at, second.verdict) == (2, "collapsed")


def test_a_target_that_all_runs_miss_is_off_and_one_that_some_miss_undecided():
    keys = {"metric": "updates_to_target", "tolerance": 10}
    history = {"epoch": [1, 2], "update": [100, 200], "test_accuracy": [0.5, 0.9]}
    for target, expected in ((0.4, "reproduced"), (0.8, "higher"), (0.95, "higher")):
        found = measured({"A": [0.9, 0.9, 0.9]}, target=target)
        for record in found.records.values():
            record.outcome.history.update(history)
        assert judge_cells(a_block({"A": 100.0}, **keys), found)[0].verdict == expected
    next(iter(found.records.values())).outcome.history.update({"test_accuracy": [0.96, 0.97]})
    assert judge_cells(a_block({"A": 100.0}, **keys), found)[0].verdict == "undecided"
