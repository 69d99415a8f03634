"""Parses what a published figure or claim is about: a metric, a moment of the run, and how far it may be off."""

from gdbench.experiment.moment import MOMENTS, At, moment_key, read_seconds, whole_epochs_hint
from gdbench.experiment.published.printed_numbers import number
from gdbench.experiment.published.row_names import RowNames
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.metrics import METRICS

_NO_VALIDATION = "validation data (set dataset.validation)"
_NO_TRAIN_EVALUATION = "an evaluation on the training examples (set training.evaluate_train)"
_NO_TARGET = "a target of the comparison, such as `target: 97 %`"


def parse_at(node: Node, path: str, rows: RowNames, mistakes: Mistakes) -> At | None:
    """Parse a moment: last, best_val, max, a number of epochs from 1, or seconds such as `2 s`."""
    value = node.value
    # The best epoch is chosen on validation data, never on the test images.
    if value == "best_val" and not rows.has_validation:
        mistakes.add(node.place, path, _NO_VALIDATION, value)
        return None
    if isinstance(value, str) and value in MOMENTS:
        return MOMENTS[value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    if isinstance(value, str) and (seconds := read_seconds(value)):
        return seconds
    rule = "last, best_val, max, an epoch, or seconds such as '2 s'"
    mistakes.add(node.place, path, rule, node.data(), MOMENTS, whole_epochs_hint(node.text))
    return None


def refuse_moment(node: Node, path: str, metric: str, at: At, mistakes: Mistakes) -> None:
    """Refuse an epoch at which a run has no predictions, or has them only if it happens to be the best one."""
    if METRICS[metric].of_answers and at not in ("last", "best_val"):
        mistakes.add(node.place, path, f"last or best_val, the only epochs with {metric}", moment_key(at))


def parse_tolerance(node: Node, path: str, mistakes: Mistakes, *, is_ratio: bool) -> float | None:
    """Parse a tolerance in the unit of the metric, or the factor by which a ratio may be off."""
    value = number(node.value)
    if value is not None and value >= (1 if is_ratio else 0):
        return value
    expected = "a factor of at least 1 for ratios" if is_ratio else "a number of at least 0, or a percentage"
    mistakes.add(node.place, path, expected, node.data())
    return None


def parse_metric(node: Node, path: str, rows: RowNames, mistakes: Mistakes) -> str | None:
    """Parse the name of a metric, which the runs must measure."""
    name = node.value
    if not isinstance(name, str) or name not in METRICS:
        mistakes.add(node.place, path, "the name of a metric", node.data(), METRICS)
        return None
    metric = METRICS[name]
    # The name is right even where the runs do not measure it, so it is returned all the same.
    if metric.needs_validation and not rows.has_validation:
        mistakes.add(node.place, path, _NO_VALIDATION, name)
    if metric.needs_train_evaluation and not rows.has_train_evaluation:
        mistakes.add(node.place, path, _NO_TRAIN_EVALUATION, name)
    if metric.to_target and not rows.has_target:
        mistakes.add(node.place, path, _NO_TARGET, name)
    return name
