"""Configurations as text: their plans and their mistakes."""

from pathlib import Path

import pytest

from gdbench.errors import ConfigError
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.experiment.plan import load_plan

EXAMPLE = """\
title: Optimizers on MNIST
dataset: {name: mnist, validation: 10000}
architecture: {name: mlp, hidden: [128], activation: relu}
optimizer: {name: adam, learning_rate: 0.001}
training: {epochs: 5, batch_size: 128, loss: cross_entropy}
seeds: 3
grid:
  optimizer: [sgd, {name: sgd, momentum: 0.9, label: momentum}, rmsprop, adam]
  training.batch_size: [32, 128]
"""


def plan_of(folder: Path, text: str, *overrides: str, seeds: int | None = None) -> Plan:
    """The plan of a text that is written to `config.yaml`."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_plan(path, overrides, seeds)


def mistakes_of(folder: Path, text: str, *overrides: str) -> list[str]:
    """The mistakes of a text, with `config.yaml` in place of the whole path."""
    with pytest.raises(ConfigError) as caught:
        plan_of(folder, text, *overrides)
    return [line.removeprefix(f"{folder}/") for line in caught.value.mistakes]


def mistake_of(folder: Path, text: str, *overrides: str) -> str:
    """The only mistake of a text."""
    (line,) = mistakes_of(folder, text, *overrides)
    return line


def comparison_of(folder: Path, text: str) -> Comparison:
    """The only comparison of a text."""
    (comparison,) = plan_of(folder, text).experiment.comparisons
    return comparison


def rows_of(folder: Path, text: str) -> list[str]:
    """The keys of the rows of a text, `outer/inner`."""
    return [point.key for point in comparison_of(folder, text).points]


def labels_of(folder: Path, axis: str) -> tuple[str, ...]:
    """The labels of an axis, the only one of its grid."""
    (parsed,) = comparison_of(folder, f"grid:\n  {axis}").axes
    return parsed.labels


def values_of(folder: Path, text: str, path: str, *overrides: str) -> list[object]:
    """The value at a path in the run of each point, in file order."""
    plan = plan_of(folder, text, *overrides, seeds=1)
    runs = {run.id: run for run in plan.runs}
    values = []
    for point in (point for comparison in plan.experiment.comparisons for point in comparison.points):
        value: object = runs[point.runs[0]].settings
        for segment in path.split("."):
            assert isinstance(value, dict)
            value = value[segment]
        values.append(value)
    return values
