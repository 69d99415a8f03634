"""The training of one run on its program: epochs, evaluations, stopping rules, divergence and collapse."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdbench.catalog.schedules import SCHEDULES
from gdbench.records import Diverged, Outcome, Run, Status
from gdbench.training.divergence import first_not_finite
from gdbench.training.program import Evaluation, Program, Steps
from gdbench.training.stopping import stops
from gdbench.training.streams import permutation

COLLAPSED_SHARE = 0.99


@dataclass(eq=False)
class _Progress:
    """What has been measured so far; losses are running sums over the epoch."""

    history: dict[str, list[Any]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: {"train": 0.0, "evaluate": 0.0})
    recorded: list[float | None] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    epoch_loss: float = 0.0
    epoch_correct: int = 0
    epoch_images: int = 0
    images: int = 0

    def add(self, steps: Steps) -> None:
        self.epoch_loss += float((steps.losses.astype(np.float64) * steps.sizes).sum())
        self.epoch_correct += int(steps.correct.sum())
        self.epoch_images += int(steps.sizes.sum())
        self.images += int(steps.sizes.sum())

    def note(self, **values: float) -> None:
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)

    def begin_epoch(self) -> None:
        self.epoch_loss, self.epoch_correct, self.epoch_images = 0.0, 0, 0


def evaluation_updates(updates: int, per_epoch: int, every: float) -> dict[int, float]:
    """Return the updates to evaluate after, with their epochs: every `every` epochs, and after the last update."""
    moments: dict[int, float] = {}
    count = 1
    while (update := round(count * every * per_epoch)) < updates:
        if update:
            moments[update] = _epoch(update / per_epoch)
        count += 1
    return moments | {updates: _epoch(updates / per_epoch)}


def _epoch(value: float) -> float:
    """Return whole epochs as integers, parts of them without what binary fractions leave behind."""
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


def stretches(updates: int, per_epoch: int, moments: dict[int, float]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of updates from one end of an epoch or evaluation to the next."""
    ends = sorted({*moments, *range(per_epoch, updates, per_epoch)})
    yield from zip([0, *ends], ends, strict=False)


class Loop:
    """One run on its program."""

    def __init__(self, run: Run, program: Program) -> None:
        """Read what the run asks for; nothing is trained yet."""
        self.run = run
        self.program = program
        self.per_epoch = program.updates_per_epoch
        self.updates = run.training["steps"] or run.training["epochs"] * self.per_epoch
        self.moments = evaluation_updates(self.updates, self.per_epoch, run.training["evaluate_every"])
        self.schedule = SCHEDULES.build(run.training["schedule"])
        self.progress = _Progress()

    def outcome(self) -> Outcome:
        """Train the run from its first update to its last."""
        self.program.start(self.run)
        order = np.zeros(0, np.int32)
        for first, last in stretches(self.updates, self.per_epoch, self.moments):
            epoch, offset = divmod(first, self.per_epoch)
            if offset == 0:
                order = permutation(self.run.seed, epoch, self.program.data.train.count)
                self.progress.begin_epoch()
            diverged_at = self._train(order, first, last, epoch)
            if diverged_at is not None:
                return self._diverged(diverged_at)
            if last in self.moments:
                evaluation = self._evaluate(last)
                if evaluation is None:
                    return self._diverged(last)
                if last == self.updates or stops(self.run.training, self.progress.history):
                    return self._done(evaluation)
        raise AssertionError("the last stretch ends with an evaluation")

    def _train(self, order: np.ndarray, first: int, last: int, epoch: int) -> int | None:
        """Train a stretch; return the first update that gave something not finite, counted from 1, or None."""
        learning_rate = self.run.optimizer["learning_rate"]
        rates = self.schedule(learning_rate, np.arange(first, last, dtype=np.float64), self.updates)
        start = epoch * self.per_epoch
        before = self.program.state()

        def train(stop: int) -> Steps:
            return self.program.train(order, first - start, stop - start, first, rates[: stop - first])

        begin = time.perf_counter()
        steps = train(last)
        self.progress.seconds["train"] += time.perf_counter() - begin
        if not np.isfinite(steps.losses).all() or not self.program.is_finite():
            return first_not_finite(self.program, before, steps, first, train)
        self.progress.add(steps)
        every = self.run.training["record_every"]
        if every != "off":
            kept = range(first + (-first - 1) % every, last, every)
            self.progress.recorded += [shortest(steps.losses[update - first]) for update in kept]
        return None

    def _evaluate(self, update: int) -> Evaluation | None:
        """Measure all splits and note them; None if a loss is not finite."""
        begin = time.perf_counter()
        data = self.program.data
        splits = {"train_eval": data.train if self.run.training["evaluate_train"] else None}
        splits |= {"val": data.validation, "test": data.test}
        measured = {name: self.program.evaluate(split) for name, split in splits.items() if split}
        self.progress.seconds["evaluate"] += time.perf_counter() - begin
        if not all(np.isfinite(evaluation.loss) for evaluation in measured.values()):
            return None
        progress = self.progress
        progress.clock.append(shortest(progress.seconds["train"]))
        progress.note(
            epoch=self.moments[update],
            update=update,
            train_loss=shortest(progress.epoch_loss / progress.epoch_images),
            train_accuracy=shortest(progress.epoch_correct / progress.epoch_images),
        )
        for name, evaluation in measured.items():
            progress.note(
                **{f"{name}_loss": shortest(evaluation.loss), f"{name}_accuracy": shortest(evaluation.accuracy)}
            )
        return measured["test"]

    def _done(self, evaluation: Evaluation) -> Outcome:
        history = self.progress.history
        metrics: dict[str, float | bool] = {
            name: values[-1] for name, values in history.items() if name not in ("epoch", "update")
        }
        metrics["collapsed"] = evaluation.largest_share >= COLLAPSED_SHARE
        return self._outcome("done", metrics)

    def _diverged(self, update: int) -> Outcome:
        where: Diverged = {"epoch": (update - 1) // self.per_epoch + 1, "step": update}
        return self._outcome("diverged", None, where)

    def _outcome(
        self, status: Status, metrics: dict[str, float | bool] | None, diverged: Diverged | None = None
    ) -> Outcome:
        progress = self.progress
        return Outcome(
            status,
            metrics,
            progress.history,
            {name: shortest(value) for name, value in progress.seconds.items()},
            diverged=diverged,
            losses=None if self.run.training["record_every"] == "off" else progress.recorded,
            images=progress.images,
            clock=progress.clock,
        )


def shortest(value: float) -> float:
    """Return the number with the shortest decimal text that reads back as the same float32."""
    return float(str(np.float32(value)))
