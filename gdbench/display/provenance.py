"""Where the runs of an experiment come from: how many are in a ledger, of which dates and machines."""

from collections.abc import Collection, Iterable, Mapping

from gdbench.experiment.experiment import Comparison, Experiment
from gdbench.records import Record


def runs_of(comparisons: Iterable[Comparison]) -> list[str]:
    """Return the ids of all runs, each once."""
    return list(dict.fromkeys(run for each in comparisons for point in each.points for run in point.runs))


def origin(experiment: Experiment, records: Mapping[str, Record], to_train: Collection[str] = ()) -> str:
    """Return how many runs there are, and of those that are in the ledger when and on what they were trained."""
    runs = runs_of(experiment.comparisons)
    found = [records[run] for run in runs if run in records and run not in to_train]
    if not found:
        return f"{len(runs)} runs, none from a ledger"
    return f"{len(runs)} runs, {len(found)} from a ledger of {dates(found)}, {machines(found)}"


def dates(records: Iterable[Record]) -> str:
    """Return the day, or the first and the last day, on which records were made."""
    days = sorted(record.started[:10] for record in records)
    return days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def machines(records: Iterable[Record]) -> str:
    """Return the machines that records were made on."""
    return " and ".join(dict.fromkeys(str(record.environment.get("machine", "unknown")) for record in records))
