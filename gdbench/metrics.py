"""The metrics of a run, described by fields, so that nothing has to be read off their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["accuracy", "error", "loss", "seconds", "rate", "epochs", "updates"]
# `train` is measured while training, on batches with dropout and noise; `train_eval` afterwards, on the same images.
SplitName = Literal["train", "train_eval", "val", "test"]
# When a run has a value: at each evaluation, once for the whole run, or once its accuracy has reached the target.
# Answers, the predicted classes of the test images, are kept of the last evaluation and of the best by validation.
Moment = Literal["evaluation", "answers", "run", "target"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of a run.

    `source` is the key under which a record holds it, or holds what it is computed from: a curve of the history, a part
    of the seconds, a measure of the answers, or the unit in which the way to the target is measured. An error is 1 -
    the accuracy that is its source.
    """

    name: str
    kind: Kind
    higher_is_better: bool
    source: str
    moment: Moment = "evaluation"
    split: SplitName | None = None

    @property
    def timed(self) -> bool:
        """Whether it depends on the machine and its load."""
        return self.kind in ("seconds", "rate")

    @property
    def of_whole_run(self) -> bool:
        """Whether a run has one value of it, not one at each evaluation."""
        return self.moment in ("run", "target")

    @property
    def to_target(self) -> bool:
        """Whether it measures how long a run took to reach the target of a comparison."""
        return self.moment == "target"

    @property
    def of_answers(self) -> bool:
        """Whether it is computed from the predicted classes, which a record keeps of one or two evaluations."""
        return self.moment == "answers"

    @property
    def percent(self) -> bool:
        """Whether it is printed in percent."""
        return self.kind in ("accuracy", "error")

    @property
    def needs_validation(self) -> bool:
        """Whether only runs with validation images have it."""
        return self.split == "val"

    @property
    def needs_train_evaluation(self) -> bool:
        """Whether only runs with `evaluate_train` have it."""
        return self.split == "train_eval"


SPLITS: tuple[SplitName, ...] = ("train", "train_eval", "val", "test")


def _of_split(split: SplitName) -> tuple[Metric, ...]:
    loss, accuracy = f"{split}_loss", f"{split}_accuracy"
    return (
        Metric(loss, "loss", False, loss, split=split),
        Metric(accuracy, "accuracy", True, accuracy, split=split),
        # A history leaves errors out: accuracies say the same.
        Metric(f"{split}_error", "error", False, accuracy, split=split),
    )


_METRICS = (
    *(metric for split in SPLITS for metric in _of_split(split)),
    Metric("test_balanced_accuracy", "accuracy", True, "balanced_accuracy", "answers", "test"),
    Metric("test_macro_f1", "accuracy", True, "macro_f1", "answers", "test"),
    Metric("test_top_3_accuracy", "accuracy", True, "top_3", "answers", "test"),
    Metric("test_top_5_accuracy", "accuracy", True, "top_5", "answers", "test"),
    Metric("train_seconds", "seconds", False, "train", "run"),
    Metric("evaluate_seconds", "seconds", False, "evaluate", "run"),
    Metric("compile_seconds", "seconds", False, "compile", "run"),
    Metric("data_seconds", "seconds", False, "data", "run"),
    Metric("images_per_second", "rate", True, "train", "run"),
    Metric("epochs_to_target", "epochs", False, "epoch", "target"),
    Metric("updates_to_target", "updates", False, "update", "target"),
    Metric("seconds_to_target", "seconds", False, "clock", "target"),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}
