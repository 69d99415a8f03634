from dataclasses import replace

import pytest

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.performance_profile import performance_profile
from gdbench.experiment.experiment import Axis, Comparison, Point
from tests.builders import a_record

ROWS = ("sgd", "adam")
# Updates to the target of each row, by comparison and seed; None for a miss.
UPDATES = {
    "mnist": {"sgd": (20, 40), "adam": (10, 40)},
    "fashion": {"sgd": (None, 30), "adam": (10, 10)},
}


def measurement(name: str, target: float | None = 0.9, left_out: str = "") -> Measurement:
    records = {}
    for row, numbers in UPDATES[name].items():
        for seed, updates in enumerate(numbers):
            curve = {"epoch": [1, 2, 3, 4, 5], "update": [10, 20, 30, 40, 50]}
            curve["test_accuracy"] = [0.95 if updates and at >= updates else 0.5 for at in curve["update"]]
            records[f"{name}{row}{seed}"] = a_record(f"{name}{row}{seed}", history=curve)
    records.pop(left_out, None)
    points = tuple(Point((row,), (f"{name}{row}0", f"{name}{row}1")) for row in ROWS)
    return Measurement(Comparison(name, f"On {name}", (Axis("optimizer", ROWS),), points, (0, 1), target), records)


def test_ratios_to_the_fastest_row_of_each_seed_with_misses_infinite():
    profile = performance_profile([measurement("mnist"), measurement("fashion")])
    assert profile is not None
    assert (profile.problems, profile.missing, profile.comparisons) == (
        4,
        0,
        {"mnist": "On mnist", "fashion": "On fashion"},
    )
    sgd, adam = profile.rows
    assert sgd.ratios == (1, 2, 3, float("inf"))
    assert adam.ratios == (1, 1, 1, 1)
    assert [sgd.share_within(ratio) for ratio in (1, 2, 3, 4)] == [0.25, 0.5, 0.75, 0.75]
    # The steps at 1, 2 and 3 fill 3, 2 and 1 of the 3 units up to 4, a quarter each.
    assert sgd.area == pytest.approx((3 + 2 + 1) / (3 * 4))
    assert adam.area == 1


def test_a_seed_with_a_run_to_come_is_no_problem_yet():
    profile = performance_profile([measurement("mnist", left_out="mnistsgd0"), measurement("fashion")])
    assert profile is not None
    assert (profile.problems, profile.missing) == (3, 1)


def test_one_target_or_no_common_rows_are_no_profile():
    assert performance_profile([measurement("mnist")]) is None
    assert performance_profile([measurement("mnist"), measurement("fashion", target=None)]) is None
    assert performance_profile([]) is None


def test_beside_a_method_whose_update_is_a_whole_pass_epochs_are_counted():
    both = [measurement("mnist"), measurement("fashion")]
    record = both[0].records["mnistsgd0"]
    newton = replace(record, run=replace(record.run, optimizer={"name": "newton_cg"}))
    with_method = [replace(both[0], records={**both[0].records, "mnistsgd0": newton}), both[1]]
    asked = (performance_profile(both), performance_profile(with_method), performance_profile(with_method, "updates"))
    assert [profile and profile.cost for profile in asked] == ["updates", "epochs", "updates"]
