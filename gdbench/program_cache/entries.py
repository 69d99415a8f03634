"""The files of compiled programs: each has a checksum beside it once it is whole, and without one it is not used."""

import os
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# A program of a small network takes some 0.2 MB, and a configuration seldom has more than a hundred.
MOST_BYTES = 128 * 2**20
_ENTRY, _CHECKSUM = ".pb", ".crc"
# TensorFlow gives a file its name when it is whole; what still has another after this time is left over.
_SECONDS_TO_WRITE = 3600.0


def seal(folder: Path) -> None:
    """Write the checksum of each program that has none yet, then remove those that were read longest ago."""
    for entry in _entries(folder):
        checksum = _checksum_file(entry)
        if not checksum.exists():
            # Another worker may have removed the program meanwhile.
            with suppress(OSError):
                checksum.write_text(_checksum(entry), encoding="ascii")
    bound(folder.parent.parent)


def verify(folder: Path) -> None:
    """Remove what is not as it was when its checksum was written, from all folders of threads below a folder."""
    # Programs first, since a checksum goes with its program.
    for path in sorted(folder.glob("*/*"), key=lambda path: path.suffix != _ENTRY):
        if path.suffix == _ENTRY:
            is_wanted = _is_sound(path)
        elif path.suffix == _CHECKSUM:
            is_wanted = path.with_suffix(_ENTRY).exists()
        else:
            is_wanted = _is_recent(path)
        if not is_wanted:
            _remove(path)


def bound(root: Path, most: int = MOST_BYTES) -> None:
    """Remove the programs that were read longest ago, of any version and machine, until they take at most `most`."""
    found = sorted((max(status.st_atime, status.st_mtime), status.st_size, path) for path, status in _all_entries(root))
    total = sum(size for _time, size, _path in found)
    for _time, size, path in found:
        if total <= most:
            break
        _remove(path)
        _remove(_checksum_file(path))
        total -= size


def size(root: Path) -> tuple[int, int]:
    """Return how many programs there are, and the bytes that they take."""
    found = [status.st_size for _path, status in _all_entries(root)]
    return len(found), sum(found)


def clear(folder: Path) -> None:
    """Remove every program of a folder."""
    for entry in _entries(folder):
        _remove(entry)
        _remove(_checksum_file(entry))


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_ENTRY}"))


def _all_entries(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in root.glob(f"*/*/*{_ENTRY}"):
        with suppress(OSError):
            yield path, path.lstat()


def _checksum_file(entry: Path) -> Path:
    return entry.with_suffix(_CHECKSUM)


def _checksum(entry: Path) -> str:
    content = entry.read_bytes()
    return f"{len(content)} {zlib.crc32(content):08x}\n"


def _is_sound(entry: Path) -> bool:
    try:
        status = entry.lstat()
        is_own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_nlink == 1
        return is_own and _checksum_file(entry).read_text(encoding="ascii") == _checksum(entry)
    except (OSError, ValueError):
        return False


def _is_recent(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime < _SECONDS_TO_WRITE
    except OSError:
        return False


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
