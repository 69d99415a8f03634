"""The IDX format of MNIST's files: two zero bytes, a type, the number of dimensions, sizes, values; big-endian."""

import gzip
import math
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdbench.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def content(path: Path) -> bytes:
    """Return the bytes of a file, those within if it is compressed by gzip.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return unzipped(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (EOFError, zlib.error):
        raise DataError(f"{path}: damaged: its gzip data ends early or is wrong") from None


def unzipped(raw: bytes) -> bytes:
    """Return what gzip has compressed, and other bytes as they are."""
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def parse(values: bytes, name: str) -> "Array":
    """Return the array of an IDX file's bytes; `name` is said in errors.

    Raises:
        DataError: it is no IDX file, or shorter or longer than it says.
    """
    import numpy as np

    kind = _TYPES.get(values[2]) if len(values) >= 4 and values[:2] == b"\0\0" else None
    if kind is None:
        raise DataError(f"{name}: not an IDX file, which begins with two zero bytes and a type")
    start = 4 + 4 * values[3]
    if start > len(values):
        raise DataError(f"{name}: its head promises {values[3]} sizes; got {len(values)} bytes")
    shape = tuple(int(size) for size in np.frombuffer(values[4:start], ">u4"))
    expected = start + math.prod(shape) * np.dtype(kind).itemsize
    if expected != len(values):
        raise DataError(f"{name}: its head promises {expected} bytes of shape {shape}; got {len(values)}")
    array = np.frombuffer(values, kind, offset=start).reshape(shape)
    return array.astype(array.dtype.newbyteorder("="))
