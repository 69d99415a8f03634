"""Plans of a few runs, which share a program when they share a batch size."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gdbench.experiment.experiment import Plan
from gdbench.records import Run
from tests.configs import plan_of


def a_plan(folder: Path, seeds: Sequence[int] = (0, 1, 2), batch_sizes: Sequence[int] = (32,), more: str = "") -> Plan:
    """One point a batch size; `more` is YAML for the end of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = f"grid: {{training.batch_size: {list(batch_sizes)}}}"
    return plan_of(folder, f"title: Batch sizes\nseeds: {list(seeds)}\n{grid}\n{more}\n")


def with_training(run: Run, **settings: object) -> Run:
    return replace(run, training={**run.training, **settings})
