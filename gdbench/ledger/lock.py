"""The lock of a results folder, which has one writer at a time."""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from gdbench.errors import SweepError
from gdbench.no_follow import open_file

LOCK = "lock"


@contextmanager
def locked(path: Path, folder: int) -> Iterator[None]:
    """Hold the lock file of an open folder, which has pid, host and time in it; the kernel releases it at our death.

    Not the filelock package: it truncates the file on opening, so asking who holds the lock would erase the answer.

    Raises:
        SweepError: another process holds it, or it is a link.
    """
    descriptor = open_file(path / LOCK, folder, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepError(f"{path} is in use by {_holder(descriptor)}") from None
        # The folder may have been renamed between opening its lock and holding it.
        if not _is_at(path / LOCK, descriptor):
            raise SweepError(f"{path} was just set aside by another process; try again")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "host": platform.node(), "time": now}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {holder['pid']} on {holder['host']} since {holder['time']}"
    except (ValueError, LookupError, TypeError):
        # The holder has the lock but has not written its line yet.
        return "another process"
