"""Whether a program's updates are the same when they are recorded, tried with programs that are fakes."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from gdbench.training.keras_types import Floats, Integers
from gdbench.training.recording_trial import records_exactly
from gdbench.training.training_steps import Steps


@dataclass
class FakeProgram:
    """Adds the number of a batch to one weight, and something more to what recorded updates of one batch change."""

    changed: str = "nothing"
    changed_batch: int = 0
    updates_per_epoch: int = 20
    weight: Any = field(default_factory=lambda: tf.zeros(1))
    every: int = 0
    settings: Any = None
    data: Any = field(default_factory=lambda: SimpleNamespace(train=SimpleNamespace(count=100)))

    def start(self, settings: Any) -> None:
        self.settings = settings

    def train(self, order: Integers, first: int, last: int, _update: int, rates: Floats) -> Steps:
        assert self.settings == "those of a run"
        assert len(order) == 100
        assert (last - first, len(rates)) == (1, 1)
        error = 1e-3 if self.every == 1 and first == self.changed_batch else 0.0
        self.weight += first + error * (self.changed == "weight")
        return Steps(np.array([1.0 + error * (self.changed == "loss")]), np.array([3]), np.array([5]))

    def state(self) -> list[Any]:
        return [tf.identity(self.weight)]

    def restore(self, state: Any) -> None:
        (self.weight,) = state


@dataclass
class FakeRecorder:
    """Tells the program how often it is to record."""

    program: FakeProgram

    def start(self, every: int) -> None:
        self.program.every = every


def is_exact(program: Any) -> bool:
    recorder: Any = FakeRecorder(program)
    settings: Any = "those of a run"
    return records_exactly(program, settings, recorder)


@pytest.mark.parametrize("batch", [0, 3, 19])
@pytest.mark.parametrize("changed", ["weight", "loss"])
def test_a_last_digit_that_changes_is_found(changed: str, batch: int):
    assert not is_exact(FakeProgram(changed, batch))


@pytest.mark.parametrize("updates", [1, 3, 20])
def test_the_same_numbers_are_exact(updates: int):
    assert is_exact(FakeProgram(updates_per_epoch=updates))
