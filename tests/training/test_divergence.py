from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from gdbench.records import Run
from gdbench.training.divergence import first_not_finite
from gdbench.training.program import Program
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from gdbench.training.training_steps import Steps
from tests.training.programs import program_of

RunOf = Callable[..., Run]

LEAKY = "architecture={name: mlp, hidden: [16, 16], activation: leaky_relu}"
# One unit behind a ReLU, whose bias overflows in the first update and switches it off: no loss ever shows it.
HIDDEN = (
    "architecture={name: mlp, hidden: [1], output: {kernel_initializer: {name: random_normal, stddev: 100}}}",
    "optimizer={name: sgd, learning_rate: 5e36}",
)


def sgd(learning_rate: float) -> str:
    return f"optimizer={{name: sgd, learning_rate: {learning_rate}}}"


def replayed(run: Run, updates: int) -> tuple[int, list[float]]:
    """The first update that leaves something not finite, found by looking after every one; and the losses."""
    program, losses, found = program_of(run), [], 0
    for update in range(updates):
        epoch, batch = divmod(update, 8)
        rate = np.full(1, run.optimizer["learning_rate"], np.float32)
        steps = program.train(permutation(run.seed, epoch, 1000), batch, batch + 1, update, rate)
        losses.append(float(steps.losses[0]))
        values = [*steps.losses, *(weight for array in program.model.keras.get_weights() for weight in array.flat)]
        if not found and not np.isfinite(values).all():
            found = update + 1
    return found, losses


@pytest.mark.parametrize(
    ("overrides", "epoch"),
    [((LEAKY, sgd(1e6)), 1), ((LEAKY, sgd(100)), 1), ((LEAKY, sgd(2)), 2), (HIDDEN, 1)],
    ids=["at once", "soon", "in the second epoch", "unseen by the loss"],
)
def test_a_run_diverges_at_the_first_update_that_leaves_something_not_finite(
    trainer: Trainer, run_of: RunOf, overrides: tuple[str, ...], epoch: int
):
    run = run_of("training.epochs=3", *overrides, seed=3)
    outcome = trainer(run)
    step, _ = replayed(run, 16)
    assert outcome.status == "diverged"
    assert outcome.metrics is None
    assert outcome.diverged == {"epoch": epoch, "step": step}
    assert outcome.history.get("epoch", []) == list(range(1, epoch))


def test_a_weight_may_be_infinite_long_before_a_loss_is(run_of: RunOf):
    """Holds the example above to what it is there for."""
    step, losses = replayed(run_of(*HIDDEN, seed=3), 6)
    assert step == 1
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(("every", "step", "evaluated"), [(3, 5, []), (0.375, 5, [3]), (0.25, 4, [2])])
def test_an_evaluation_shows_the_loss_that_the_next_update_would(
    trainer: Trainer, run_of: RunOf, every: float, step: int, evaluated: list[int]
):
    """The fourth update leaves finite weights whose loss is not: the fifth finds out, or an evaluation after it."""
    outcome = trainer(run_of(LEAKY, sgd(100), f"training={{epochs: 3, evaluate_every: {every}}}"))
    assert outcome.diverged == {"epoch": 1, "step": step}
    assert outcome.history.get("update", []) == evaluated
    assert outcome.metrics is None


def test_the_next_run_of_the_program_is_not_touched(trainer: Trainer, run_of: RunOf):
    run = run_of(LEAKY, sgd(0.1), "training.epochs=1")
    before = trainer(run)
    assert trainer(run_of(LEAKY, sgd(1e6), "training.epochs=1")).status == "diverged"
    assert trainer(run).history == before.history


class Recorded:
    """A program whose weights break in one update and whose loss shows it in the same or a later one."""

    def __init__(self, weight: int, loss: int, first: int, last: int) -> None:
        self.weight, self.loss, self.first, self.last = weight, loss, first, last
        self.trained = 0

    def train(self, stop: int) -> Steps:
        self.trained = stop
        losses = [np.nan if update >= self.loss else 1.0 for update in range(self.first + 1, stop + 1)]
        return Steps(np.array(losses), np.zeros(0), np.zeros(0))

    def found(self) -> int:
        program = SimpleNamespace(restore=self.restore, is_finite=lambda: self.trained < self.weight)
        return first_not_finite(cast(Program, program), [], self.train(self.last), self.first, self.train)

    def restore(self, _before: list[Any]) -> None:
        self.trained = self.first


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 2), (0, 8), (16, 40)])
def test_the_first_update_is_found_wherever_weight_and_loss_break(first: int, last: int):
    updates = range(first + 1, last + 1)
    for weight in updates:
        for loss in [*range(weight, last + 1), last + 1]:
            assert Recorded(weight, loss, first, last).found() == weight
    for loss in updates:
        assert Recorded(weight=last + 1, loss=loss, first=first, last=last).found() == loss
