"""Reading a ledger, which needs no lock: `runs.jsonl` and those that shards of a sweep leave beside it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gdbench.errors import LedgerError
from gdbench.interpreter.garbage_collection import without_collection
from gdbench.ledger.lines import bare, parse, sealed_id
from gdbench.ledger.sharing import Shared
from gdbench.records import Record, Run

LEDGER = "runs.jsonl"
# What a ledger lacked that was replaced or cut off while a sweep wrote it; the next sweep adds it to the ledger again.
RESCUED = ".rescued"
OF_A_SHARD = re.compile(r"runs\.(\d+-of-\d+)\.jsonl")


def ledgers(folder: Path) -> list[str]:
    """Return the names of the ledgers of a results folder, `runs.jsonl` first whether it is there or not."""
    names = {path.name.removesuffix(RESCUED) for path in folder.glob("runs.*.jsonl*")}
    # A copy that someone keeps beside them counts for nothing.
    return [LEDGER, *sorted(filter(OF_A_SHARD.fullmatch, names))]


def read(folder: Path) -> dict[str, Record]:
    """Return the records of a results folder by run id.

    Of two with one id, the later counts in one ledger, and the better in the ledgers of several shards. A last line
    without its newline is skipped: a running sweep may be writing it. A missing ledger reads as empty.

    Raises:
        LedgerError: a finished line is damaged, or a file cannot be read.
    """
    return combined(read_one(folder, name) for name in ledgers(folder))


def read_one(folder: Path, name: str) -> dict[str, Record]:
    """Return the records of one ledger of a folder by run id.

    Raises:
        LedgerError: a finished line is damaged, or the file cannot be read.
    """
    with without_collection():
        records = {record.run.id: record for record in _parsed(folder / name)}
        for record in records_in(folder / f"{name}{RESCUED}"):
            if supersedes(record, records.get(record.run.id)):
                records[record.run.id] = record
    return records


def _parsed(path: Path) -> Iterator[Record]:
    """Yield the records of a ledger; of its damaged lines, the error names the first and how many there are."""
    shared, first, damaged = Shared(), "", 0
    for line, where in lines_in(path):
        try:
            yield parse(line, where, shared)
        except LedgerError as error:
            first, damaged = first or str(error), damaged + 1
    if damaged:
        raise LedgerError(first if damaged == 1 else f"{first} ({damaged:,} lines cannot be read; this is the first)")


def combined(ledgers_read: Iterable[Mapping[str, Record]]) -> dict[str, Record]:
    """Return the best record of each run."""
    records: dict[str, Record] = {}
    for ledger in ledgers_read:
        for run, record in ledger.items():
            if run not in records or outranks(record, records[run]):
                records[run] = record
    return records


def outranks(record: Record, other: Record) -> bool:
    """Whether a record of a run is better than another: measured, then failed; timed alone; started later."""
    return _rank(record) > _rank(other)


def _rank(record: Record) -> tuple[int, bool, str]:
    outcome = record.outcome
    return 0 if outcome.was_interrupted else 1 + outcome.was_measured, record.timing == "exclusive", record.started


def find(folder: Path, prefix: str) -> list[Record]:
    """Return the records of the runs whose ids begin with a prefix; all lines are checked, and only theirs are read.

    Raises:
        LedgerError: a finished line is damaged, or a file cannot be read.
    """
    return list(combined(_read_matching(folder, name, prefix) for name in ledgers(folder)).values())


def _read_matching(folder: Path, name: str, prefix: str) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for path, is_rescued in ((folder / name, False), (folder / f"{name}{RESCUED}", True)):
        for line, where in lines_in(path):
            run = sealed_id(line)
            if run is not None and not run.startswith(prefix):
                continue
            record = parse(line, where)
            known = records.get(record.run.id)
            if record.run.id.startswith(prefix) and (not is_rescued or supersedes(record, known)):
                records[record.run.id] = record
    return records


def records_in(path: Path) -> Iterator[Record]:
    """Yield the records of a file in its order; none of a missing one.

    Raises:
        LedgerError: a finished line is damaged, or the file cannot be read.
    """
    return (parse(line, where) for line, where in lines_in(path))


def lines_in(path: Path) -> Iterator[tuple[bytes, str]]:
    """Yield the finished lines of a file that are not blank, each with its place for messages.

    Raises:
        LedgerError: the file cannot be read.
    """
    if not path.exists():
        return
    with reported_on_one_line(path):
        # A pipe would block.
        if not path.is_file():
            raise LedgerError(f"{path}: expected a regular file")
        name = str(path)
        with path.open("rb") as lines:
            # Line by line, since a ledger may be larger than memory has room for twice.
            for number, line in enumerate(lines, start=1):
                if line.endswith(b"\n") and (text := bare(line)) and not text.isspace():
                    yield text, f"{name}:{number}"


def supersedes(rescued: Record, record: Record | None) -> bool:
    """Whether a rescued record counts more than that of the ledger."""
    return record is None or record.outcome.was_interrupted or rescued.started > record.started


def has_ledger(folder: Path) -> bool:
    """Whether a folder holds results."""
    return len(ledgers(folder)) > 1 or any((folder / name).exists() for name in (LEDGER, f"{LEDGER}{RESCUED}"))


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
    """Turn an error of the system into one line that names the path.

    Raises:
        LedgerError: the system has reported an error.
    """
    try:
        yield
    except OSError as error:
        raise LedgerError(f"{error.filename or path}: {error.strerror}") from error
