"""Stopping rules: functions of the history so far."""

from collections.abc import Mapping, Sequence

from gdbench.metrics import METRICS
from gdbench.records import Settings

History = Mapping[str, Sequence[float]]


def stops(training: Settings, history: History) -> bool:
    """Whether early stopping or a reached target ends the run after the last evaluation of the history."""
    return _without_progress(training["early_stopping"], history) or _at_target(training["stop_at"], history)


def _without_progress(rule: Settings | str, history: History) -> bool:
    if isinstance(rule, str):
        return False
    sign = 1 if METRICS[rule["metric"]].higher_is_better else -1
    values = [sign * value for value in _values(rule["metric"], history)]
    best = waited = 0
    for index, value in enumerate(values[1:], start=1):
        if value > values[best] + rule["min_delta"]:
            best, waited = index, 0
        else:
            waited += 1
    return waited >= int(rule["patience"])


def _at_target(rule: Settings | str, history: History) -> bool:
    if isinstance(rule, str):
        return False
    last, wanted = _values(rule["metric"], history)[-1], float(rule["value"])
    return last >= wanted if METRICS[rule["metric"]].higher_is_better else last <= wanted


def _values(metric: str, history: History) -> Sequence[float]:
    """Return a metric at each evaluation; errors, which a history leaves out, are 1 - accuracy."""
    curve = history[METRICS[metric].source]
    if METRICS[metric].kind != "error":
        return curve
    # Rounded, since 1 - 0.98 is above 0.02 in binary.
    return [round(1 - accuracy, 9) for accuracy in curve]
