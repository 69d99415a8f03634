"""Files that datasets are read from: each parsed from the very bytes that are hashed, and once for a whole plan."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from gdbench.catalog.datasets.compression import DECOMPRESSION_ERRORS, read_decompressed, unpacked
from gdbench.errors import DataError

T_co = TypeVar("T_co", covariant=True)
# A training and a test file, or the four of a folder.
_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Source(Generic[T_co]):
    """What a file holds, and the SHA-256 of the bytes, decompressed, that it was parsed from."""

    content: T_co
    sha256: str


# A parser gets the bytes of a file, its name for messages, and arguments of its own.
Parse = Callable[..., T_co]
Read = Callable[..., Source[Any]]
_kept: dict[tuple[object, ...], Source[Any] | DataError] = {}


def read(path: Path, parse: Parse[T_co], *arguments: object) -> Source[T_co]:
    """Parse a file.

    Raises:
        DataError: it cannot be read, or holds something else.
    """
    values = read_decompressed(path)
    return Source(parse(values, str(path), *arguments), hashlib.sha256(values).hexdigest())


def read_once(path: Path, parse: Parse[T_co], *arguments: object) -> Source[T_co]:
    """Parse a file, or return what it held when it was last parsed, if it has not been written since.

    For a plan, which needs a file at each of its points; a worker reads it anew, and so notices a change.

    Raises:
        DataError: it cannot be read, or holds something else.
    """
    key = (*version(path), parse, *arguments)
    if key not in _kept:
        try:
            _kept[key] = read(path, parse, *arguments)
        except DataError as error:
            _kept[key] = error
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    found = _kept[key]
    if isinstance(found, DataError):
        raise DataError(str(found))
    return found


def version(path: Path) -> tuple[str, int, int, int]:
    """Return what identifies a version of a file without reading it.

    Raises:
        DataError: there is no such file.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"{path}: cannot be read: {reason}") from None
    return str(path), status.st_size, status.st_mtime_ns, status.st_ino


def text_of(values: bytes, name: str) -> str:
    """Return the text in the bytes of a file, which bzip2, xz or zip may have compressed.

    Raises:
        DataError: they are not text, or grow to more than memory holds.
    """
    try:
        text = unpacked(values).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(f"{name}: expected UTF-8 text; got another encoding, from line {line}") from None
    except OverflowError as error:
        raise DataError(f"{name}: expected {error}; got more") from None
    except DECOMPRESSION_ERRORS as error:
        raise DataError(f"{name}: expected complete compressed data; got '{error}'") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{name}: expected text; got a NUL character in line {line}")
    return text
