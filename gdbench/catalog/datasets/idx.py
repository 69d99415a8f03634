"""The IDX format of MNIST's files: two zero bytes, a type, the number of dimensions, sizes, values; big-endian."""

import math

from gdbench.catalog.tensors import Array
from gdbench.errors import DataError

# Type code to NumPy's name of the type.
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


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
