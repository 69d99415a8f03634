"""Sweeps of one shard after the other, on one folder; the workers train with fakes."""

import pytest

from gdbench.comparison.results import Results
from gdbench.comparison.sequential import Stopping
from gdbench.experiment.shard import Shard, runs_of
from gdbench.ledger import has_ledger, merge, read
from tests.configs import plan_of
from tests.execution import fakes
from tests.execution.plans import a_plan
from tests.execution.test_sequential_sweep import ONE
from tests.execution.test_sweep import StagedSweep, Sweep, alone


@pytest.fixture
def swept(tmp_path):
    return Sweep(tmp_path)


def test_a_shard_trains_its_own_runs_into_its_own_ledger(tmp_path, swept):
    plan = a_plan(tmp_path, batch_sizes=[32, 64])
    shard = Shard(2, 2)
    records = swept(plan, shard=shard).records
    assert set(records) == set(read(swept.folder)) == runs_of(plan, shard)
    assert swept.said == ["config: shard 2/2, 3 of 6 runs, 0 in the ledgers"]
    assert has_ledger(swept.folder)
    assert len((swept.folder / "runs.2-of-2.jsonl").read_text().splitlines()) == 3
    swept(plan, shard=shard)
    assert swept.trained == []
    assert swept.said == ["config: shard 2/2, 3 of 6 runs, 3 in the ledgers"]


def test_a_shard_and_a_plain_sweep_train_nothing_that_another_ledger_has(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=range(6))
    swept(plan, shard=Shard(1, 3))
    swept(plan, shard=Shard(1, 2))
    assert len(swept.trained) == 1
    swept(plan)
    assert sorted(swept.trained) == [3, 4, 5]
    assert swept.said == ["config: 6 runs, 3 in the ledger"]
    assert len(merge(swept.folder).records) == 6


def test_a_failed_run_of_a_shard_is_tried_again_by_a_plain_sweep(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0, fakes.RAISES])
    swept(plan, shard=Shard(1, 1))
    swept(plan, make=fakes.make_sound, retry_failed=True)
    assert swept.trained == [fakes.RAISES]
    assert swept.statuses() == {0: "done", fakes.RAISES: "done"}


def test_runs_that_are_timed_are_left_to_a_plain_sweep(tmp_path, swept):
    plan = alone(a_plan(tmp_path, seeds=range(4)), 0, 1)
    for number in (1, 2):
        swept(plan, shard=Shard(number, 2))
    assert set(swept.statuses()) == {2, 3}
    swept(plan)
    assert sorted(swept.trained) == [0, 1]
    assert swept.counts == [1]


def test_only_what_a_shard_trains_is_prepared(tmp_path, swept):
    prepared = []
    swept(a_plan(tmp_path, seeds=range(4)), shard=Shard(1, 2), prepare=lambda _records, runs: prepared.extend(runs))
    assert [run.seed for run in prepared] == [0, 1]


@pytest.mark.parametrize("merges", [True, False])
def test_sequential_seeds_are_trained_look_by_look(tmp_path, merges):
    swept = StagedSweep(tmp_path, fakes.make_separating)
    plan = plan_of(tmp_path, ONE)
    for before, look in ((0, range(5)), (5, range(5, 10))):
        trained = []
        for number in (1, 2, 3):
            swept(plan, shard=Shard(number, 3))
            trained += swept.trained
            # Even the last shard does not go on to the next look by itself.
            assert swept.said == [
                f"config: shard {number}/3, 20 of 60 runs, {before} in the ledgers, 5 to train before the next stage"
            ]
        assert sorted(trained) == sorted([*look] * 3)
        if merges:
            merge(swept.folder)
    for number in (1, 2, 3):
        swept(plan, shard=Shard(number, 3))
        assert swept.trained == []
    assert Results.load(swept.folder).stoppings == (Stopping(10, 20, 3, "separated"),)
