import math
from dataclasses import replace

import pytest

from gdbench.comparison.tuned_choice import choices, tuned, without_repeated_defaults
from gdbench.comparison.tuned_rows_table import expected_best
from gdbench.experiment.experiment import Axis, Comparison, Point
from gdbench.experiment.tuning.tuned_rows import Candidate, TunedRow, Tuning
from gdbench.records import Outcome
from tests.builders import a_record

LETTERS = "abcd"


def a_comparison(metric: str = "val_loss", seeds: int = 1) -> Comparison:
    """One row with the candidates a, b, c and d, whose trials are a0, a1 and final runs fa."""
    candidates = tuple(
        Candidate((letter,), (tuple(f"{letter}{seed}" for seed in range(seeds)),), (f"f{letter}",), (False,))
        for letter in LETTERS
    )
    tuning = Tuning(metric, "grid", tuple(range(seeds)), (5,), 1, (TunedRow("sgd", ("optimizer.x",), candidates),))
    return Comparison("one", "One", (Axis("optimizer", ("sgd",)),), (Point(("sgd",), ()),), (0,), tuning=tuning)


def records(metric: str = "val_loss", **values: float | str):
    """A record for each trial: a value of the metric, or how it ended."""
    return {
        run: a_record(run, value) if isinstance(value, str) else a_record(run, metrics={metric: value})
        for run, value in values.items()
    }


def the_choice(comparison, found):
    [choice] = choices(comparison, found)
    return choice.candidate.labels[0] if choice.candidate else None


def test_the_lowest_loss_and_the_highest_accuracy_are_chosen():
    values = {"a0": 0.3, "b0": 0.1, "c0": 0.4, "d0": 0.2}
    assert the_choice(a_comparison(), records(**values)) == "b"
    assert the_choice(a_comparison("val_accuracy"), records("val_accuracy", **values)) == "c"


def test_of_equal_candidates_the_earlier_is_chosen():
    assert the_choice(a_comparison(), records(a0=0.3, b0=0.1, c0=0.1, d0=0.1)) == "b"


@pytest.mark.parametrize("ending", ["diverged", "failed"])
def test_a_trial_without_a_value_loses_and_if_all_do_the_first_is_chosen(ending: str):
    assert the_choice(a_comparison(), records(a0=ending, b0=9.0, c0=ending, d0=ending)) == "b"
    assert the_choice(a_comparison(), records(**dict.fromkeys(("a0", "b0", "c0", "d0"), ending))) == "a"


def test_the_mean_over_trial_seeds_decides_and_one_divergence_among_them_loses():
    values = {"a0": 0.1, "a1": 0.5, "b0": 0.25, "b1": 0.25, "c0": 0.1, "c1": "diverged", "d0": 0.4, "d1": 0.4}
    assert the_choice(a_comparison(seeds=2), records(**values)) == "b"


def test_nothing_is_chosen_before_every_trial_has_ended():
    found = records(a0=0.3, b0=0.1, c0=0.4)
    assert the_choice(a_comparison(), found) is None
    assert tuned(a_comparison(), found).points[0].runs == ()
    found["d0"] = replace(a_record("d0"), outcome=Outcome("interrupted"))
    assert the_choice(a_comparison(), found) is None
    found |= records(d0=0.2)
    assert tuned(a_comparison(), found).points[0].runs == ("fb",)


def test_a_row_that_chose_its_untuned_settings_stands_for_both():
    comparison = a_comparison()
    assert comparison.tuning is not None
    rows = (replace(comparison.tuning.rows[0], default="sgd (default)"),)
    default = Point(("sgd (default)",), ("fb",))
    comparison = replace(comparison, points=(*comparison.points, default), tuning=replace(comparison.tuning, rows=rows))

    def rows_of(values):
        return [point.key for point in without_repeated_defaults(tuned(comparison, records(**values))).points]

    values = {"a0": 0.3, "b0": 0.1, "c0": 0.4, "d0": 0.2}
    assert rows_of(values) == ["sgd"]
    # Before it has chosen, and where it chose otherwise, there are two rows.
    for found in ({"a0": 0.3}, values | {"b0": 0.5}):
        assert rows_of(found) == ["sgd", "sgd (default)"]


def test_the_expected_best_of_fewer_trials():
    scores = [0.971, 0.975, 0.969, 0.978, 0.960, 0.974, 0.977, 0.950]
    found = expected_best(scores, higher_is_better=True)
    assert [found[count - 1] for count in (1, 2, 4, 8)] == pytest.approx([0.96925, 0.974643, 0.976957, 0.978], abs=5e-7)
    losses = expected_best([-score for score in scores], higher_is_better=False)
    assert losses == pytest.approx([-number for number in found])
    # With one divergence, two trials cannot both be that.
    assert expected_best([0.5, float("inf")], higher_is_better=False) == (float("inf"), 0.5)


def test_the_expected_best_of_a_thousand_trials():
    count = 1000
    # Of b whole numbers up to n, the smallest is (n + 1) / (b + 1) in the mean.
    found = expected_best(range(1, count + 1), higher_is_better=False)
    assert found == pytest.approx([(count + 1) / (drawn + 1) for drawn in range(1, count + 1)])
    lost = expected_best([*range(900), *[float("inf")] * 600], higher_is_better=False)
    assert [math.isfinite(number) for number in lost] == [False] * 600 + [True] * 900
