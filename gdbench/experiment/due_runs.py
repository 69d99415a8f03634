"""Which runs of a comparison are to be trained, as far as its records tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gdbench.experiment.experiment import Comparison
from gdbench.records import Record


@dataclass(frozen=True, slots=True)
class DueRuns:
    """The ids of the runs that a comparison needs now, those in the ledger included.

    `possible` also has the runs that later looks or stages may need; where a later choice decides which runs those are,
    runs of the same rows stand in for them. `certain` are the possible runs that are needed whatever the looks show.
    `note` says why the latest runs came due. `resumable` are the runs that others, due now or later, may resume from.
    """

    now: tuple[str, ...]
    possible: tuple[str, ...]
    certain: tuple[str, ...]
    note: str = ""
    resumable: tuple[str, ...] = ()


# Takes a comparison and the records of its runs.
FindDueRuns = Callable[[Comparison, Mapping[str, Record]], DueRuns]


def every_run(comparison: Comparison, _records: Mapping[str, Record]) -> DueRuns:
    """Return all runs of a comparison, whatever its records tell."""
    runs = comparison.run_ids
    return DueRuns(runs, runs, runs)
