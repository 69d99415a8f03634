"""Stopping rules: functions of the history so far."""

from collections.abc import Container, Mapping, Sequence

from gdbench.experiment.settings.schema import EarlyStopping, StopAt, Training
from gdbench.metrics import METRICS

History = Mapping[str, Sequence[float | None]]


def stops(training: Training, history: History, options: Container[str] = ("early_stopping", "stop_at")) -> bool:
    """Whether one of the rules ends the run after the last evaluation of the history, if there is any."""
    rules = training.stopping_rules.items()
    return bool(history) and any(_is_met(rule, history) for option, rule in rules if option in options)


def _is_met(rule: EarlyStopping | StopAt, history: History) -> bool:
    values = _values(rule.metric, history)
    higher_is_better = METRICS[rule.metric].higher_is_better
    if isinstance(rule, EarlyStopping):
        return _without_progress(rule, values if higher_is_better else [-value for value in values])
    return values[-1] >= rule.value if higher_is_better else values[-1] <= rule.value


def _without_progress(rule: EarlyStopping, values: Sequence[float]) -> bool:
    """Whether as many evaluations as the rule's patience have passed since the best value; higher is better."""
    best = waited = 0
    for index, value in enumerate(values[1:], start=1):
        if value > values[best] + rule.min_delta:
            best, waited = index, 0
        else:
            waited += 1
    return waited >= rule.patience


def _values(name: str, history: History) -> list[float]:
    """Return a metric at each evaluation; errors, which a history leaves out, are 1 - accuracy."""
    metric = METRICS[name]
    curve = [value for value in history[metric.source] if value is not None]
    if metric.kind != "error":
        return curve
    # Rounded, since 1 - 0.98 is above 0.02 in binary.
    return [round(1 - accuracy, 9) for accuracy in curve]
