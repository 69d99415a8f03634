"""Learning curves of the rows of a comparison: one metric at each evaluation, averaged over seeds."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gdbench.comparison.measurement import is_partly_collapsed
from gdbench.comparison.statistics import Statistics, mean_of, summarize
from gdbench.metrics import Metric
from gdbench.records import Record


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One evaluation of all runs of a row; `update` and `seconds` are means, None where a run does not know them."""

    epoch: float
    update: float | None
    seconds: float | None
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class LossPoint:
    """The training loss of one recorded update over all runs of a row."""

    update: int
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class RunPoint:
    """One evaluation of one run, or one recorded update."""

    epoch: float | None
    update: float | None
    seconds: float | None
    value: float


def learning_curve(records: Sequence[Record], metric: Metric) -> list[CurvePoint]:
    """Return a metric at the evaluations that every measured run of a row has.

    A curve ends where the first of its runs ends, since a mean of the survivors would look better than the row is.
    """
    histories = [_Evaluations(record, metric) for record in records if record.outcome.was_measured]
    if not histories:
        return []
    common = set.intersection(*(set(history.values) for history in histories))
    interval = not is_partly_collapsed(records)
    return [
        CurvePoint(
            epoch,
            _mean([history.updates.get(epoch) for history in histories]),
            _mean([history.seconds.get(epoch) for history in histories]),
            summarize(
                [history.values[epoch] for history in histories],
                0,
                metric.higher_is_better,
                kind=metric.kind,
                interval=interval,
            ),
        )
        for epoch in sorted(common)
    ]


def run_curves(records: Sequence[Record], metric: Metric) -> dict[int, list[RunPoint]]:
    """Return a metric at the evaluations of each measured run, by its seed."""
    curves = {}
    for record in records:
        if record.outcome.was_measured:
            found = _Evaluations(record, metric)
            curves[record.run.seed] = [
                RunPoint(epoch, found.updates.get(epoch), found.seconds.get(epoch), found.values[epoch])
                for epoch in sorted(found.values)
            ]
    return curves


def run_losses(records: Sequence[Record]) -> dict[int, list[RunPoint]]:
    """Return the training loss of the recorded updates of each measured run, by its seed."""
    return {
        record.run.seed: [
            RunPoint(None, number * _step(record), None, loss)
            for number, loss in enumerate(record.outcome.losses or (), 1)
            if loss is not None and math.isfinite(loss)
        ]
        for record in records
        if record.outcome.was_measured
    }


def _step(record: Record) -> int:
    every = record.run.training.get("record_every")
    return every if isinstance(every, int) else 1


def loss_curve(records: Sequence[Record]) -> list[LossPoint]:
    """Return the training loss of each recorded update that every measured run of a row has."""
    runs = [record for record in records if record.outcome.was_measured]
    if not runs or not all(run.outcome.losses for run in runs):
        return []
    step = _step(runs[0])
    points = []
    for index, losses in enumerate(zip(*(run.outcome.losses or () for run in runs), strict=False), 1):
        finite = [loss for loss in losses if loss is not None and math.isfinite(loss)]
        if len(finite) < len(losses):
            break
        points.append(LossPoint(index * step, summarize(finite, 0, higher_is_better=False)))
    return points


def layer_curves(records: Sequence[Record], quantity: str) -> dict[str, list[tuple[int, float]]]:
    """Return a recorded quantity of each layer, the first one first: the median over seeds after each recorded update.

    Empty unless every measured run of the row has recorded it. A curve ends before the first number that is not finite.
    """
    layers = [record.outcome.layers for record in records if record.outcome.was_measured]
    recorded = [each for each in layers if each and quantity in each["curves"]]
    if not recorded or len(recorded) < len(layers):
        return {}
    every, names = recorded[0]["every"], recorded[0]["names"]
    curves = {}
    for place, name in enumerate(names):
        # A ledger from elsewhere may have fewer curves than layers.
        runs = [each["curves"][quantity][place] for each in recorded if place < len(each["curves"][quantity])]
        curves[name] = list(_medians(every, runs)) if len(runs) == len(recorded) else []
    return curves


def _medians(every: int, runs: Sequence[Sequence[float | None]]) -> Iterator[tuple[int, float]]:
    for number, values in enumerate(zip(*runs, strict=False), 1):
        finite = [value for value in values if value is not None and math.isfinite(value)]
        if len(finite) < len(values):
            return
        yield number * every, median(finite)


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return mean_of(known) if len(known) == len(numbers) else None


class _Evaluations:
    """The values of one run by epoch, and the updates and seconds that it had spent by then."""

    def __init__(self, record: Record, metric: Metric) -> None:
        history = record.outcome.history
        epochs = [epoch for epoch in history.get("epoch", ()) if epoch is not None]
        self.values: Mapping[float, float] = {
            epoch: 1 - number if metric.kind == "error" else number
            for epoch, number in zip(epochs, history.get(metric.source, ()), strict=False)
            if number is not None and math.isfinite(number)
        }
        self.updates = dict(zip(epochs, history.get("update", ()), strict=False))
        self.seconds: Mapping[float, float] = dict(zip(epochs, record.outcome.clock or (), strict=False))
