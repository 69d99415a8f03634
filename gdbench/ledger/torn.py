"""The unfinished last line of a ledger, which a crash in the middle of a write leaves."""

import os
from pathlib import Path

from gdbench.filesystem.no_follow import open_file

# Added to the name of the ledger.
TORN = ".torn"
# How much of the end of a ledger is read at a time in search of its last line.
TAIL_BYTES = 65_536


def move_torn_line(path: Path, folder: int, descriptor: int) -> str | None:
    """Move an unfinished last line of an open ledger to a file of its own; return a notice if there was one."""
    start, line = _torn_line(descriptor)
    if not line:
        return None
    # Kept rather than cut off: it may be the only trace of what went wrong.
    torn_path, flags = path.with_name(f"{path.name}{TORN}"), os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with os.fdopen(open_file(torn_path, folder, flags), "ab") as torn:
        torn.write(line + b"\n")
        torn.flush()
        os.fsync(torn.fileno())
    os.ftruncate(descriptor, start)
    os.fsync(descriptor)
    return f"{path}: the last line was unfinished; moved to {torn_path.name}, its run counts as missing"


def _torn_line(descriptor: int) -> tuple[int, bytes]:
    """Return where the last line without a newline starts, and the line, which is empty in a sound ledger."""
    start = end = os.fstat(descriptor).st_size
    tail = b""
    while start and b"\n" not in tail:
        start = max(0, start - TAIL_BYTES)
        tail = os.pread(descriptor, end - start, start)
    length = len(tail) - (tail.rfind(b"\n") + 1)
    return end - length, tail[len(tail) - length :]
