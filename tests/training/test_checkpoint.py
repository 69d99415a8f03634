"""A trial that goes on from where a shorter one stood: what it gives is what an undisturbed run gives."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from gdbench.records import Checkpoints, Outcome, Run
from gdbench.training import checkpoint
from gdbench.training.program import Program
from gdbench.training.run_progress import RunProgress
from gdbench.training.trainer import Trainer

RunOf = Callable[..., Run]

TRIAL = ("dataset.validation=300", "training.evaluate_test=false")
# State of every kind: slots, iterations, moving statistics, a mean of the weights; and everything that is recorded.
EVERYTHING = (
    "regularization={l2: 1e-4, dropout: {input: 0.1, hidden: 0.2}, gaussian_noise: 0.1, batch_norm: true}",
    "training={record_every: 3, record: [gradient_norm, update_ratio]}",
)
CASES = {
    "adam": ("optimizer=adam", *EVERYTHING),
    # Three slots a weight and a mean of it; the shorter runs end between two evaluations of the longer ones.
    "many slots": (
        "optimizer={name: adam, amsgrad: true, use_ema: true, ema_overwrite_frequency: 5}",
        "training={evaluate_every: 1.5, schedule: {name: exponential, rate: 0.5, every: 10}}",
    ),
    "nadam": ("optimizer=nadam", "training={drop_remainder: true, early_stopping: {metric: val_loss, patience: 9}}"),
}
EVERY_OPTIMIZER = ("adafactor", "adamax", "ftrl", "lamb", "lion", "muon", "schedule_free_adamw", "sgd")


def numbers(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.status, outcome.metrics, outcome.history, outcome.losses, outcome.layers, outcome.images


def in_rungs(trainer: Trainer, runs: list[Run], folder: Path) -> list[Outcome]:
    """Train the rungs of one trial, each from where the one before it stood."""
    ids = [run.id for run in runs]
    folder.mkdir(exist_ok=True)
    return [
        trainer(replace(run, checkpoints=Checkpoints(str(folder), tuple(reversed(ids[:place])), run is not runs[-1])))
        for place, run in enumerate(runs)
    ]


def rungs_of(run_of: RunOf, *changes: str) -> list[Run]:
    return [run_of(*TRIAL, *changes, f"training.epochs={epochs}") for epochs in (1, 2, 4)]


def assert_undisturbed(trainer: Trainer, runs: list[Run], folder: Path) -> None:
    outcomes = in_rungs(trainer, runs, folder)
    per_epoch = outcomes[0].history["update"][-1]
    assert [outcome.resumed for outcome in outcomes] == [None, per_epoch, 2 * per_epoch]
    assert [numbers(outcome) for outcome in outcomes[1:]] == [numbers(trainer(run)) for run in runs[1:]]
    # The seconds of a run are those of all its updates.
    assert [len(outcome.clock or ()) for outcome in outcomes] == [len(each.history["epoch"]) for each in outcomes]
    assert outcomes[2].seconds["train"] > outcomes[1].seconds["train"] > outcomes[0].seconds["train"]


@pytest.mark.parametrize("case", CASES)
def test_a_trial_in_rungs_is_bit_identical_to_an_undisturbed_one(
    case: str, trainer: Trainer, run_of: RunOf, tmp_path: Path
):
    assert_undisturbed(trainer, rungs_of(run_of, *CASES[case]), tmp_path / "checkpoints")


@pytest.mark.long
@pytest.mark.parametrize("name", EVERY_OPTIMIZER)
def test_so_it_is_under_every_other_optimizer(name: str, trainer: Trainer, run_of: RunOf, tmp_path: Path):
    assert_undisturbed(trainer, rungs_of(run_of, f"optimizer={name}", *EVERYTHING), tmp_path / "checkpoints")


def test_a_checkpoint_that_cannot_be_used_means_training_anew(
    trainer: Trainer, run_of: RunOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    runs = rungs_of(run_of, "optimizer=adam")[:2]
    folder = tmp_path / "checkpoints"
    first, whole = in_rungs(trainer, runs, folder)
    own = folder / runs[0].id
    content = own.read_bytes()
    longer = replace(runs[1], checkpoints=Checkpoints(str(folder), (runs[0].id,), False))

    def gives(resumed: int | None) -> bool:
        outcome = trainer(longer)
        return outcome.resumed == resumed and numbers(outcome) == numbers(whole)

    assert gives(first.history["update"][-1])
    damaged = bytearray(content)
    damaged[-1] ^= 1
    for unusable in (bytes(damaged), content[:-4], b"", b"\n\n", content.replace(b"\n", b"", 1)):
        own.write_bytes(unusable)
        assert gives(None)
    # Of another run, or of another program.
    other = run_of(*TRIAL, "optimizer=adam", "architecture.hidden=[8]", "training.epochs=1")
    trainer(replace(other, checkpoints=Checkpoints(str(folder), (), True)))
    shutil.copy(folder / other.id, own)
    assert gives(None)
    own.unlink()
    (folder / other.id).rename(tmp_path / "elsewhere")
    own.symlink_to(tmp_path / "elsewhere")
    assert gives(None)
    own.unlink()
    own.write_bytes(content)
    assert gives(first.history["update"][-1])
    monkeypatch.setattr(checkpoint, "__version__", "9")
    assert gives(None)
    # As on a worker that does not see the folder of the sweep.
    shutil.rmtree(folder)
    assert gives(None)
    trainer(replace(runs[0], checkpoints=Checkpoints(str(folder), (), True)))
    assert not folder.exists()


@pytest.mark.parametrize(("free", "kept"), [(checkpoint._LEAST_FREE, 0), (checkpoint._LEAST_FREE + 10_000, 1)])
def test_no_checkpoint_takes_the_room_of_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, kept: int
):
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    program = cast(Program, SimpleNamespace(state=lambda: [np.zeros(100, np.float32)]))
    states = checkpoint.KeptStates(Checkpoints(str(tmp_path), (), True), "0123456789ab")
    states.save(program, 1, RunProgress(history={"update": [1]}))
    assert len(list(tmp_path.iterdir())) == kept


def test_what_has_ended_by_a_rule_or_diverged_leaves_nothing(trainer: Trainer, run_of: RunOf, tmp_path: Path):
    for change in (
        "training.stop_at={metric: val_accuracy, value: 0.01}",
        "optimizer={name: sgd, learning_rate: 1e30}",
    ):
        runs = rungs_of(run_of, "optimizer=adam", "training.evaluate_every=0.5", change)[:2]
        outcomes = in_rungs(trainer, runs, tmp_path / "checkpoints")
        assert numbers(outcomes[1]) == numbers(trainer(runs[1]))
        assert [outcome.resumed for outcome in outcomes] == [None, None]
    assert list((tmp_path / "checkpoints").iterdir()) == []
