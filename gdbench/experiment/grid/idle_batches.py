"""Rows that differ only in their batches, which methods don't use."""

import json
from collections.abc import Mapping, Sequence

from gdbench.catalog.optimizers import METHODS
from gdbench.experiment.experiment import Point
from gdbench.experiment.grid.grid import Grid
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.records import Run

_PATH = "training.batch_size"
_OF_BATCHES = ("batch_size", "drop_remainder")


def refuse_idle_batches(grid: Grid, points: Sequence[Point], runs: Mapping[str, Run], mistakes: Mistakes) -> None:
    """Refuse a batch size that gives a method a second row with the same training; `points` are the grid's own."""
    index = next((index for index, axis in enumerate(grid.axes) if _PATH in axis.paths), None)
    if index is None:
        return
    first: dict[str, Point] = {}
    for point, parsed in zip(points, grid.points, strict=True):
        run = runs[point.runs[0]] if point.runs else None
        if run is None or run.optimizer["name"] not in METHODS:
            continue
        twin = first.setdefault(_without_batches(run), point)
        if twin.runs != point.runs:
            method = f"{run.optimizer['name']}, which takes no batches ('{twin.key}' trains the same)"
            expected = f"one batch size for {method}; leave out its other rows with `exclude`"
            mistakes.add(parsed.nodes[index].place, grid.axes[index].key.text, expected, parsed.nodes[index].data())
            return


def _without_batches(run: Run) -> str:
    training = {name: value for name, value in run.training.items() if name not in _OF_BATCHES}
    return json.dumps({**run.settings, "training": training}, sort_keys=True)
