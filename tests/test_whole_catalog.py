"""The sweep over the whole catalog plans every entry; under `-m long` it trains them."""

import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.optimizers import METHODS
from gdbench.ledger import read
from tests.configs import plan_of
from tests.whole_catalog import VARIED, text


def names(settings: object) -> set[str]:
    """Every name of a component anywhere in the settings of a run."""
    if isinstance(settings, dict):
        own = {settings["name"]} if isinstance(settings.get("name"), str) else set()
        return own.union(*map(names, settings.values()))
    return set().union(*map(names, settings)) if isinstance(settings, list | tuple) else set()


def test_every_family_but_the_datasets_is_varied() -> None:
    assert {*VARIED, "dataset"} == set(FAMILIES)


@pytest.mark.parametrize("noun", VARIED)
def test_every_entry_of_a_family_is_planned(tmp_path: Path, noun: str) -> None:
    plan = plan_of(tmp_path, text())
    [comparison] = [comparison for comparison in plan.experiment.comparisons if comparison.name == noun]
    assert [point.labels for point in comparison.points] == [(name,) for name in FAMILIES[noun].entries]
    runs = {run.id: run for run in plan.runs}
    for point in comparison.points:
        assert set(point.labels) <= names(runs[point.runs[0]].settings)


@pytest.mark.long
@pytest.mark.training
def test_every_entry_is_trained_and_its_loss_falls(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(text(), encoding="utf-8")
    command = [sys.executable, "-m", "gdbench", "sweep", "catalog.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    records = read(tmp_path / "results" / "catalog").values()
    assert {record.outcome.status for record in records} == {"done"}
    losses = {record.run.id: record.outcome.history["train_loss"] for record in records}
    # The best of a population may stay the same for a while.
    searching = {record.run.id for record in records if record.run.optimizer["name"] in METHODS}
    rising = [
        run for run, (half_way, end) in losses.items() if end > half_way or (end == half_way and run not in searching)
    ]
    assert rising == []
