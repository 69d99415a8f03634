"""Writing files whole or not at all."""

import os
from pathlib import Path

from gdbench.errors import SweepError


def write_whole(path: Path, text: str) -> Path:
    """Write a file, replacing the old one in one step, and return its path.

    Raises:
        SweepError: the file cannot be written.
    """
    # In the same folder, since a file system can rename only within itself.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_text(text, encoding="utf-8", newline="")
            unfinished.replace(path)
        finally:
            # After a successful rename it is gone already.
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise SweepError(f"{path}: cannot write: {error.strerror}") from error
    return path
