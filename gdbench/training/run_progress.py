"""What has been measured of a run so far."""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from gdbench.records import Answers
from gdbench.training.decimals import shortest_decimal
from gdbench.training.evaluation import Evaluation
from gdbench.training.keras_types import Array, Floats
from gdbench.training.training_steps import Steps


@dataclass(frozen=True, eq=False)
class KeptWeights:
    """Copies of all variables of a model after an epoch."""

    epoch: float
    values: list[Array]


@dataclass(eq=False)
class RunProgress:
    """What has been measured so far; losses are running sums over the epoch."""

    history: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=lambda: {"train": 0.0, "evaluate": 0.0})
    losses: list[float | None] = field(default_factory=list)
    recorded: list[Floats] = field(default_factory=list)
    answers: dict[Literal["last", "best_val"], Answers] = field(default_factory=dict)
    clock: list[float] = field(default_factory=list)
    path: list[Array] = field(default_factory=list)
    best_weights: KeptWeights | None = None
    images: int = 0
    epoch_loss: float = 0.0
    has_answers: bool = True
    epoch_correct: int = 0
    epoch_images: int = 0

    def begin_epoch(self) -> None:
        """Begin the sums of an epoch."""
        self.epoch_loss, self.epoch_correct, self.epoch_images = 0.0, 0, 0

    def add_steps(self, steps: Steps) -> None:
        """Add the losses and correct answers of some steps."""
        # In double precision, or the sum over an epoch would depend on how the epoch is divided.
        self.epoch_loss += float((steps.losses.astype(np.float64) * steps.sizes).sum())
        self.has_answers = steps.correct is not None
        self.epoch_correct += 0 if steps.correct is None else int(steps.correct.sum())
        self.epoch_images += int(steps.sizes.sum())
        self.images += int(steps.sizes.sum())

    def add_evaluation(self, epoch: float, update: int, evaluations: dict[str, Evaluation]) -> None:
        """Add a row to the history."""
        self.clock.append(shortest_decimal(self.seconds["train"]))
        self._append("epoch", epoch)
        self._append("update", update)
        self._append("train_loss", shortest_decimal(self.epoch_loss / self.epoch_images))
        if self.has_answers:
            self._append("train_accuracy", shortest_decimal(self.epoch_correct / self.epoch_images))
        for split, evaluation in evaluations.items():
            self._append(f"{split}_loss", shortest_decimal(evaluation.loss))
            self._append(f"{split}_accuracy", shortest_decimal(evaluation.accuracy))

    def add_answers(self, epoch: float, test: Evaluation, classes: int) -> None:
        """Keep the answers of the last evaluation, and those of the best by validation, the earliest of equals."""
        self.answers["last"] = answers = test.answers(epoch, classes)
        if self.is_best:
            self.answers["best_val"] = answers

    @property
    def is_best(self) -> bool:
        """Whether the last evaluation is the first with the highest accuracy on the validation images."""
        validation = self.history.get("val_accuracy", [])
        return bool(validation) and validation[-1] > max(validation[:-1], default=-1.0)

    def at(self, moments: Container[int]) -> "RunProgress":
        """Return this without the evaluations after other updates than these."""
        kept = [index for index, update in enumerate(self.history["update"]) if update in moments]
        history = {name: [values[index] for index in kept] for name, values in self.history.items()}
        return replace(self, history=history if kept else {}, clock=[self.clock[index] for index in kept])

    def _append(self, name: str, value: float) -> None:
        self.history.setdefault(name, []).append(value)
