"""Trains runs one after another in this process and records each."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gdbench.experiment.program import program_key
from gdbench.ledger import Ledger
from gdbench.records import Outcome, Record, Run

Train = Callable[[Run], Outcome]


def by_program(runs: Iterable[Run]) -> list[Run]:
    """Return the runs in order, those that share a compiled program together, at the place of their first."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(program_key(run), []).append(run)
    return [run for group in groups.values() for run in group]


def execute(
    runs: Iterable[Run],
    train: Train,
    ledger: Ledger,
    environment: Mapping[str, Any],
    report: Callable[[Record], None],
) -> None:
    """Train every run; one that raises is recorded as failed with its traceback and the others go on.

    Raises:
        LedgerError: a record cannot be written; training stops, since its results would be lost.
        KeyboardInterrupt: the run under way is recorded as interrupted, which counts as missing.
    """
    for run in by_program(runs):
        started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            outcome = train(run)
        except Exception:
            outcome = Outcome("failed", error=traceback.format_exc())
        except KeyboardInterrupt:
            ledger.append(Record(run, Outcome("interrupted"), started, environment))
            raise
        record = Record(run, outcome, started, environment)
        ledger.append(record)
        report(record)
