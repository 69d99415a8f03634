"""The bytes of a configuration, bounded before anything is made of them."""

from pathlib import Path

from gdbench.errors import RequestError
from gdbench.filesystem.regular_file import open_regular

# More than a person or a short program writes, and read in seconds.
MAX_BYTES = 1_000_000


def read_bounded(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of a configuration, which must be a file and no larger than the limit.

    Raises:
        RequestError: it is larger.
        OSError: it is no file, or cannot be read.
    """
    with open_regular(path) as file:
        found = file.read(limit + 1)
    if len(found) > limit:
        raise RequestError(f"{path}: expected a configuration of at most {limit:,} bytes; got a larger file")
    return found
