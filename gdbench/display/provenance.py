"""Where the runs of an experiment come from: how many are in the ledger, when and on what machine they were trained."""

from collections.abc import Collection, Iterable

from gdbench.comparison.results import Results
from gdbench.records import Record
from gdbench.text import counted


def origin(results: Results, to_train: Collection[str] = ()) -> str:
    """Return how many runs there are, and when and where those from the ledger were trained.

    The ids in `to_train` do not count, as they are about to be trained again.
    """
    runs = results.run_ids
    records = [record for record in results.own_records if record.run.id not in to_train]
    count = counted(len(runs), "run")
    if not records:
        return f"{count}, none from a ledger"
    return f"{count}, {len(records)} from a ledger of {_dates(records)}, {' and '.join(machines(records))}"


def trained(results: Results) -> str:
    """Return `9 runs, trained on 2026-11-26, AMD EPYC, 2 cores, Linux`, as a reader without the ledger needs it."""
    records = results.own_records
    if not records:
        return f"{counted(len(results.run_ids), 'run')}, none trained yet"
    some = "" if len(records) == len(results.run_ids) else f" {len(records)} of them"
    return (
        f"{counted(len(results.run_ids), 'run')},{some} trained on {_dates(records)}, {' and '.join(machines(records))}"
    )


def protocols_trained(results: Results) -> str:
    """Return how many runs the protocols of multiverses have, and when and where these were trained."""
    records = results.protocol_records
    if not records:
        return "No run under other protocols is trained yet."
    count = counted(len(records), "run")
    # A name of a machine has commas of its own.
    return f"{count} under these protocols, trained on {_dates(records)}; {'; '.join(machines(records))}."


def machines(records: Iterable[Record]) -> list[str]:
    """Return the machines on which records were made, each once."""
    return list(dict.fromkeys(str(record.environment.get("machine", "unknown")) for record in records))


def _dates(records: Iterable[Record]) -> str:
    # ISO dates sort as text.
    days = sorted(record.started[:10] for record in records)
    return days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
