import pytest

from gdbench.comparison.judgment.claims import judge_claims
from gdbench.comparison.judgment.evidence import Statement
from gdbench.experiment.experiment import Claim
from tests.comparison.judging import measured

HIGH = [0.980, 0.982, 0.981, 0.979, 0.983]
MIDDLE = [0.970, 0.972, 0.971, 0.969, 0.973]
LOW = [0.920, 0.923, 0.921, 0.918, 0.922]
WIDE = [0.90, 0.99, 0.95, 0.93, 0.98]
# Above MIDDLE in the mean, not at every seed.
NEAR = [0.974, 0.969, 0.973, 0.968, 0.976]


def claim(kind, *rows, metric="test_accuracy", **keys):
    return Claim(kind, kind, metric, "last", tuple(rows), **keys)


def verdict(rows, a_claim, tolerance=0.003, **keys):
    [judged] = judge_claims([Statement(a_claim, tolerance, **keys)], measured(rows))
    return judged.verdict


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("greater", HIGH, LOW, "holds"),
        ("greater", LOW, HIGH, "fails"),
        ("greater", NEAR, MIDDLE, "undecided"),
        ("less", LOW, HIGH, "holds"),
        ("less", HIGH, LOW, "fails"),
        ("less", MIDDLE, NEAR, "undecided"),
        ("equal", HIGH, [number + 0.001 for number in HIGH], "holds"),
        ("equal", HIGH, MIDDLE, "fails"),
        ("equal", HIGH, WIDE, "undecided"),
    ],
)
def test_two_rows(kind, one, other, expected):
    assert verdict({"A": one, "B": other}, claim(kind, "A", "B")) == expected


def test_a_pair_of_seeds_is_compared_with_itself():
    """The spread over the seeds, ten times the difference, is the same on both sides."""
    other = [number - 0.002 - 0.0002 * index for index, number in enumerate(WIDE)]
    assert verdict({"A": WIDE, "B": other}, claim("greater", "A", "B")) == "holds"


@pytest.mark.parametrize(
    "kind", ["greater", "less", "equal", "best", "order", "rising", "falling", "spread", "opposed"]
)
def test_with_one_seed_all_is_undecided(kind):
    rows = {"A": [{"test_accuracy": 0.9, "train_loss": 0.5}], "B": [{"test_accuracy": 0.5, "train_loss": 0.9}]}
    names = () if kind in ("rising", "falling", "spread", "opposed") else ("A",) if kind == "best" else ("A", "B")
    a_claim = claim(kind, *names, bound=0.9, metrics=("train_loss", "test_accuracy"))
    assert verdict(rows, a_claim, 0.9) == "undecided"


def test_a_diverged_run_is_worse_than_any_number():
    gone = ["diverged"] * 5
    assert verdict({"A": LOW, "B": gone}, claim("greater", "A", "B")) == "holds"
    assert verdict({"A": LOW, "B": gone}, claim("less", "A", "B", metric="test_error")) == "holds"
    assert verdict({"A": HIGH, "B": [*HIGH[:4], "diverged"]}, claim("greater", "A", "B")) == "undecided"
    assert verdict({"A": [*HIGH[:4], "diverged"], "B": LOW}, claim("best", "A")) == "undecided"
    assert verdict({"A": gone, "B": LOW}, claim("best", "A")) == "fails"
    assert verdict({"A": gone, "B": HIGH}, claim("equal", "A", "B")) == "fails"


@pytest.mark.parametrize("kind", ["equal", "spread"])
def test_two_rows_that_diverged_are_not_shown_to_be_alike(kind):
    gone = ["diverged"] * 5
    a_claim = claim(kind, *(("A", "B") if kind == "equal" else ()), bound=0.01)
    assert verdict({"A": gone, "B": gone}, a_claim) == "undecided"


def test_failed_and_missing_runs_are_left_out_pair_by_pair():
    assert verdict({"A": [*HIGH[:3], "failed", "missing"], "B": LOW}, claim("greater", "A", "B")) == "holds"
    assert verdict({"A": [HIGH[0], *["failed"] * 4], "B": LOW}, claim("greater", "A", "B")) == "undecided"


def test_best_holds_within_the_tolerance_fails_when_another_is_shown_better():
    rows = {"A": NEAR, "B": MIDDLE, "C": LOW}
    assert verdict(rows, claim("best", "A")) == "holds"
    assert verdict(rows, claim("best", "B")) == "undecided"  # 0.1 points behind A, which may be 0.4
    assert verdict(rows, claim("best", "B"), tolerance=0.006) == "holds"
    assert verdict(rows, claim("best", "C")) == "fails"


def test_best_knows_which_way_a_metric_is_better():
    rows = {"A": [{"test_loss": 0.1 + seed / 1000} for seed in range(5)]}
    rows["B"] = [{"test_loss": 0.5 + seed / 900} for seed in range(5)]
    assert verdict(rows, claim("best", "A", metric="test_loss")) == "holds"
    assert verdict(rows, claim("best", "B", metric="test_loss")) == "fails"


def test_best_of_the_other_axis():
    rows = {"sgd/1": MIDDLE, "sgd/0.1": LOW, "adam/1": LOW, "adam/0.1": HIGH}
    right = claim("best", "sgd/1", "adam/0.1", best_of=(("sgd", "1"), ("adam", "0.1")))
    wrong = claim("best", "sgd/1", "adam/1", best_of=(("sgd", "1"), ("adam", "1")))
    assert verdict(rows, right) == "holds"
    assert verdict(rows, wrong) == "fails"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"A": HIGH, "B": MIDDLE, "C": LOW}, "holds"),
        ({"A": HIGH, "B": NEAR, "C": MIDDLE}, "holds"),  # A and C are apart
        ({"A": MIDDLE, "B": HIGH, "C": LOW}, "fails"),  # a pair reversed, the ends as claimed
        ({"A": MIDDLE, "B": NEAR, "C": LOW}, "undecided"),  # the means out of order, no more
        ({"A": NEAR, "B": MIDDLE, "C": MIDDLE}, "undecided"),  # in order, the ends not apart
    ],
)
def test_an_order_is_best_first(rows, expected):
    assert verdict(rows, claim("order", "A", "B", "C")) == expected
    reverse = {"rising": {**dict(reversed(rows.items()))}, "falling": rows}
    assert verdict(reverse["rising"], claim("rising")) == expected
    assert verdict(reverse["falling"], claim("falling")) == expected


def test_an_order_of_losses_is_best_first_too():
    rows = {"A": [{"test_loss": 0.1}] * 3, "B": [{"test_loss": 0.2}, {"test_loss": 0.21}, {"test_loss": 0.22}]}
    assert verdict(rows, claim("order", "A", "B", metric="test_loss")) == "holds"
    assert verdict(rows, claim("order", "B", "A", metric="test_loss")) == "fails"


def test_rising_goes_along_the_inner_axis_for_every_outer_label():
    rows = {"sgd/1": LOW, "sgd/2": HIGH, "adam/1": MIDDLE, "adam/2": HIGH}
    assert verdict(rows, claim("rising")) == "holds"
    assert verdict({**rows, "adam/2": LOW}, claim("rising")) == "fails"
    assert verdict({**rows, "adam/2": NEAR}, claim("rising")) == "undecided"


def test_ties_of_a_published_order_are_free():
    rows = {"A": HIGH, "B": LOW, "C": MIDDLE}
    tied = (("B", "C"), ("A",))
    assert verdict(rows, claim("order"), groups=tied) == "holds"
    assert verdict({**rows, "B": MIDDLE, "C": LOW}, claim("order"), groups=tied) == "holds"
    assert verdict({**rows, "A": LOW, "C": HIGH}, claim("order"), groups=tied) == "fails"


@pytest.mark.parametrize(("bound", "expected"), [(0.02, "holds"), (0.005, "fails"), (0.01, "undecided")])
def test_the_spread_of_all_rows(bound, expected):
    rows = {"A": HIGH, "B": MIDDLE, "C": [number - 0.001 * (index % 2) for index, number in enumerate(MIDDLE)]}
    assert verdict(rows, claim("spread", bound=bound)) == expected


def losses_and_accuracies(*pairs):
    return {
        f"model {index}": [
            {"train_loss": loss + seed / 5000, "test_accuracy": accuracy - (seed * index) % 3 / 3000}
            for seed in range(5)
        ]
        for index, (loss, accuracy) in enumerate(pairs)
    }


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(0.1, 0.97), (0.15, 0.95), (0.2, 0.92)], "holds"),
        ([(0.1, 0.92), (0.15, 0.95), (0.2, 0.97)], "fails"),
        ([(0.1, 0.95), (0.15, 0.9505), (0.2, 0.92)], "undecided"),
    ],
)
def test_two_metrics_rank_the_rows_oppositely(pairs, expected):
    opposed = claim("opposed", metrics=("train_loss", "test_accuracy"))
    assert verdict(losses_and_accuracies(*pairs), opposed) == expected


def test_several_claims_are_judged_together():
    """Alone each is shown at 5 %; of four such, Holm shows none."""
    rows = dict.fromkeys("BCDE", MIDDLE) | {"A": [0.976, 0.972, 0.976, 0.971, 0.976]}
    statements = [Statement(claim("greater", "A", name), 0.003) for name in "BCDE"]
    assert [judged.verdict for judged in judge_claims(statements[:1], measured(rows))] == ["holds"]
    assert {judged.verdict for judged in judge_claims(statements, measured(rows))} == {"undecided"}


def test_a_ratio_has_a_factor_for_tolerance():
    rows = {"A": [{"train_seconds": 10.0 + seed} for seed in range(5)]}
    rows["B"] = [{"train_seconds": 11.0 + 1.1 * seed} for seed in range(5)]
    equal = claim("equal", "A", "B", metric="train_seconds")
    assert verdict(rows, equal, 1.2, ratio=True) == "holds"
    assert verdict(rows, equal, 1.05, ratio=True) == "fails"
