"""The ledger of a sweep: append-only `runs.jsonl`, one record per line, many readers and one writer."""

import errno
import fcntl
import json
import os
import platform
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic_core import from_json

from gdbench.errors import LedgerError, SweepError
from gdbench.records import Record, Run

LEDGER = "runs.jsonl"
TORN = "runs.jsonl.torn"
LOCK = "lock"
# How much of the end of a ledger is read at a time in search of its last line.
TAIL_BYTES = 65_536


def read(folder: Path) -> dict[str, Record]:
    """Return the records of a results folder by run id; of two with one id the later counts.

    A last line without its newline is skipped: a running sweep may be writing it. A missing ledger reads as empty.

    Raises:
        LedgerError: a finished line is damaged, or the file cannot be read.
    """
    path = folder / LEDGER
    if not has_ledger(folder):
        return {}
    with _reported_on_one_line(path):
        *lines, _unfinished = path.read_bytes().split(b"\n")
    records = {}
    for number, line in enumerate(lines, start=1):
        record = _parse(line, f"{path}:{number}")
        records[record.run.id] = record
    return records


def has_ledger(folder: Path) -> bool:
    """Whether a folder holds results."""
    return (folder / LEDGER).exists()


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


def set_aside(folder: Path) -> Path | None:
    """Rename a results folder to the first free of `<name>.1`, `<name>.2`, ... and return that; None without a folder.

    Raises:
        SweepError: another process holds the folder's lock.
    """
    if not folder.exists():
        return None
    with _reported_on_one_line(folder), _locked(folder):
        # An old folder is never overwritten.
        number = 1
        while (target := folder.with_name(f"{folder.name}.{number}")).exists():
            number += 1
        return folder.rename(target)


class Ledger:
    """The only writer of a results folder, created if missing; holds its lock until `close`. Not thread-safe.

    Raises:
        SweepError: another process holds the lock.
        LedgerError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock; the ledger is not changed yet."""
        self._folder = folder
        self._path = folder / LEDGER
        self._is_repaired = False
        with _reported_on_one_line(self._path), ExitStack() as stack:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(folder))
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            stack.callback(os.close, self._descriptor)
            self._open = stack.pop_all()

    def read(self) -> dict[str, Record]:
        """Return the records by run id, which no other process can change meanwhile.

        Raises:
            LedgerError: a finished line is damaged, or the file cannot be read.
        """
        return read(self._folder)

    def repair(self) -> str | None:
        """Move an unfinished last line, left by a crash, to a file of its own; return a notice if there was one.

        Raises:
            LedgerError: it cannot be moved.
        """
        self._is_repaired = True
        with _reported_on_one_line(self._path):
            return _move_torn_line(self._path, self._descriptor)

    def append(self, record: Record) -> None:
        """Write a record as one whole line, on the disk when this returns; a failed write leaves no trace.

        Raises:
            LedgerError: the disk is full, or a number in the record is not finite.
        """
        line = _line(record)
        if not self._is_repaired:
            self.repair()
        with _reported_on_one_line(self._path):
            size = os.fstat(self._descriptor).st_size
            try:
                if os.write(self._descriptor, line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                # On the disk before the run counts as done.
                os.fsync(self._descriptor)
            except OSError:
                self._roll_back(size)
                raise

    def _roll_back(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:
            # The next line would continue the broken one; without a writer, the next sweep moves the broken one away.
            self.close()

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""
        self._descriptor = -1
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _line(record: Record) -> bytes:
    try:
        return json.dumps(record.to_json(), allow_nan=False).encode() + b"\n"
    except ValueError as error:
        raise LedgerError(f"run {record.run.id}: a number that is not finite cannot be written") from error


def _parse(line: bytes, where: str) -> Record:
    try:
        return Record.from_json(from_json(line, allow_inf_nan=False))
    except LedgerError as error:
        raise LedgerError(f"{where}: {error}") from None
    except (ValueError, LookupError, TypeError) as error:
        raise LedgerError(f"{where}: the line is damaged; delete it to have its run trained again") from error


def _move_torn_line(path: Path, descriptor: int) -> str | None:
    start, line = _torn_line(descriptor)
    if not line:
        return None
    # Kept rather than cut off: it may be the only trace of what went wrong.
    with path.with_name(TORN).open("ab") as torn:
        torn.write(line + b"\n")
        torn.flush()
        os.fsync(torn.fileno())
    os.ftruncate(descriptor, start)
    os.fsync(descriptor)
    return f"{path}: the last line was unfinished; moved to {TORN}, its run counts as missing"


def _torn_line(descriptor: int) -> tuple[int, bytes]:
    """Return where the last line without a newline starts, and the line, which is empty in a sound ledger."""
    start = end = os.fstat(descriptor).st_size
    tail = b""
    while start and b"\n" not in tail:
        start = max(0, start - TAIL_BYTES)
        tail = os.pread(descriptor, end - start, start)
    length = len(tail) - (tail.rfind(b"\n") + 1)
    return end - length, tail[len(tail) - length :]


@contextmanager
def _reported_on_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LedgerError(f"{error.filename or path}: {error.strerror}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock file, which has pid, host and time in it; the kernel releases it when the process dies.

    Not the filelock package: it truncates the file on opening, so asking who holds the lock would erase the answer.
    """
    path = folder / LOCK
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepError(f"{folder} is in use by {_holder(descriptor)}") from None
        # The folder may have been renamed between opening its lock and holding it.
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(descriptor)):
            raise SweepError(f"{folder} was just set aside by another process; try again")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "host": platform.node(), "time": now}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {holder['pid']} on {holder['host']} since {holder['time']}"
    except (ValueError, LookupError, TypeError):
        # The holder has the lock but has not written its line yet.
        return "another process"
