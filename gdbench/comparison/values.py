"""The value of a metric of one run: at the last, the best or a numbered epoch, or on the way to a target."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from gdbench.comparison.class_measures import class_measure
from gdbench.experiment.moment import At, Seconds
from gdbench.metrics import METRICS, Metric
from gdbench.records import Outcome, Record


def value(record: Record, metric: Metric, at: At, target: float | None = None) -> float | None:
    """Return the metric as a fraction, a loss, seconds or a count; None where the run has no such value.

    `best_val` is the epoch of the highest val_accuracy and `max` the best epoch of the metric itself, the earliest of
    equals; an integer is a 1-based epoch. Seconds of training mean the last evaluation by then, also where the run has
    ended before. A diverged run has what was before it diverged, but no last or best epoch.
    Of the answers to the test images, and what is computed from them, a record keeps those of last and best_val alone.
    `target` is the accuracy that a comparison asks for: val_accuracy where the run has validation data, else
    test_accuracy; a run that never reaches it takes infinitely long.
    """
    if metric.to_target:
        return _to_target(record, metric, target)
    if metric.timed:
        return _time(record, metric) if record.outcome.is_done else None
    if isinstance(at, Seconds):
        epoch = _epoch_within(record.outcome, at.seconds)
        return None if epoch is None else _by_epoch(record, metric, epoch)
    return _by_epoch(record, metric, at)


def _by_epoch(record: Record, metric: Metric, at: At | float) -> float | None:
    if metric.of_answers:
        return class_measure(record, metric, at) if record.outcome.is_done else None
    number = _source(record, metric, at)
    return 1 - number if metric.kind == "error" and number is not None else number


def _source(record: Record, metric: Metric, at: At | float) -> float | None:
    """Return the source of the metric at an epoch: itself, or the accuracy that an error is computed from."""
    if isinstance(at, int | float):
        return _at_epoch(record, metric.source, at)
    if not record.outcome.is_done:
        return None
    if at == "last":
        return (record.outcome.metrics or {}).get(metric.source)
    return _at_best(record, metric, at == "best_val")


def _time(record: Record, metric: Metric) -> float | None:
    """Return seconds, or training images per second."""
    outcome = record.outcome
    if metric.kind == "seconds":
        return outcome.seconds.get(metric.source)
    seconds = outcome.seconds.get(metric.source)
    return outcome.images / seconds if outcome.images and seconds else None


def _to_target(record: Record, metric: Metric, target: float | None) -> float | None:
    outcome = record.outcome
    if target is None or not outcome.was_measured:
        return None
    # What the run had spent at each evaluation: seconds, epochs or updates.
    costs = outcome.clock if metric.timed else outcome.history.get(metric.source)
    if costs is None:
        return None
    curve = outcome.history.get("val_accuracy") or outcome.history.get("test_accuracy", [])
    reached = (costs[index] for index, accuracy in enumerate(curve) if accuracy is not None and accuracy >= target)
    return next(reached, math.inf)


def _epoch_within(outcome: Outcome, seconds: float) -> float | None:
    """Return the epoch of the last evaluation within a number of seconds of training, None before the first."""
    has_diverged_by_then = outcome.has_diverged and outcome.seconds["train"] <= seconds
    if not outcome.was_measured or has_diverged_by_then or not outcome.clock:
        return None
    evaluations = bisect_right(outcome.clock, seconds)
    return outcome.history["epoch"][evaluations - 1] if evaluations else None


def _at_epoch(record: Record, name: str, epoch: float) -> float | None:
    history = record.outcome.history
    if not record.outcome.was_measured or epoch not in history.get("epoch", ()):
        return None
    return _item(history.get(name, ()), history["epoch"].index(epoch))


def _at_best(record: Record, metric: Metric, by_validation: bool) -> float | None:
    history = record.outcome.history
    curve = history.get(metric.source, ())
    if by_validation:
        best = _best_index(history.get("val_accuracy", ()), True)
    else:
        # The best error is where the accuracy that it is computed from is highest.
        best = _best_index(curve, METRICS[metric.source].higher_is_better)
    return None if best is None else _item(curve, best)


def _best_index(curve: Sequence[float | None], higher_is_better: bool) -> int | None:
    sign = 1 if higher_is_better else -1
    # Of equal values the earliest epoch counts.
    points = [(sign * number, -index) for index, number in enumerate(curve) if number is not None]
    return -max(points)[1] if points else None


def _item(curve: Sequence[float | None], index: int) -> float | None:
    return curve[index] if index < len(curve) else None
