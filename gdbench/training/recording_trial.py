"""A trial of whether a program's updates come out the same when they are recorded."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.training.keras_types import Array, Floats, Integers, Tensor
from gdbench.training.recording import Recorder
from gdbench.training.splits import Prepared
from gdbench.training.training_steps import Steps

BATCHES, LEARNING_RATE = 8, 0.01
NEVER = int(np.iinfo(np.int32).max)


class Trainable(Protocol):
    """What a trial needs of a program."""

    data: Prepared

    @property
    def updates_per_epoch(self) -> int:
        """Batches of an epoch."""

    def start(self, settings: RunSettings) -> None:
        """Set the state to that before a run's first update."""

    def train(self, order: Integers, first: int, last: int, update: int, rates: Floats) -> Steps:
        """Run the batches from `first` to `last` (exclusive)."""

    def state(self) -> list[Tensor]:
        """Return every variable that training changes."""

    def restore(self, state: Sequence[Tensor | Array]) -> None:
        """Set every variable that training changes."""


def records_exactly(program: Trainable, settings: RunSettings, recorder: Recorder) -> bool:
    """Whether the updates by a few batches, and by the last of an epoch, are bit for bit the same, recorded or not."""
    # Only now do penalties, dropout and noise have the strengths of a run.
    program.start(settings)
    order, last = np.arange(program.data.train.count), program.updates_per_epoch - 1
    for batch in (*range(min(BATCHES, last)), last):
        before, found = program.state(), []
        for every in (NEVER, 1):
            program.restore(before)
            recorder.start(every)
            steps = program.train(order, batch, batch + 1, batch, np.full(1, LEARNING_RATE))
            found.append([steps.losses, *(value.numpy() for value in program.state())])
        if not all(np.array_equal(plain, recorded, equal_nan=True) for plain, recorded in zip(*found, strict=True)):
            return False
    return True
