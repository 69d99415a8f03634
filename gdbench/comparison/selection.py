"""Which metrics at which epochs a table shows, held against what the records have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbench.comparison.names import unknown
from gdbench.comparison.values import value
from gdbench.errors import RequestError
from gdbench.experiment.experiment import At
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record

TERMINAL_METRICS = ("test_accuracy",)
CSV_METRICS = (
    "test_accuracy",
    "test_loss",
    "train_accuracy",
    "train_loss",
    "val_accuracy",
    "val_loss",
    "train_seconds",
    "images_per_second",
)
AT_WORDS: dict[str, At] = {"last": "last", "best_val": "best_val", "max": "max"}


@dataclass(frozen=True, slots=True)
class Selection:
    """One metric at one epoch of each run."""

    metric: Metric
    at: At

    @property
    def name(self) -> str:
        """The prefix of its CSV columns: `test_accuracy`, `test_accuracy_at_best_val`, `test_accuracy_at_3`."""
        return self.metric.name if self.at == "last" else f"{self.metric.name}_at_{self.at}"

    @property
    def title(self) -> str:
        """The words above its column."""
        if self.metric.of_whole_run:
            return self.metric.name
        words = {"last": "last epoch", "best_val": "epoch of the best val_accuracy", "max": "each run's best epoch"}
        return f"{self.metric.name}, {words.get(str(self.at), f'epoch {self.at}')}"


def read_at(text: str) -> tuple[At, ...]:
    """Read `last,best_val,max,3` as epochs to look at.

    Raises:
        RequestError: a part is none of these words and no epoch.
    """
    return tuple(dict.fromkeys(_epoch(part.strip()) for part in text.split(",")))


def _epoch(part: str) -> At:
    if part in AT_WORDS:
        return AT_WORDS[part]
    if part.isdecimal() and int(part) >= 1:
        return int(part)
    raise RequestError(f"--at: expected last, best_val, max or epochs from 1 on, separated by commas; got {part!r}")


def default_csv_metrics(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the metrics of a CSV file: those that a run has, or while none is done those that every run will have."""
    done = [record for record in records if record.outcome.status == "done"]
    if not done:
        return tuple(name for name in CSV_METRICS if not METRICS[name].needs_validation)
    return tuple(name for name in CSV_METRICS if _found(Selection(METRICS[name], "last"), done))


def select(
    metrics: Sequence[str], at: Sequence[At], records: Sequence[Record], *, targeted: bool = False
) -> tuple[Selection, ...]:
    """Return every metric at every epoch, times once, checked against the records as soon as one is done.

    `targeted` says whether a comparison names a target, which the metrics to a target need.

    Raises:
        RequestError: an unknown metric, or one that no record has there.
    """
    known = [_metric(name) for name in metrics]
    if not targeted and (needing := next((metric.name for metric in known if metric.to_target), None)):
        raise RequestError(f"{needing} needs a target: no comparison has one, such as `target: 97 %`")
    pairs = [Selection(metric, "last" if metric.of_whole_run else epoch) for metric in known for epoch in at]
    selections = tuple(dict.fromkeys(pairs))
    if any(record.outcome.status == "done" for record in records):
        for selection in (each for each in selections if not each.metric.to_target):
            _check(selection, records)
    return selections


def _metric(name: str) -> Metric:
    if name not in METRICS:
        raise unknown("metric", name, METRICS)
    return METRICS[name]


def _found(selection: Selection, records: Iterable[Record]) -> bool:
    return any(value(record, selection.metric, selection.at) is not None for record in records)


def _check(selection: Selection, records: Sequence[Record]) -> None:
    if _found(selection, records):
        return
    metric, at = selection.metric, selection.at
    if at == "best_val" and not any(record.outcome.history.get("val_accuracy") for record in records):
        raise RequestError("best_val needs validation data: no record has val_accuracy")
    epochs = sorted({epoch for record in records for epoch in record.outcome.history.get("epoch", ()) if epoch})
    if isinstance(at, int) and at not in epochs:
        raise RequestError(f"no record has epoch {at}; there are: {_listed(epochs)}")
    there = [other.name for other in METRICS.values() if _found(Selection(other, at), records)]
    raise RequestError(f"no record has {metric.name} at {at}; there are: {', '.join(there) or 'none'}")


def _listed(epochs: Sequence[float]) -> str:
    whole = [str(int(epoch)) for epoch in epochs if epoch == int(epoch)]
    return ", ".join(whole if len(whole) <= 10 else [*whole[:3], "...", whole[-1]]) or "none"
