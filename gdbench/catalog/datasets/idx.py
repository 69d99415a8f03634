"""The IDX format of MNIST's files: two zero bytes, a type, the number of dimensions, sizes, values; big-endian."""

import gzip
import math
import zlib
from io import BytesIO
from pathlib import Path

from gdbench.catalog.tensors import Array
from gdbench.errors import DataError
from gdbench.filesystem.regular_file import open_regular

# Type code to NumPy's name of the type.
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def content(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if it is a gzip file.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with open_regular(path) as file:
            return decompressed(file.read())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    except OverflowError as error:
        raise DataError(f"{path}: expected {error}; got more") from None
    except (EOFError, zlib.error):
        raise DataError(f"{path}: expected complete gzip data; got a damaged file") from None


def decompressed(raw: bytes) -> bytes:
    """Return the content of gzip data, and other bytes as they are.

    Raises:
        OverflowError: the data grow more than any images do; the text is what was expected.
    """
    if raw[:2] != b"\x1f\x8b":
        return raw
    with gzip.open(BytesIO(raw)) as file:
        values = file.read(most_bytes(raw) + 1)
    if len(values) > most_bytes(raw):
        raise OverflowError(f"at most {most_bytes(raw):,} bytes from {len(raw):,} compressed ones")
    return values


def most_bytes(raw: bytes) -> int:
    """Return how many bytes compressed data may grow to: a few bytes can stand for more than any memory holds."""
    return max(2**28, 100 * len(raw))


def parse(values: bytes, name: str) -> Array:
    """Return the array in the bytes of an IDX file; errors begin with `name`.

    Raises:
        DataError: the bytes are not in the IDX format, or too few or too many for the header.
    """
    import numpy as np

    kind = _TYPES.get(values[2]) if len(values) >= 4 and values[:2] == b"\0\0" else None
    if kind is None:
        first = values[:4].hex(" ") or "an empty file"
        raise DataError(f"{name}: expected an IDX file, which begins with two zero bytes and a type; got {first}")
    start = 4 + 4 * values[3]
    if start > len(values):
        raise DataError(f"{name}: expected a header of {start} bytes; got {len(values)} bytes in all")
    shape = tuple(int(size) for size in np.frombuffer(values[4:start], ">u4"))
    expected = start + math.prod(shape) * np.dtype(kind).itemsize
    if expected != len(values):
        raise DataError(f"{name}: expected {expected} bytes for an array of shape {shape}; got {len(values)}")
    try:
        array = np.frombuffer(values, kind, offset=start).reshape(shape)
    except ValueError:
        # An empty array may have any sizes beside the one that is 0.
        raise DataError(f"{name}: expected examples; got an array of shape {shape}") from None
    # TensorFlow takes numbers in the byte order of the machine only.
    return array.astype(array.dtype.newbyteorder("="))
