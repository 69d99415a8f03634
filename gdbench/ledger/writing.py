"""Writing a ledger: one writer, whole lines, and nothing lost whatever happens to the file meanwhile."""

import errno
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from gdbench.errors import LedgerError, SweepError
from gdbench.filesystem.no_follow import open_file, opened_folder, refuse_links
from gdbench.ledger.copy import LedgerCopy
from gdbench.ledger.lines import line_of
from gdbench.ledger.lock import locked
from gdbench.ledger.parts import ledger_name
from gdbench.ledger.reading import (
    RESCUED,
    combined,
    has_ledger,
    ledgers,
    lines_in,
    read_one,
    records_in,
    reported_on_one_line,
    supersedes,
)
from gdbench.ledger.rescue import counted_records, lost, rescue
from gdbench.ledger.torn import move_torn_line
from gdbench.records import Record


def set_aside(folder: Path) -> Path | None:
    """Rename a results folder to the first free of `<name>.1`, `<name>.2`, ... and return that; None without a folder.

    Raises:
        SweepError: another process holds the folder's lock.
    """
    if not folder.exists():
        return None
    with reported_on_one_line(folder), opened_folder(folder) as descriptor, locked(folder, descriptor):
        # An old folder is never overwritten.
        number = 1
        while (target := folder.with_name(f"{folder.name}.{number}")).exists():
            number += 1
        return folder.rename(target)


class Ledger:
    """The only writer of a results folder, created if missing; holds its lock until `close`. Not thread-safe.

    Of a folder that several shards write at once, it is the only writer of one, whose name is the `part`, such as
    `2-of-8`: it writes a ledger of its own, and no writer of the whole folder can begin meanwhile.

    Raises:
        SweepError: another process holds the lock, or the folder holds links.
        LedgerError: the folder cannot be written.
    """

    def __init__(self, folder: Path, part: str | None = None) -> None:
        """Take the lock; the ledger is not changed yet."""
        self.folder = folder
        self._path = folder / ledger_name(part)
        self._is_repaired = False
        # What the file should hold if nobody else has changed it: its size, the line written last, and all records.
        self._size = 0
        self._last_line = b""
        self._copy: LedgerCopy | None = None
        with ExitStack() as stack:
            with reported_on_one_line(folder):
                folder.mkdir(parents=True, exist_ok=True)
                _refuse_foreign_link(folder)
                self.folder_descriptor = stack.enter_context(opened_folder(folder))
                refuse_links(folder, self.folder_descriptor)
                stack.enter_context(locked(folder, self.folder_descriptor, part))
            with reported_on_one_line(self._path):
                self._descriptor = open_file(self._path, self.folder_descriptor, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            stack.callback(os.close, self._descriptor)
            self._open = stack.pop_all()

    def read(self) -> dict[str, Record]:
        """Return the records of the folder by run id; no other process can change those of this ledger meanwhile.

        Raises:
            LedgerError: a finished line is damaged, or the file cannot be read.
        """
        others = (read_one(self.folder, name) for name in ledgers(self.folder) if name != self._path.name)
        return combined([self.read_own(), *others])

    def read_own(self) -> dict[str, Record]:
        """Return the records of this ledger alone.

        Raises:
            LedgerError: a finished line is damaged, or the file cannot be read.
        """
        return read_one(self.folder, self._path.name)

    def keep(self, records: Mapping[str, Record] | None = None) -> LedgerCopy:
        """Begin to keep a copy of the ledger; return the records of the folder, looked up in it as they are needed.

        `records` are those of the folder, where others than those of this ledger count as well.

        Raises:
            LedgerError: the file cannot be read, or there is no room for its copy.
        """
        if not self._is_repaired:
            self.repair()
        if self._copy is None:
            with reported_on_one_line(self._path):
                # Which fails where the ledger is closed.
                os.fstat(self._descriptor)
                self._copy = LedgerCopy(self.folder, (line for line, _where in lines_in(self._path)))
                self._open.callback(self._copy.close)
        if records and len(ledgers(self.folder)) > 1:
            self._copy.add_others(records)
        return self._copy

    def repair(self) -> list[str]:
        """Move an unfinished last line, left by a crash, to a file of its own, and add what was rescued; say both.

        Raises:
            LedgerError: it cannot be done.
        """
        self._is_repaired = True
        with reported_on_one_line(self._path):
            notices = [move_torn_line(self._path, self.folder_descriptor, self._descriptor)]
            self._size = os.fstat(self._descriptor).st_size
            notices.append(self._add_rescued())
        return [notice for notice in notices if notice]

    def _add_rescued(self) -> str | None:
        path = self.folder / f"{self._path.name}{RESCUED}"
        rescued = list(records_in(path))
        records = {record.run.id: record for record in records_in(self._path)} if rescued else {}
        added = [record for record in rescued if supersedes(record, records.get(record.run.id))]
        for record in added:
            self._write(line_of(record))
        if not path.exists():
            return None
        # All of it is in the ledger, and on the disk.
        os.unlink(path.name, dir_fd=self.folder_descriptor)
        return f"{path}: {counted_records(len(added))} added to {self._path.name}"

    def append(self, record: Record) -> None:
        """Write a record as one whole line, on the disk when this returns; a failed write leaves no trace.

        Raises:
            LedgerError: the disk is full, a number in the record is not finite, or another program has changed the
                file: then all records that it lacks are in a safe place, which the message names.
        """
        try:
            self.extend([record])
        except KeyboardInterrupt:
            # The run may have taken hours, and no worker has it any more. A line that is there twice counts once.
            self.extend([record])
            raise

    def extend(self, records: Sequence[Record]) -> None:
        """Write records in one step, as `append` does."""
        lines = list(map(line_of, records))
        copy = self.keep()
        with reported_on_one_line(self._path):
            for record, line in zip(records, lines, strict=True):
                copy.add(record.run.id, line)
        self.confirm()
        with reported_on_one_line(self._path):
            self._write(b"".join(lines))

    def confirm(self) -> None:
        """Check that what was written is still there.

        Raises:
            LedgerError: it is not; all records that the file lacks are in a safe place, which the message names.
        """
        with reported_on_one_line(self._path):
            change = self._change()
        if change and self._copy and (lines := lost(self._path, self._copy.own_lines())):
            said = f"{self._path} was {change} while the sweep ran; {rescue(self._path, lines)}"
            self.close()
            raise LedgerError(said)

    def _change(self) -> str | None:
        """Return what another program has done to the file, None if what this one has written is in its place."""
        # First, since it fails where the ledger is closed.
        ours = os.fstat(self._descriptor)
        try:
            status = self._path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return "moved or removed"
        if not os.path.samestat(status, ours):
            return "replaced"
        if status.st_size < self._size:
            return "cut off"
        end = self._size - len(self._last_line)
        is_kept = os.pread(self._descriptor, len(self._last_line), end) == self._last_line
        # Whole lines that someone has added do no harm.
        if not is_kept or (status.st_size > self._size and os.pread(self._descriptor, 1, status.st_size - 1) != b"\n"):
            return "changed"
        self._size, self._last_line = status.st_size, self._last_line if status.st_size == self._size else b""
        return None

    def _write(self, line: bytes) -> None:
        size = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            # On the disk before the run counts as done.
            os.fsync(self._descriptor)
        except OSError:
            self._roll_back(size)
            raise
        self._size, self._last_line = size + len(line), line

    def _roll_back(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:
            # The next line would continue the broken one; without a writer, the next sweep moves the broken one away.
            self.close()

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""
        self._descriptor, self._copy = -1, None
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refuse_foreign_link(folder: Path) -> None:
    """Refuse a results folder that is a link to a folder of something else, whose files would be replaced."""
    if folder.is_symlink() and any(folder.iterdir()) and not has_ledger(folder):
        raise SweepError(f"{folder} is a link to a folder that holds something else than results; remove the link")
