import pytest

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.rate_sensitivity import sensitivity
from gdbench.comparison.tuned_choice import choices
from gdbench.experiment.experiment import Axis, Comparison, Point
from gdbench.experiment.tuning.tuned_rows import Candidate, TunedRow, Tuning
from tests.builders import a_record


def of(accuracies: dict[str, float | None]):
    """The sensitivity of a row with these validation accuracies by its learning rate, None for a divergence."""
    candidates = tuple(Candidate((rate,), ((rate,),), (f"f{rate}",), (False,)) for rate in accuracies)
    tuning = Tuning("val_accuracy", "grid", (0,), (5,), 1, (TunedRow("sgd", ("optimizer.learning_rate",), candidates),))
    comparison = Comparison("one", "One", (Axis("o", ("sgd",)),), (Point(("sgd",), ()),), (0,), tuning=tuning)
    records = {
        rate: a_record(rate, "diverged") if number is None else a_record(rate, metrics={"val_accuracy": number})
        for rate, number in accuracies.items()
    }
    [choice] = choices(comparison, records)
    return sensitivity(choice, Measurement(comparison, records))


def test_the_part_of_a_range_within_one_point_is_interpolated_between_settings():
    # From 0.01 to 0.1 the line rises by 2 points: its upper half is within one point, and all of the next decade is.
    found = of({"0.01": 0.96, "0.1": 0.98, "1": 0.975, "10": 0.90})
    assert found.decades == pytest.approx(3)
    assert found.within == pytest.approx(0.5 + 1 + 0.005 / 0.075)
    assert found.share == pytest.approx(found.within / 3)


def test_the_worse_side_of_a_setting_that_is_off_counts():
    found = of({"0.01": 0.96, "0.1": 0.98, "1": 0.975, "10": 0.90})
    assert found.lost == pytest.approx((0.02 * 0.47712125, 0.02))


def test_only_the_range_itself_counts_and_everything_is_lost_where_a_trial_diverged():
    # 1 is the best, and a third of it and a tenth of it are the only ones inside.
    assert of({"0.1": 0.9, "0.33333333": 0.95, "1": 0.98}).lost == pytest.approx((0.03, 0.08), abs=1e-6)
    assert of({"0.5": 0.9, "1": 0.98, "2": 0.92}).lost == pytest.approx((0.08, 0.08))
    found = of({"0.001": 0.95, "0.01": 0.98, "0.1": None})
    assert found.lost[1] == float("inf")
    assert found.within == pytest.approx(1 / 3)


def test_there_is_none_of_words_of_too_few_settings_or_before_a_choice():
    assert of({"relu": 0.9, "tanh": 0.8, "elu": 0.7}) is None
    assert of({"0.1": 0.9, "1": 0.8}) is None
    assert of({"0.1": None, "1": None, "10": None}) is None
