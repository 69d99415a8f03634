import math
import random

import pytest

from gdbench.comparison.judgment.claims import judge_claims
from gdbench.comparison.judgment.evidence import Statement, evidence
from gdbench.experiment.experiment import Claim
from tests.comparison import one_by_one
from tests.comparison.judging import measured

# Of 10,000 test images: in steps of 0.0001.
ROWS = {
    "a": [0.981, 0.979, 0.980, 0.982, 0.978],
    "b": [0.978, 0.977, 0.9785, 0.9795, 0.976],
    "c": [0.970, 0.972, 0.968, 0.971, 0.974],
}
GONE = {"a": [0.98, 0.981, 0.979, 0.982, 0.98], "b": ["diverged", 0.902, 0.899, 0.901, 0.903]}
ALL_GONE = {"a": [0.9] * 5, "b": ["diverged"] * 5}


def claim(kind, *rows, metric="test_accuracy", **keys):
    return Claim(kind, kind, metric, "last", tuple(rows), **keys)


@pytest.mark.parametrize(
    ("rows", "a_claim", "holds", "fails", "verdict"),
    [
        (ROWS, claim("greater", "a", "b"), 0.00049584, 0.999504, "holds"),
        (ROWS, claim("less", "b", "a"), 0.00049584, 0.999504, "holds"),
        (ROWS, claim("greater", "b", "a"), 0.999504, 0.00049584, "fails"),
        (ROWS, claim("equal", "a", "b"), 0.0174599, 0.982557, "holds"),
        (ROWS, claim("equal", "a", "c"), 0.991635, 0.00905501, "fails"),
        (ROWS, claim("best", "a"), 0.000690187, 1.0, "holds"),
        (ROWS, claim("best", "b"), 0.0174599, 0.000991679, "fails"),
        (ROWS, claim("order", "a", "b", "c"), 0.00202098, 1.0, "holds"),
        (ROWS, claim("order", "a", "c", "b"), 0.968457, 0.0154027, "fails"),
        (ROWS, claim("falling"), 0.00202098, 1.0, "holds"),
        (ROWS, claim("spread", bound=0.01), 0.27284, 1.0, "undecided"),
        (GONE, claim("greater", "a", "b"), 9.73717e-7, 0.999999, "holds"),
        (ALL_GONE, claim("greater", "a", "b"), 0.000976562, 1.0, "holds"),
    ],
)
def test_reference_values(rows, a_claim, holds, fails, verdict):
    """To six digits, from an implementation of the same formulas with scipy.stats."""
    statement, measurement = Statement(a_claim, 0.003), measured(rows)
    found = evidence(statement, measurement)
    assert (found.holds, found.fails) == (pytest.approx(holds, rel=5e-6), pytest.approx(fails, rel=5e-6))
    [judged] = judge_claims([statement], measurement)
    assert judged.verdict == verdict


def test_a_family_of_four():
    """Two claims have one entry each in Holm's correction, two have two."""
    statements = [
        Statement(claim("greater", "a", "b")),
        Statement(claim("equal", "a", "b"), 0.005),
        Statement(claim("best", "c"), 0.003),
        Statement(claim("order", "a", "b", "c"), 0.003),
    ]
    judged = judge_claims(statements, measured(ROWS))
    assert [each.verdict for each in judged] == ["holds", "holds", "fails", "holds"]
    expected = [0.00495840, 0.00117175, 0.0121259, 0.00808393]
    assert [each.p_value for each in judged] == pytest.approx(expected, rel=5e-6)


def test_the_order_in_which_rows_and_claims_stand_changes_nothing():
    statements = [
        Statement(claim("order", "a", "b", "c"), 0.003),
        Statement(claim("spread", bound=0.01)),
        Statement(claim("best", "b"), 0.003),
    ]
    here = judge_claims(statements, measured(ROWS))
    there = judge_claims(statements[::-1], measured(dict(reversed(ROWS.items()))))
    assert [each.p_value for each in here] == pytest.approx([each.p_value for each in reversed(there)])
    # What an accuracy says of a claim its error says of the mirrored one.
    error = evidence(Statement(claim("order", "a", "b", "c", metric="test_error"), 0.003), measured(ROWS))
    assert (error.holds, error.fails) == (pytest.approx(0.00202098, rel=5e-6), 1.0)


def test_a_rival_that_is_better_by_less_than_the_tolerance_refutes_best():
    """Both words are shown: b is near the best, and a is better."""
    found = evidence(Statement(claim("best", "b"), 0.01), measured(ROWS))
    assert found.holds < 0.01
    assert found.fails < 0.01
    [judged] = judge_claims([Statement(claim("best", "b"), 0.01)], measured(ROWS))
    assert judged.verdict == "fails"


def test_without_a_tolerance_the_pairs_of_an_order_must_be_in_order():
    """Under `compare: order`: ties within a rank are free, and the ends are all of the first and the last."""
    pairs = [("b", "a"), ("c", "a"), ("c", "b")]
    above = [evidence(Statement(claim("less", *pair)), measured(ROWS)).holds for pair in pairs]
    strict = evidence(Statement(claim("order"), groups=(("c",), ("b",), ("a",))), measured(ROWS))
    assert strict.holds == pytest.approx(max(above))
    tied = evidence(Statement(claim("order"), groups=(("b", "c"), ("a",))), measured(ROWS))
    assert tied.holds == pytest.approx(max(above[0], above[1]))
    assert tied.fails == 1.0
    assert evidence(Statement(claim("order"), groups=(("a", "b", "c"),)), measured(ROWS)).holds == 1.0


def seconds(*numbers):
    return [{"train_seconds": number, "images_per_second": 1.0} for number in numbers]


def test_ratios_are_differences_of_logarithms_without_steps():
    rows = {"a": seconds(1.0, 10.0, 100.0, 2.0), "b": seconds(1.1, 11.5, 109.0, 2.2)}
    near = Statement(claim("equal", "a", "b", metric="train_seconds"), 1.2, ratio=True)
    [judged] = judge_claims([near], measured(rows))
    assert judged.verdict == "holds"
    # Of what takes no time at all there is no ratio: too few pairs are left.
    rows["b"][:2] = seconds(0.0, 0.0)
    found = evidence(near, measured(rows))
    assert (found.holds, found.fails) == (1.0, 1.0)
    # A factor of 1 is no tolerance.
    assert Statement(near.claim, 1.0, ratio=True).tolerated == 0.0


@pytest.mark.parametrize(("metric", "kind"), [("images_per_second", "less"), ("train_seconds", "greater")])
def test_a_run_that_diverged_is_at_the_end_of_the_logarithms_too(metric, kind):
    rows = {"a": ["diverged"] * 4, "b": seconds(1.0, 2.0, 3.0, 4.0)}
    for record in (measurement := measured(rows)).records.values():
        object.__setattr__(record.outcome, "images", 1000)
    found = evidence(Statement(claim(kind, "a", "b", metric=metric), ratio=True), measurement)
    assert found.holds == pytest.approx(4.0**-4)


def test_every_pair_of_opposed_metrics_must_be_shown_in_some_direction():
    pairs = [(0.1, 0.97), (0.15, 0.95), (0.2, 0.92)]
    rows = {
        f"model {index}": [
            {"train_loss": loss + seed / 5000, "test_accuracy": accuracy - (seed * index) % 3 / 3000}
            for seed in range(5)
        ]
        for index, (loss, accuracy) in enumerate(pairs)
    }
    opposed = claim("opposed", metrics=("train_loss", "test_accuracy"))
    shown = [
        2
        * max(
            evidence(Statement(claim("less", one, other, metric="train_loss")), measured(rows)).holds,
            evidence(Statement(claim("greater", one, other)), measured(rows)).holds,
        )
        for one, other in (("model 0", "model 1"), ("model 0", "model 2"), ("model 1", "model 2"))
    ]
    assert evidence(Statement(opposed), measured(rows)).holds == pytest.approx(max(shown))


def drawn(numbers, seeds, low, spread, digits):
    """A row of numbers about a random one, of so many digits; some diverged, some missing."""
    middle = numbers.uniform(low, low + 0.02)
    values = [round(numbers.gauss(middle, spread), digits) for _ in range(seeds)]
    return [numbers.choices([value, "diverged", "missing"], (0.9, 0.07, 0.03))[0] for value in values]


@pytest.mark.parametrize("seed", range(20))
def test_rows_judged_at_once_have_the_evidence_of_rows_judged_pair_by_pair(seed):
    numbers = random.Random(seed)
    seeds, spread, digits = numbers.choice([2, 3, 5, 8]), numbers.choice([0.0, 1e-4, 1e-2]), numbers.choice([3, 17])
    rows = {name: drawn(numbers, seeds, 0.9, spread, digits) for name in "abcdef"[: numbers.randint(2, 6)]}
    known = {"diverged": -math.inf, "missing": None}
    samples = [tuple(known.get(value, value) for value in row) for row in rows.values()]
    # Of 10,000 test images.
    step, measurement = 1e-4, measured(rows)

    def found(a_claim, tolerance=0.003):
        item = evidence(Statement(a_claim, tolerance), measurement)
        return pytest.approx((item.holds, item.fails), rel=1e-12)

    assert one_by_one.spread(samples, step, 0.01) == found(claim("spread", bound=0.01))
    for tolerance in (0.003, 0.0):
        assert one_by_one.rising(samples, step, tolerance) == found(claim("rising"), tolerance)
        assert one_by_one.rising(samples[::-1], step, tolerance) == found(claim("falling"), tolerance)
        assert one_by_one.rising(samples[::-1], step, tolerance) == found(claim("order", *rows), tolerance)
        assert one_by_one.best(samples, step, tolerance) == found(claim("best", "a"), tolerance)


@pytest.mark.parametrize("seed", range(5))
def test_opposed_rows_judged_at_once_have_the_evidence_of_rows_judged_pair_by_pair(seed):
    numbers = random.Random(seed)
    losses = [[numbers.gauss(0.1 * row, 0.02) for _ in range(5)] for row in range(4)]
    others = [[numbers.gauss(0.5 - 0.1 * row * (seed % 3 - 1), 0.02) for _ in range(5)] for row in range(4)]
    rows = {
        str(row): [{"train_loss": a, "test_loss": b} for a, b in zip(losses[row], others[row], strict=True)]
        for row in range(4)
    }
    found = evidence(Statement(claim("opposed", metrics=("train_loss", "test_loss"))), measured(rows))
    assert (found.holds, found.fails) == pytest.approx(one_by_one.opposed(losses, others), rel=1e-12)


def test_hundreds_of_rows_are_judged_in_parts(monkeypatch):
    measurement, spread = measured(ROWS), Statement(claim("spread", bound=0.01))
    at_once = evidence(spread, measurement)
    monkeypatch.setattr("gdbench.comparison.judgment.compared_rows._PART", 2)
    assert evidence(spread, measurement) == at_once
