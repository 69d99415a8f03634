"""A finished run as other tools know runs: a name, parameters, and scalars by step."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from gdbench.comparison.results import Results
from gdbench.display.run_text import run_names
from gdbench.records import Record

Parameter = str | float | bool
# They name folders as well.
_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """A run; `curves` maps each measure to (update, value) pairs, `finals` hold those of the whole run."""

    record: Record
    name: str
    parameters: Mapping[str, Parameter]
    curves: Mapping[str, list[tuple[int, float]]]
    finals: Mapping[str, float]
    tags: Mapping[str, str]

    @property
    def started(self) -> float:
        """When the run was started, in seconds since 1970."""
        return datetime.fromisoformat(self.record.started).timestamp()

    @property
    def folder(self) -> str:
        """A name that only this run has, for a file system."""
        words = re.sub(r"[^\w.=+-]+", "-", self.name).strip("-.")[:_NAME_LENGTH]
        return f"{words or 'run'}-{self.record.run.id}"


def exported_runs(results: Results) -> list[ExportedRun]:
    """Return the runs of an experiment that are done or have diverged, in the order of its tables."""
    names = run_names(results.experiment)
    records = (results.records[run] for run in names if run in results.records)
    return [_exported(record, names[record.run.id]) for record in records if record.outcome.was_measured]


def _exported(record: Record, label: str) -> ExportedRun:
    outcome, run = record.outcome, record.run
    finals = {name: float(value) for name, value in (outcome.metrics or {}).items()}
    finals |= {f"{name}_seconds": float(value) for name, value in outcome.seconds.items()}
    tags = {"status": outcome.status, "run_id": run.id, "row": label}
    tags |= {key: str(value) for key, value in record.environment.items() if value is not None}
    parameters: dict[str, Parameter] = {"seed": run.seed, "row": label, **dict(_flat(run.settings, ""))}
    return ExportedRun(record, f"{label}, seed {run.seed}", parameters, _curves(record), finals, tags)


def _curves(record: Record) -> dict[str, list[tuple[int, float]]]:
    history = record.outcome.history
    updates = [int(update or 0) for update in history.get("update", [])]
    curves = {
        name: list(zip(updates, map(_number, values), strict=True))
        for name, values in history.items()
        if name != "update"
    }
    every = record.run.training.get("record_every")
    if record.outcome.losses and isinstance(every, int):
        losses = enumerate(record.outcome.losses, start=1)
        curves["batch_loss"] = [(every * index, _number(loss)) for index, loss in losses]
    return curves


def _number(value: float | None) -> float:
    # What was not finite is kept as nothing.
    return math.nan if value is None else float(value)


def _flat(settings: Mapping[str, object], path: str) -> Iterator[tuple[str, Parameter]]:
    """Yield each setting under its path; a list is one value."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{key}.")
        elif isinstance(value, bool | int | float | str):
            yield f"{path}{key}", value
        elif value is not None:
            yield f"{path}{key}", str(value)
