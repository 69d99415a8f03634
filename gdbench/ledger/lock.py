"""The lock of a results folder, which has one writer at a time, or one for each shard of a sweep."""

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from gdbench.errors import SweepError
from gdbench.filesystem.no_follow import open_file
from gdbench.ledger.parts import LOCK, lock_name


@contextmanager
def locked(path: Path, folder: int, part: str | None = None) -> Iterator[None]:
    """Hold the lock of an open folder, or of a part of it, whose holders share the lock of the whole.

    The lock file has the holder's process, host and time in it; the kernel releases it at our death. Not the filelock
    package: it truncates the file on opening, so asking who holds the lock would erase the answer.

    Raises:
        SweepError: another process holds it, or it is a link.
    """
    if part is None:
        with _held(path, folder, LOCK):
            yield
        return
    with _held(path, folder, LOCK, shared=True), _held(path, folder, lock_name(part)):
        yield


def is_in_use(folder: Path) -> bool:
    """Whether a sweep, a shard of one or a merge writes to a results folder now; changes nothing in it."""
    return any(_is_held(path) for path in (folder / LOCK, *folder.glob(f"{LOCK}.*-of-*")))


@contextmanager
def _held(path: Path, folder: int, name: str, *, shared: bool = False) -> Iterator[None]:
    descriptor = open_file(path / name, folder, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepError(f"{path} is in use by {_holders(path, folder, name, descriptor)}") from None
        # The folder may have been renamed between opening its lock and holding it.
        if not _is_at(path / name, descriptor):
            raise SweepError(f"{path} was just set aside by another process; try again")
        if not shared:
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


def _holders(path: Path, folder: int, name: str, descriptor: int) -> str:
    """Return who holds a lock; that of a whole folder may be shared by those who hold parts of it."""
    parts = sorted(path.glob(f"{LOCK}.*-of-*")) if name == LOCK else []
    sharing = [f"{_holder_of(part, folder)} ({part.name.removeprefix(f'{LOCK}.')})" for part in parts if _is_held(part)]
    return ", ".join(sharing) or _holder(descriptor)


def _is_held(lock: Path) -> bool:
    with suppress(OSError), lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _holder_of(lock: Path, folder: int) -> str:
    descriptor = open_file(lock, folder, os.O_RDONLY)
    try:
        return _holder(descriptor)
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {holder['pid']} on {holder['host']} since {holder['time']}"
    except (ValueError, LookupError, TypeError):
        # The holder has the lock but has not written its line yet.
        return "another process"
