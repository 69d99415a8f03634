"""Where a sweep leaves the states of trials that others go on from, and for how long; training is a fake."""

from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.errors import LedgerError
from gdbench.experiment.shard import Shard
from gdbench.experiment.tuning.beginnings import beginnings
from gdbench.experiment.tuning.tuned_rows import FIRST_TRIAL_SEED
from gdbench.ledger import Ledger, merge, read
from tests.configs import plan_of
from tests.execution import fakes
from tests.execution.test_sweep import StagedSweep
from tests.execution.test_tuned_sweep import files_of

TEXT = """\
dataset: {validation: 100}
training: {epochs: 9}
grid: {optimizer: [sgd, rmsprop]}
seeds: 2
tune:
  over: {optimizer.learning_rate: {from: 1e-4, to: 10, per_decade: 1}}
  seeds: 2
  halving: {factor: 3, first: 2}
"""
# Two rows, two seeds: six settings for 2 epochs, two for 6 and one for 9.
RUNGS = {2: 24, 6: 8, 9: 4}


@pytest.fixture
def swept(tmp_path):
    return StagedSweep(tmp_path, fakes.make_with_known_best)


def leaves_its_state(run):
    """A run whose state is an empty file; it has resumed where it found that of a shorter one."""
    outcome = fakes.with_known_best(run)
    if run.checkpoints is None:
        return outcome
    folder = Path(run.checkpoints.folder)
    found = [each for each in run.checkpoints.beginnings if (folder / each).is_file()]
    if run.checkpoints.kept:
        (folder / run.id).touch()
    return replace(outcome, resumed=len(run.checkpoints.beginnings) if found[:1] else None)


def make(_threads):
    return leaves_its_state


def resumed(folder):
    """By the epochs of the trials, how many of them have gone on from a shorter one."""
    counts = dict.fromkeys(RUNGS, 0)
    for record in read(folder).values():
        if record.run.seed >= FIRST_TRIAL_SEED:
            counts[record.run.training["epochs"]] += record.outcome.resumed is not None
    return counts


@pytest.mark.parametrize("workers", [1, 3])
def test_every_trial_of_a_later_rung_goes_on_from_the_one_before(tmp_path, swept, workers):
    plan = plan_of(tmp_path, TEXT)
    swept(plan, make=make, workers=workers)
    assert resumed(swept.folder) == {2: 0, 6: 8, 9: 4}
    assert not (swept.folder / "checkpoints").exists()
    # The same tables as where nothing is kept.
    anew = StagedSweep(tmp_path / "anew", fakes.make_with_known_best)
    anew(plan)
    assert resumed(anew.folder) == {2: 0, 6: 0, 9: 0}
    assert files_of(anew.folder) == files_of(swept.folder)


@pytest.mark.parametrize(("lines", "kept"), [(10, 10), (29, 8 + 5), (32, 4)])
def test_after_a_kill_a_sweep_goes_on_from_what_was_kept(tmp_path, swept, monkeypatch, lines, kept):
    plan = plan_of(tmp_path, TEXT)
    append = Ledger.append

    def killed(ledger, record):
        if len(read(swept.folder)) == lines:
            # As if it had come before the run under way.
            (swept.folder / "checkpoints" / record.run.id).unlink(missing_ok=True)
            raise LedgerError("killed")
        append(ledger, record)

    monkeypatch.setattr(Ledger, "append", killed)
    with pytest.raises(LedgerError):
        swept(plan, make=make, workers=1)
    monkeypatch.undo()
    folder = swept.folder / "checkpoints"
    # Those of the settings that are left, of the last rung that has ended and of the one under way.
    kept_before = {path.name for path in folder.iterdir()}
    assert len(kept_before) == kept
    begun = beginnings(plan.experiment.comparisons).values()
    assert kept_before <= {run for runs in begun for run in runs}
    unfinished = folder / f".{next(iter(kept_before))}.0123456789abcdef"
    unfinished.touch()
    swept(plan, make=make)
    assert resumed(swept.folder) == {2: 0, 6: 8, 9: 4}
    assert not folder.exists()


def test_shards_of_one_folder_go_on_from_each_others_states(tmp_path, swept):
    plan = plan_of(tmp_path, TEXT)
    for stage in range(4):
        for number in (1, 2):
            swept(plan, make=make, shard=Shard(number, 2))
        merge(swept.folder)
        assert (swept.folder / "checkpoints").exists() is (stage < 3)
    assert resumed(swept.folder) == {2: 0, 6: 8, 9: 4}
    swept(plan)
    assert swept.trained == []


def test_the_files_of_others_stay(tmp_path, swept):
    folder = swept.folder / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "mine.txt").touch()
    (folder / "0123456789ab").touch()
    swept(plan_of(tmp_path, TEXT), make=make)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_a_shared_trial_begins_as_the_rungs_of_each_comparison(tmp_path):
    text = "\n".join(
        [
            "dataset: {validation: 100}",
            "training: {epochs: 8}",
            "comparisons:",
            "  a: {tune: {over: {optimizer.learning_rate: [0.1, 1]}, halving: {factor: 2, first: 4}}}",
            "  b: {tune: {over: {optimizer.learning_rate: [0.1, 1]}, halving: {factor: 8, first: 1}}}",
        ]
    )
    plan = plan_of(tmp_path, text)
    length = {run.id: run.training["epochs"] for run in plan.runs}
    lengths = {
        (length[run], tuple(length[each] for each in found))
        for run, found in beginnings(plan.experiment.comparisons).items()
    }
    assert lengths == {(8, (4, 1))}
