"""One run in full, for `gdbench show`."""

from collections.abc import Iterator, Mapping
from typing import Any

from gdbench.records import Record


def text(record: Record) -> str:
    """Return everything that the ledger holds of a run, as lines for people."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Record) -> Iterator[str]:
    outcome = record.outcome
    yield f"run {record.run.id}, seed {record.run.seed}: {outcome.status}"
    if outcome.diverged:
        yield f"diverged in epoch {outcome.diverged['epoch']}, update {outcome.diverged['step']}"
    yield f"started {record.started}, timing {record.timing}"
    yield "environment: " + _flat(record.environment)
    if outcome.seconds:
        yield "seconds: " + _flat(outcome.seconds)
    yield ""
    for section, settings in record.run.settings.items():
        yield f"{section}: {_flat(settings)}"
    if outcome.metrics:
        yield ""
        yield from (f"{name}: {_value(value)}" for name, value in outcome.metrics.items())
    if outcome.history:
        yield ""
        yield from _history(outcome.history)
    if outcome.losses:
        yield ""
        yield "recorded training losses: " + ", ".join(map(str, outcome.losses))
    if outcome.error:
        yield ""
        yield outcome.error.rstrip()


def _history(history: Mapping[str, Any]) -> Iterator[str]:
    rows = [tuple(history), *zip(*history.values(), strict=True)]
    cells = [[_value(value) for value in row] for row in rows]
    widths = [max(len(row[index]) for row in cells) for index in range(len(history))]
    for row in cells:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _flat(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + _flat(value) + "}"
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
