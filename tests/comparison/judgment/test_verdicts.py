import numpy as np
import pytest

from gdbench.comparison.judgment.verdicts import table_verdict
from gdbench.experiment.experiment import Claim
from tests.comparison.judging import a_block, measured, results_of

HIGH, LOW = [0.980, 0.982, 0.981], [0.920, 0.922, 0.921]


@pytest.mark.parametrize(
    ("cells", "claims", "expected"),
    [
        (["reproduced", "as published"], ["holds"], "reproduced"),
        (["reproduced"], [], "reproduced"),
        ([], ["holds", "holds"], "reproduced"),
        (["reproduced", "reproduced"], ["fails"], "contradicted"),
        (["higher", "reproduced"], ["holds"], "contradicted"),  # half of the cells
        (["lower", "collapsed", "reproduced"], [], "contradicted"),
        (["diverged"], [], "contradicted"),
        (["higher", "reproduced", "reproduced"], ["holds"], "partly reproduced"),
        (["higher", "undecided", "reproduced"], ["undecided"], "partly reproduced"),
        (["undecided", "reproduced"], ["holds"], "undecided"),
        (["reproduced"], ["undecided"], "undecided"),
        (["undecided"], [], "undecided"),
    ],
)
def test_a_table(cells, claims, expected):
    assert table_verdict(cells, claims) == expected


def judged(rows, *blocks, **keys):
    [verdict] = results_of(measured(rows, **keys), *blocks).verdicts()
    return verdict


def test_all_blocks_of_a_comparison_are_one_table():
    right, wrong = a_block({"A": 0.981, "B": 0.921}), a_block({"A": 0.02, "B": 0.08}, metric="test_error")
    assert judged({"A": HIGH, "B": LOW}, right).verdict == "reproduced"
    both = judged({"A": HIGH, "B": LOW}, right, wrong)
    assert [cell.verdict for cell in both.cells] == ["reproduced"] * 4
    off = a_block({"A": 0.5, "B": 0.5})
    assert judged({"A": HIGH, "B": LOW}, right, off).verdict == "contradicted"


def test_a_claim_that_fails_contradicts_cells_that_are_right():
    claim = Claim("less", "A < B", "test_accuracy", "last", ("A", "B"))
    verdict = judged({"A": HIGH, "B": LOW}, a_block({"A": 0.981, "B": 0.921}, claims=(claim,)))
    assert [each.verdict for each in verdict.claims] == ["fails"]
    assert verdict.verdict == "contradicted"


def test_a_claim_beside_the_block_counts_with_those_in_it():
    claim = Claim("greater", "A > B", "test_accuracy", "last", ("A", "B"))
    verdict = judged({"A": HIGH, "B": LOW}, claims=(claim,))
    assert (verdict.verdict, len(verdict.claims)) == ("reproduced", 1)


def test_words_are_an_order_from_the_smallest_metric_up():
    rows = {"SGD": [{"test_loss": 0.5 + seed / 900} for seed in range(3)]}
    rows |= {"Adam": [{"test_loss": 0.1 + seed / 990} for seed in range(3)]}
    keys = {"metric": "test_loss", "compare": "order", "words": ("Fast", "Slow")}
    right = judged(rows, a_block({"SGD": "Slow", "Adam": "Fast"}, **keys))
    wrong = judged(rows, a_block({"SGD": "Fast", "Adam": "Slow"}, **keys))
    assert (right.verdict, right.blocks[0].taus) == ("reproduced", (1.0,))
    assert (wrong.verdict, wrong.blocks[0].taus) == ("contradicted", (-1.0,))
    assert right.claims[0].claim.text == "published order: Adam < SGD"
    tied = judged(rows, a_block({"SGD": "Slow", "Adam": "Slow"}, **keys))
    assert (tied.verdict, tied.blocks[0].taus) == ("undecided", (None,))


def test_in_an_order_what_collapsed_is_the_worst():
    rows = {"A": HIGH, "B": ["collapsed"] * 3}
    verdict = judged(rows, a_block({"A": 0.98, "B": "collapsed"}, compare="order"))
    assert verdict.verdict == "reproduced"


def test_a_comparison_without_anything_published_has_no_verdict():
    assert results_of(measured({"A": HIGH})).verdicts() == []


def shares(shift: float, seeds: int, rounds: int = 400) -> dict[str, float]:
    """How often which verdict is reached, with seeds spreading by 0.1 points, as does the source's single run."""
    random = np.random.default_rng(0)
    counts: dict[str, int] = {}
    for _ in range(rounds):
        published = float(random.normal(0.98, 0.0003))
        numbers = [float(number) for number in random.normal(0.98 + shift, 0.001, seeds)]
        verdict = judged({"A": numbers}, a_block({"A": published})).verdict
        counts[verdict] = counts.get(verdict, 0) + 1
    return {verdict: count / rounds for verdict, count in counts.items()}


def test_a_true_re_run_is_called_reproduced_and_hardly_ever_off():
    found = shares(0.0, seeds=5)
    assert found["reproduced"] > 0.95
    assert found.get("contradicted", 0.0) == 0.0


def test_three_seeds_leave_more_undecided_than_five():
    assert shares(0.0, seeds=3)["undecided"] > 0.1 > shares(0.0, seeds=5).get("undecided", 0.0)


@pytest.mark.parametrize("shift", [-0.01, 0.01])
def test_a_shifted_re_run_is_never_called_reproduced(shift):
    found = shares(shift, seeds=5)
    assert found["contradicted"] > 0.99
    assert "reproduced" not in found


def a_claim(kind, metric="test_accuracy", tolerance=None):
    return Claim(kind, kind, metric, "last", ("A", "B") if kind == "equal" else (), tolerance=tolerance)


@pytest.mark.parametrize(
    ("claim", "keys", "tolerance"),
    [
        (a_claim("equal"), {"tolerance": 0.01}, 0.01),
        (a_claim("rising"), {"tolerance": None}, 0.003),
        (a_claim("rising", tolerance=0.002), {"tolerance": 0.01}, 0.002),
        (a_claim("rising", "test_error"), {"tolerance": 0.01}, 0.003),  # the block's is of another metric
        (a_claim("rising", "test_loss"), {"tolerance": 0.01}, None),
        (a_claim("rising", "test_loss", 0.1), {"tolerance": 0.01}, 0.1),
        (a_claim("rising", "test_loss"), {"metric": "test_loss", "tolerance": None}, None),
        (a_claim("rising"), {"tolerance": 0.01, "compare": "order"}, None),
        (a_claim("rising"), {"tolerance": 1.2, "compare": "ratio"}, 1.2),
        (a_claim("rising", "test_loss"), {"tolerance": 1.2, "compare": "ratio"}, None),
        (a_claim("spread"), {"tolerance": 0.01}, None),
    ],
)
def test_a_claim_has_the_tolerance_of_its_block_where_that_means_something(claim, keys, tolerance):
    verdict = judged({"A": HIGH, "B": LOW}, a_block({"A": 0.9, "B": 0.8}, claims=(claim,), **keys))
    statement = verdict.claims[-1].statement
    assert statement.tolerance == tolerance
    assert statement.ratio == (keys.get("compare") == "ratio" and claim.metric == "test_accuracy")


@pytest.mark.parametrize(
    ("claim", "tolerance"),
    [
        (a_claim("equal"), 0.003),
        (a_claim("equal", "test_error", 0.001), 0.001),
        (a_claim("equal", "test_loss"), None),
        (a_claim("equal", "test_loss", 0.0), 0.0),
    ],
)
def test_a_claim_beside_the_block_has_its_own_tolerance_or_the_usual_one(claim, tolerance):
    assert judged({"A": HIGH, "B": LOW}, claims=(claim,)).claims[0].statement.tolerance == tolerance


def test_a_published_order_has_no_tolerance_and_counts_with_the_other_claims():
    block = a_block({"A": 0.9, "B": 0.8}, compare="order", tolerance=0.01, claims=(a_claim("equal"),))
    order, _claim = judged({"A": HIGH, "B": LOW}, block).claims
    assert (order.statement.tolerance, order.statement.groups) == (None, (("B",), ("A",)))
