import numpy as np
import pytest

from gdbench.catalog import FAMILIES

UPDATES = np.array([0.0, 1.0, 50.0, 100.0, 200.0])
SCHEDULES = FAMILIES["schedule"]


def test_constant_is_the_learning_rate_throughout():
    assert SCHEDULES.build("constant", {})(0.5, UPDATES).tolist() == [0.5] * 5


def test_exponential_decays_smoothly_by_rate_every_so_many_updates():
    rates = SCHEDULES.build("exponential", {"rate": 0.25, "every": 100, "floor": 0.0})(0.8, UPDATES)
    assert rates == pytest.approx([0.8, 0.8 * 0.25**0.01, 0.4, 0.2, 0.05])


def test_exponential_approaches_its_floor():
    rates = SCHEDULES.build("exponential", {"rate": 0.25, "every": 100, "floor": 0.4})(0.8, UPDATES)
    assert rates == pytest.approx([0.8, 0.4 + 0.4 * 0.25**0.01, 0.6, 0.5, 0.425])


def test_a_rate_of_one_changes_nothing():
    assert SCHEDULES.build("exponential", {"rate": 1.0, "every": 1, "floor": 0.1})(0.8, UPDATES).tolist() == [0.8] * 5
