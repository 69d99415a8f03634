"""The bytes of a configuration, bounded before anything is made of them."""

import os
import stat
from pathlib import Path

from gdbench.errors import RequestError

# More than a person or a short program writes, and read in seconds.
MAX_BYTES = 1_000_000


def content(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of a configuration, which must be a file and no larger than the limit.

    Raises:
        RequestError: it is something else, or larger.
        OSError: it cannot be read.
    """
    # Without blocking: opening a named pipe would wait for someone to write to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RequestError(f"{path}: cannot be read: expected a file; got a folder, device or pipe")
        found = file.read(limit + 1)
    if len(found) > limit:
        raise RequestError(f"{path}: expected a configuration of at most {limit:,} bytes; got a larger file")
    return found
