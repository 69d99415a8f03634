"""Which runs of a comparison are to be trained, as far as its records tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gdbench.experiment.experiment import Comparison
from gdbench.records import Record


@dataclass(frozen=True, slots=True)
class DueRuns:
    """The ids of the runs that a comparison needs now, those in the ledger included.

    `possible` are these and what further looks or stages may take; where only a later choice says which runs those are,
    runs of the same rows stand for them. `certain` are those of them that no later look can spare. `note` says what
    made the latest of them due. `resumable` are the runs that others, due now or later, may resume from.
    """

    now: tuple[str, ...]
    possible: tuple[str, ...]
    certain: tuple[str, ...]
    note: str = ""
    resumable: tuple[str, ...] = ()


# Of a comparison with these records.
FindDueRuns = Callable[[Comparison, Mapping[str, Record]], DueRuns]


def every_run(comparison: Comparison, _records: Mapping[str, Record]) -> DueRuns:
    """Return all runs of a comparison, whatever its records tell."""
    runs = comparison.run_ids
    return DueRuns(runs, runs, runs)
