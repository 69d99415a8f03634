"""Which metrics at which epochs a table shows, checked against the records."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gdbench.comparison.names import unknown_name
from gdbench.comparison.values import value
from gdbench.errors import RequestError
from gdbench.experiment.moment import MOMENTS, At, Seconds, moment_text, read_seconds, whole_epochs_hint
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record
from gdbench.text import nearest, spelled

# The default tables: few columns for people, everything usual for files.
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
# What rows are compared by: runs that do without test images have validation accuracy, those without data a loss.
TERMINAL_METRICS = ("test_accuracy", "val_accuracy", "train_loss")
MAX_DIGITS = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """One metric at one moment of each run."""

    metric: Metric
    at: At

    @property
    def name(self) -> str:
        """The prefix of its CSV columns: `test_accuracy`, `test_accuracy_at_best_val`, `test_accuracy_at_3`."""
        return self.metric.name if self.at == "last" else f"{self.metric.name}_at_{self.at}"

    @property
    def timed(self) -> bool:
        """Whether it depends on the machine and its load."""
        return self.metric.timed or isinstance(self.at, Seconds)

    @property
    def title(self) -> str:
        """The heading of its column."""
        if self.metric.of_whole_run:
            return self.metric.name
        words = {"best_val": "epoch of the best val_accuracy", "max": "each run's best epoch"}
        return f"{self.metric.name}, {words.get(str(self.at), moment_text(self.at))}"


def read_at(text: str) -> tuple[At, ...]:
    """Read moments such as `last,best_val,max,3,2s`.

    Raises:
        RequestError: a part is neither one of these words nor an epoch nor a number of seconds.
    """
    return tuple(dict.fromkeys(_moment(part.strip()) for part in text.split(",")))


def _moment(part: str) -> At:
    if part in MOMENTS:
        return MOMENTS[part]
    # Python refuses to read numbers of thousands of digits.
    if part.isdecimal() and len(part) <= MAX_DIGITS and int(part) >= 1:
        return int(part)
    if seconds := read_seconds(part):
        return seconds
    expected = "last, best_val, max, epochs from 1 on or seconds such as 2s, separated by commas"
    raise RequestError(f"--at: expected {expected}; got {spelled(part)}{whole_epochs_hint(part)}")


def default_metrics(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the metric of a table: the first of these three that some run has; test accuracy while none is done."""
    done = [record for record in records if record.outcome.is_done]
    found = (name for name in TERMINAL_METRICS if has_value(Selection(METRICS[name], "last"), done))
    return (next(found, TERMINAL_METRICS[0]),)


def default_csv_metrics(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the metrics of a CSV file: those of the runs, or those that any run will have while none is done."""
    done = [record for record in records if record.outcome.is_done]
    # Validation data may be missing, so nothing is promised for it yet.
    if not done:
        return tuple(name for name in CSV_METRICS if not METRICS[name].needs_validation)
    return tuple(name for name in CSV_METRICS if has_value(Selection(METRICS[name], "last"), done))


def select(
    metrics: Sequence[str], at: Sequence[At], records: Sequence[Record], *, targeted: bool = False
) -> tuple[Selection, ...]:
    """Return every metric at every epoch, those of a whole run once; checked against the records once a run is done.

    `targeted` says whether a comparison has a target, which metrics such as epochs_to_target need.

    Raises:
        RequestError: an unknown metric, or one that no record has there.
    """
    known = [_metric(name, records, targeted=targeted) for name in metrics]
    if not targeted and (untargeted := next((metric.name for metric in known if metric.to_target), None)):
        raise RequestError(
            f"--metric: expected a comparison with a target, such as `target: 97 %`, for {untargeted}; got none"
        )
    # Chosen in vain, as every metric is the same at every moment.
    if known and all(metric.of_whole_run for metric in known) and "last" not in at:
        names = ", ".join(metric.name for metric in known)
        raise RequestError(f"--at: expected a metric that changes while a run trains; got {names}")
    # A metric of the whole run is the same at every epoch.
    pairs = [Selection(metric, "last" if metric.of_whole_run else epoch) for metric in known for epoch in at]
    selections = tuple(dict.fromkeys(pairs))
    if any(record.outcome.is_done for record in records):
        for selection in selections:
            # A target may be missed by every run.
            if not selection.metric.to_target:
                _check(selection, records)
    return selections


def _metric(name: str, records: Sequence[Record], *, targeted: bool) -> Metric:
    if name in METRICS:
        return METRICS[name]
    existing = _existing(records, targeted=targeted)
    # `accuracy` is spelled more like val_accuracy, but what people compare is the test's.
    kinds = {metric.kind for metric in METRICS.values() if metric.split}
    of_test = f"test_{nearest(name, sorted(kinds))}"
    raise unknown_name("--metric", "a metric", name, [of_test] if of_test in existing else existing)


def _existing(records: Sequence[Record], *, targeted: bool) -> list[str]:
    """Return the metrics that some run has at its end, or that every run will have while none is done."""
    is_any_done = any(record.outcome.is_done for record in records)

    def exists(metric: Metric) -> bool:
        if metric.to_target:
            return targeted
        if is_any_done:
            return has_value(Selection(metric, "last"), records)
        return not (metric.needs_validation or metric.needs_train_evaluation)

    return [metric.name for metric in METRICS.values() if exists(metric)]


def has_value(selection: Selection, records: Iterable[Record]) -> bool:
    """Return whether any of the records has a value of the metric at that moment."""
    return any(value(record, selection.metric, selection.at) is not None for record in records)


def _check(selection: Selection, records: Sequence[Record]) -> None:
    """Refuse a metric or epoch that no record has."""
    if has_value(selection, records):
        return
    metric, at = selection.metric, selection.at
    if at == "best_val" and not any(record.outcome.history.get("val_accuracy") for record in records):
        raise RequestError("--at: expected runs with validation data for best_val; got none with val_accuracy")
    epochs = sorted({epoch for record in records for epoch in record.outcome.history.get("epoch", ()) if epoch})
    if isinstance(at, int) and at not in epochs:
        raise RequestError(f"--at: expected an epoch that a run has ({_epochs_text(epochs)}); got {at}")
    if isinstance(at, Seconds) and has_value(Selection(metric, "last"), records):
        raise RequestError(f"--at: expected {_times_text(records)}; got {at}")
    recorded = [other.name for other in METRICS.values() if has_value(Selection(other, at), records)]
    expected = f"--metric: expected one that a run has at {at} ({', '.join(recorded) or 'none'})"
    # Of the other splits every run has the test's.
    alike = [name for name in recorded if name == f"test_{metric.kind}"]
    hint = f"; did you mean '{alike[0]}'?" if alike else ""
    raise RequestError(f"{expected}; got '{metric.name}'{hint}")


def _epochs_text(epochs: Sequence[float]) -> str:
    """List the whole epochs, the middle of many left out."""
    whole = [str(int(epoch)) for epoch in epochs if epoch == int(epoch)]
    return ", ".join(whole if len(whole) <= 10 else [*whole[:3], "...", whole[-1]]) or "none"


def _times_text(records: Sequence[Record]) -> str:
    """Return from when on a run has been evaluated."""
    first = min((clock[0] for record in records if (clock := record.outcome.clock)), default=None)
    if first is None:
        return "runs whose records have times"
    return f"{math.ceil(100 * first) / 100:g}s or more, the time of the first evaluation"
