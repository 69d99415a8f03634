"""The time that is left, from the runs that have ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.display.live_progress.sweep_state import clock
from gdbench.display.live_progress.time_left import TimeLeft
from gdbench.records import Record, Run
from tests.builders import a_record
from tests.configs import plan_of


def ended(run: Run, seconds: float, status: str = "done") -> Record:
    return replace(a_record(run.id, status, seconds={"train": seconds}), run=run)


def test_nothing_is_known_before_the_first_run_is_done(tmp_path: Path):
    runs = plan_of(tmp_path, "seeds: 4").runs
    left = TimeLeft(runs)
    assert left.seconds(2) is None
    left.add(ended(runs[0], 1.0, "failed"))
    assert left.seconds(2) is None


def test_the_rest_takes_as_long_as_what_has_ended_on_the_workers_at_hand(tmp_path: Path):
    runs = plan_of(tmp_path, "seeds: 4").runs
    left = TimeLeft(runs)
    left.add(ended(runs[0], 8.0))
    assert (left.seconds(1), left.seconds(2)) == (pytest.approx(24), pytest.approx(12))
    left.add(ended(runs[1], 4.0))
    assert left.seconds(1) == pytest.approx(12)


def test_longer_runs_of_other_comparisons_count_as_longer(tmp_path: Path):
    text = "seeds: 1\ncomparisons: {short: {training: {epochs: 2}}, long: {training: {epochs: 20}}}"
    short, long = plan_of(tmp_path, text).runs
    left = TimeLeft((short, long))
    left.add(ended(short, 3.0))
    assert left.seconds(1) == pytest.approx(30, rel=0.01)


def test_what_a_program_took_decides_for_its_own_runs(tmp_path: Path):
    runs = plan_of(tmp_path, "seeds: 2\ngrid: {architecture.hidden: [[8], [8, 8]]}").runs
    left = TimeLeft(runs)
    left.add(ended(runs[0], 1.0))
    left.add(ended(runs[2], 50.0))
    assert left.programs == 2
    assert left.seconds(1) == pytest.approx(51)


def test_runs_that_come_later_are_left_too(tmp_path: Path):
    plan = list(plan_of(tmp_path, "seeds: 4").runs)
    runs = plan[:2]
    left = TimeLeft(runs)
    left.add(ended(plan[0], 5.0))
    runs += plan[2:]
    left.add(ended(plan[1], 5.0))
    assert left.seconds(1) == pytest.approx(10)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (67.4, "1:07"), (3599.6, "1:00:00"), (360_000, "100:00:00")]
)
def test_a_time_is_hours_minutes_and_seconds(seconds: float, text: str):
    assert clock(seconds) == text
