"""The list of the code that a user has trusted, one hash a line: only what the user alone can have written counts."""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdbench.catalog.plugins import Code
from gdbench.cli.options import say
from gdbench.text import printable

# As of some thousands of files.
MAX_BYTES = 1_000_000
_HASH = re.compile(rb"^([0-9a-f]{64})(?= |$)", re.MULTILINE)


def trusted_hashes() -> frozenset[str]:
    """Return the SHA-256 of each trusted file; where the list is not the user's own, nothing is trusted."""
    try:
        with _opened(os.O_RDONLY) as descriptor:
            text = os.read(descriptor, MAX_BYTES) if descriptor is not None else b""
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        say(f"{_file()}: {error.strerror}; nothing in it counts as trusted")
        return frozenset()
    return frozenset(found.decode() for found in _HASH.findall(text))


def remember(code: Code) -> None:
    """Add a file to the list; where that cannot be done, it is asked for again."""
    # Spelled out, since a line end in a folder's name would begin a line that trusts something else.
    line = f"{code.sha256} {printable(str(Path(code.file).resolve()))}\n"
    try:
        with _opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
            if descriptor is not None:
                # Other processes may write at the same time; where locking fails, a single write still stays whole.
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                # A torn line stays one of its own.
                os.write(descriptor, f"{'' if _ends_a_line(descriptor) else chr(10)}{line}".encode())
    except OSError as error:
        say(f"{_file()}: cannot remember the answer: {error.strerror}")


@contextmanager
def _opened(flags: int) -> Iterator[int | None]:
    """Open the list, made with O_CREAT for the user alone; None where the user has no folder for it.

    Raises:
        OSError: it cannot be opened, or others may have written it.
    """
    file = _file()
    if file is None:
        yield None
        return
    if flags & os.O_CREAT:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # A pipe in place of the file would block here.
        descriptor = os.open(file, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise OSError(error.errno, "is a link" if error.errno == errno.ELOOP else error.strerror) from None
    try:
        if reason := _distrust(os.fstat(descriptor)):
            raise OSError(errno.EPERM, reason)
        yield descriptor
    finally:
        os.close(descriptor)


def _distrust(status: os.stat_result) -> str | None:
    """Return why a list may have been written by others, or cannot be a list."""
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if status.st_nlink > 1:
        return "has a second name"
    if status.st_uid != os.geteuid():
        return "belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by other users"
    return f"is larger than {MAX_BYTES:,} bytes" if status.st_size > MAX_BYTES else None


def _ends_a_line(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _file() -> Path | None:
    """Return the path of the list; None where the user has no folder for it."""
    import platformdirs

    file = Path(platformdirs.user_config_path("gdbench")) / "trusted"
    # Without a home it would stand in the current folder, where anyone's configuration could bring its own.
    return file if file.is_absolute() else None
