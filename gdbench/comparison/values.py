"""The value of a metric of one run: after the last epoch, at the best one, at a given one, or to a target."""

import math
from collections.abc import Sequence

from gdbench.experiment.experiment import At
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record


def value(record: Record, metric: Metric, at: At, target: float | None = None) -> float | None:
    """Return the metric as a fraction, a loss, seconds or a count; None where the run has no such value.

    `best_val` is the epoch of the highest val_accuracy and `max` the metric's own best epoch, the earliest of equals;
    an integer is a 1-based epoch. A diverged run has the epochs before it diverged, and no last or best one. `target`
    is the accuracy that a comparison asks for: of val_accuracy where the run has validation data, else test_accuracy;
    a run that never reaches it takes infinitely long.
    """
    if metric.to_target:
        return _to_target(record, metric, target)
    if metric.timed:
        return _time(record, metric) if record.outcome.status == "done" else None
    number = _measured(record, metric, at)
    return 1 - number if metric.kind == "error" and number is not None else number


def _measured(record: Record, metric: Metric, at: At) -> float | None:
    """Return the metric's source at a moment: the metric itself, or the accuracy that an error is computed from."""
    if isinstance(at, int):
        return _at_epoch(record, metric.source, at)
    if record.outcome.status != "done":
        return None
    if at == "last":
        return (record.outcome.metrics or {}).get(metric.source)
    return _at_best(record, metric, at == "best_val")


def _time(record: Record, metric: Metric) -> float | None:
    """Return seconds, or the training images shown in each of those of training."""
    outcome = record.outcome
    if metric.kind == "seconds":
        return outcome.seconds.get(metric.source)
    seconds = outcome.seconds.get(metric.source)
    return outcome.images / seconds if outcome.images and seconds else None


def _to_target(record: Record, metric: Metric, target: float | None) -> float | None:
    outcome = record.outcome
    if target is None or outcome.status not in ("done", "diverged"):
        return None
    taken = outcome.clock if metric.timed else outcome.history.get(metric.source)
    if taken is None:
        return None
    curve = outcome.history.get("val_accuracy") or outcome.history.get("test_accuracy", [])
    reached = (taken[index] for index, accuracy in enumerate(curve) if accuracy is not None and accuracy >= target)
    return next(reached, math.inf)


def _at_epoch(record: Record, name: str, epoch: int) -> float | None:
    history = record.outcome.history
    if record.outcome.status not in ("done", "diverged") or epoch not in history.get("epoch", ()):
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
    points = [(sign * number, -index) for index, number in enumerate(curve) if number is not None]
    return -max(points)[1] if points else None


def _item(curve: Sequence[float | None], index: int) -> float | None:
    return curve[index] if index < len(curve) else None
