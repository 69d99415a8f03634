"""A copy of a ledger in a file without a name: what its sweep knows of it, out of reach of other programs."""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryFile

from gdbench.errors import LedgerError
from gdbench.ledger.lines import line_of, parse, sealed_id
from gdbench.records import Record

# How much is read at a time in search of the end of a line.
CHUNK_BYTES = 16_384


class LedgerCopy(Mapping[str, Record]):
    """The records of a ledger by run id, each read from the copy when it is asked for; memory holds their places.

    `own` are the lines of the ledger, which can be written again if it is lost; records of others are kept beside them.
    """

    def __init__(self, folder: Path, lines: Iterable[bytes] = ()) -> None:
        """Copy the lines of a ledger, without their newlines; those that are damaged hold no record.

        Raises:
            OSError: the file system of the folder has no room for the copy.
        """
        # The kernel removes it with this process, however that ends.
        with TemporaryFile(dir=folder) as file:
            self._descriptor = os.dup(file.fileno())
        self._size = 0
        self._own: dict[str, int] = {}
        self._others: dict[str, int] = {}
        with ExitStack() as stack:
            stack.callback(self.close)
            for line in lines:
                with suppress(LedgerError):
                    self._own[sealed_id(line) or parse(line, "").run.id] = self._write(line + b"\n")
            stack.pop_all()

    def add(self, run: str, line: bytes) -> None:
        """Take in a line that is about to be written to the ledger.

        Raises:
            OSError: the disk is full.
        """
        self._own[run] = self._write(line)
        self._others.pop(run, None)

    def add_others(self, records: Mapping[str, Record]) -> None:
        """Take in what counts more than the record of this ledger, or is not in it."""
        for run, record in records.items():
            if run not in self._own or self[run] != record:
                self._others[run] = self._write(line_of(record))

    def own_lines(self) -> Iterator[bytes]:
        """Yield the line of each run of the ledger, without its newline."""
        return map(self._line, self._own.values())

    def close(self) -> None:
        """Give the room of the copy back."""
        os.close(self._descriptor)

    def __getitem__(self, run: str) -> Record:
        place = self._others[run] if run in self._others else self._own[run]
        return parse(self._line(place), "the sweep's own copy of the ledger")

    def __iter__(self) -> Iterator[str]:
        return iter(self._own.keys() | self._others.keys())

    def __len__(self) -> int:
        return len(self._own.keys() | self._others.keys())

    def __contains__(self, run: object) -> bool:
        return run in self._own or run in self._others

    def _write(self, line: bytes) -> int:
        place = self._size
        if os.pwrite(self._descriptor, line, place) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._size += len(line)
        return place

    def _line(self, place: int) -> bytes:
        read = b""
        while b"\n" not in read and (more := os.pread(self._descriptor, CHUNK_BYTES, place + len(read))):
            read += more
        return read.partition(b"\n")[0]
