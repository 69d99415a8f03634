import math
from typing import Any

import numpy as np
import pytest

from gdbench.catalog import FAMILIES
from gdbench.experiment.settings.resolve import component
from gdbench.experiment.yaml.document import parse
from gdbench.experiment.yaml.mistakes import Mistakes

SCHEDULES = FAMILIES["schedule"]
# Each with an end at update 400 where it takes one.
EXAMPLES = {
    "constant": "constant",
    "exponential": "{name: exponential, rate: 0.25, every: 100, floor: 0.01}",
    "step": "{name: step, rate: 0.25, every: 100, floor: 0.01}",
    "inverse_square_root": "{name: inverse_square_root, every: 10}",
    "polynomial": "{name: polynomial, over: 400, end: 0.01, power: 2}",
    "cosine": "{name: cosine, over: 400, floor: 0.01}",
    "one_cycle": "{name: one_cycle, over: 400}",
}


def rates(schedule: str, updates: Any, learning_rate: float = 0.8, length: int = 400) -> Any:
    """The learning rates of a schedule as a file spells it."""
    mistakes = Mistakes()
    resolved = component("schedule", parse(schedule, "file", mistakes), "it", mistakes)
    assert resolved is not None
    assert mistakes.lines() == []
    made = SCHEDULES.build(resolved.values)
    return made(learning_rate, np.asarray(updates, np.float64), length)


def test_every_schedule_has_an_example():
    assert set(EXAMPLES) == set(SCHEDULES.entries)


HALF_DOWN = 0.8 * (1 + math.cos(math.pi / 4)) / 2


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", {0: 0.8, 1: 0.8, 50: 0.8}),
        ("{name: exponential, rate: 0.25, every: 100}", {0: 0.8, 1: 0.8 * 0.25**0.01, 50: 0.4, 100: 0.2, 200: 0.05}),
        ("{name: exponential, rate: 0.25, every: 100, floor: 0.4}", {0: 0.8, 50: 0.6, 100: 0.5, 200: 0.425}),
        ("{name: exponential, rate: 1, every: 1, floor: 0.1}", {0: 0.8, 1: 0.8, 200: 0.8}),
        ("{name: step, rate: 0.5, every: 100}", {0: 0.8, 99: 0.8, 100: 0.4, 199: 0.4, 200: 0.2, 300: 0.1}),
        ("{name: step, rate: 0.5, every: 100, floor: 0.4}", {99: 0.8, 100: 0.6, 200: 0.5, 300: 0.45}),
        ("inverse_square_root", {0: 0.8, 3: 0.4, 15: 0.2, 63: 0.1}),
        ("{name: inverse_square_root, every: 100}", {0: 0.8, 300: 0.4, 1500: 0.2}),
        ("polynomial", {0: 0.8, 100: 0.6, 200: 0.4, 399: 0.002, 400: 0.0, 500: 0.0}),
        ("{name: polynomial, over: 100, end: 0.4, power: 2}", {0: 0.8, 50: 0.5, 75: 0.425, 100: 0.4, 1000: 0.4}),
        ("cosine", {0: 0.8, 100: HALF_DOWN, 200: 0.4, 400: 0.0, 500: 0.0}),
        ("{name: cosine, over: 100, floor: 0.2}", {0: 0.8, 50: 0.5, 100: 0.2, 399: 0.2}),
        ("{name: cosine, warm_up: 4}", {0: 0.2, 1: 0.4, 2: 0.6, 3: 0.8, 4: 0.8, 202: 0.4, 400: 0.0}),
        ("{name: cosine, over: 100, warm_up: 20}", {0: 0.04, 19: 0.8, 20: 0.8, 70: 0.4, 120: 0.0, 399: 0.0}),
        ("{name: cosine, warm_up: 500}", {0: 0.0016, 249: 0.4, 399: 0.64}),
        ("one_cycle", {0: 0.08, 90: 0.44, 180: 0.8, 270: 0.44, 360: 0.08, 380: 0.0404, 400: 0.0008, 500: 0.0008}),
        (
            "{name: one_cycle, over: 100, rise: 0.5, start: 0.5, end: 0}",
            {0: 0.4, 25: 0.6, 50: 0.8, 75: 0.6, 99: 0.408, 100: 0.0},
        ),
    ],
)
def test_rates_worked_out_by_hand(schedule: str, expected: dict[int, float]):
    assert rates(schedule, list(expected)) == pytest.approx(list(expected.values()), abs=1e-12)


def test_cosine_starts_again_after_each_period():
    equal = "{name: cosine, over: 100, period_factor: 1}"
    assert rates(equal, [0, 50, 100, 150, 300, 350]) == pytest.approx([0.8, 0.4, 0.8, 0.4, 0.8, 0.4])
    doubled = "{name: cosine, over: 100, period_factor: 2, floor: 0.2, warm_up: 10}"
    middles_and_starts = [10, 60, 110, 210, 310, 510, 710, 1110]
    assert rates(doubled, middles_and_starts) == pytest.approx([0.8, 0.5] * 4)


@pytest.mark.parametrize("factor", [1, 1.5, 2, 3, 10])
def test_every_restart_is_at_the_learning_rate_and_the_update_before_it_near_the_floor(factor: float):
    schedule = f"{{name: cosine, over: 1000, period_factor: {factor}}}"
    starts = np.cumsum([1000 * factor**period for period in range(5)])
    assert rates(schedule, starts) == pytest.approx(0.8, rel=1e-5)
    assert rates(schedule, starts - 1) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("name", ["polynomial", "cosine", "one_cycle"])
def test_a_schedule_that_is_told_no_end_ends_with_the_run(name: str):
    updates = np.arange(300)
    told = rates(f"{{name: {name}, over: 300}}", updates, length=5000)
    assert rates(name, updates, length=300).tolist() == told.tolist()
    assert rates(name, updates, length=5000).tolist() != told.tolist()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_schedule_that_is_told_its_end_takes_no_notice_of_the_length(name: str):
    updates = np.arange(500)
    assert rates(EXAMPLES[name], updates, length=1).tolist() == rates(EXAMPLES[name], updates, length=9999).tolist()


@pytest.mark.parametrize("name", EXAMPLES)
def test_rates_stay_between_zero_and_the_optimizer_s(name: str):
    found = rates(EXAMPLES[name], np.arange(1000))
    assert found.shape == (1000,)
    assert found.dtype == np.float64
    assert found.min() > 0
    assert found.max() == 0.8


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"one_cycle"}))
def test_rates_never_rise(name: str):
    assert (np.diff(rates(EXAMPLES[name], np.arange(1000))) <= 0).all()


def test_one_cycle_rises_once_and_falls_once():
    steps = np.diff(rates(EXAMPLES["one_cycle"], np.arange(401)))
    assert (steps[:180] > 0).all()
    assert (steps[180:] < 0).all()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_rate_depends_on_its_update_alone(name: str):
    whole = rates(EXAMPLES[name], np.arange(600))
    parts = [rates(EXAMPLES[name], np.arange(first, last)) for first, last in ((0, 1), (1, 400), (400, 600))]
    assert np.concatenate(parts).tolist() == whole.tolist()
