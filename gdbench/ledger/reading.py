"""Reading a ledger, which needs no lock."""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gdbench.errors import LedgerError
from gdbench.ledger.lines import parse
from gdbench.records import Record, Run

LEDGER = "runs.jsonl"
# What a ledger lacked that was replaced or cut off while a sweep wrote it; the next sweep adds it to the ledger again.
RESCUED = "runs.jsonl.rescued"


def read(folder: Path) -> dict[str, Record]:
    """Return the records of a results folder by run id; of two with one id the later counts.

    A last line without its newline is skipped: a running sweep may be writing it. A missing ledger reads as empty.

    Raises:
        LedgerError: a finished line is damaged, or the file cannot be read.
    """
    with _no_collection():
        records = {record.run.id: record for record in records_in(folder / LEDGER)}
        for record in records_in(folder / RESCUED):
            if supersedes(record, records.get(record.run.id)):
                records[record.run.id] = record
    return records


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from searching new objects for cycles; records have none, and the search takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def records_in(path: Path) -> Iterator[Record]:
    """Yield the records of a file in its order; none of a missing one.

    Raises:
        LedgerError: a finished line is damaged, or the file cannot be read.
    """
    if not path.exists():
        return
    with reported_on_one_line(path):
        # A pipe would block.
        if not path.is_file():
            raise LedgerError(f"{path}: expected a regular file")
        *lines, _unfinished = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        yield parse(line, f"{path}:{number}")


def supersedes(rescued: Record, record: Record | None) -> bool:
    """Whether a rescued record counts more than that of the ledger."""
    return record is None or record.outcome.was_interrupted or rescued.started > record.started


def has_ledger(folder: Path) -> bool:
    """Whether a folder holds results."""
    return any((folder / name).exists() for name in (LEDGER, RESCUED))


def missing(
    runs: Sequence[Run],
    records: Mapping[str, Record],
    retry_failed: bool = False,
    exclusive_runs: Collection[str] = frozenset(),
) -> list[Run]:
    """Return the runs that are still to be trained, in the order of the plan.

    For the runs in `exclusive_runs` a record made beside other runs does not count, since its times cannot be compared.
    """

    def is_missing(run: Run) -> bool:
        record = records.get(run.id)
        if record is None or record.outcome.was_interrupted or (retry_failed and record.outcome.has_failed):
            return True
        # Times measured beside other runs cannot be compared.
        return run.id in exclusive_runs and record.timing == "shared"

    return [run for run in runs if is_missing(run)]


@contextmanager
def reported_on_one_line(path: Path) -> Iterator[None]:
    """Turn what the system reports into one line that names the path."""
    try:
        yield
    except OSError as error:
        raise LedgerError(f"{error.filename or path}: {error.strerror}") from error
