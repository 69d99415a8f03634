"""Compiled programs are loaded in later sweeps, give the same numbers, and cost nothing where one is damaged."""

from dataclasses import replace
from pathlib import Path

import pytest
import tensorflow as tf

from gdbench.execution.executor import outcomes
from gdbench.execution.local.pool import Pool
from gdbench.execution.local.worker import MakeTrainer, make_trainer
from gdbench.experiment.plan import load_plan
from gdbench.program_cache.cached_programs import VARIABLE, CachedPrograms, WithPrograms
from gdbench.program_cache.entries import verify
from gdbench.records import Outcome, Run
from gdbench.training import trainer as module

# No smaller last batch, which is a graph and no compiled program.
CONFIG = """\
seeds: 1
dataset: {train: 256, test: 100}
architecture: {name: mlp, hidden: [16]}
training: {epochs: 2, batch_size: 64}
grid: {optimizer: [sgd, adam]}
"""


@pytest.fixture
def runs(tmp_path: Path) -> list[Run]:
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return list(load_plan(config).runs)


def numbers(outcome: Outcome) -> Outcome:
    assert outcome.is_done, outcome.error
    return replace(outcome, seconds={}, clock=[])


def trained(make: MakeTrainer, runs: list[Run]) -> dict[str, Outcome]:
    with Pool(1, make) as pool:
        return {ended.run.id: numbers(ended.outcome) for ended in outcomes(pool, runs)}


def test_numbers_are_bit_identical_with_and_without_compiled_programs(tmp_path: Path, runs, trainer) -> None:
    # As the name of a user's home may be.
    folder = tmp_path / "a home" / "machine"
    folder.mkdir(parents=True)
    cached, expected = WithPrograms(make_trainer, folder), {run.id: numbers(trainer(run)) for run in runs}
    assert list(folder.iterdir()) == []
    assert trained(cached, runs) == expected
    written = {path: path.stat().st_mtime_ns for path in folder.glob("*/*")}
    # The steps of training and the evaluation of each program, with their checksums.
    assert len(written) == 8
    verify(folder)
    # They are found again whatever was compiled before them.
    assert trained(cached, runs[::-1]) == expected
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*")} == written


def test_a_program_that_cannot_be_loaded_is_compiled_again(
    tmp_path: Path, runs, trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.setattr(trainer, "_cached", CachedPrograms(1))
    damaged, build, failures = tmp_path / "threads-1" / "x.pb", module.built_program, []
    damaged.write_bytes(b"")

    def built(*arguments):
        if damaged.exists():
            failures.append("cannot parse")
            raise tf.errors.DataLossError(None, None, "cannot parse")
        return build(*arguments)

    monkeypatch.setattr(module, "built_program", built)
    monkeypatch.setattr(trainer, "_programs", {})
    assert numbers(trainer(runs[0])).status == "done"
    assert failures == ["cannot parse"]


def test_an_error_that_comes_again_is_an_error(runs, trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*_arguments):
        raise tf.errors.InternalError(None, None, "broken")

    monkeypatch.setattr(module, "built_program", built)
    monkeypatch.setattr(trainer, "_programs", {})
    with pytest.raises(tf.errors.InternalError):
        trainer(runs[0])
