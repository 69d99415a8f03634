"""Files of data, compressed or not; none may decompress to more than memory holds."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

from gdbench.errors import DataError
from gdbench.filesystem.regular_file import open_regular

# What the decompressors raise for data that are damaged, encrypted or incomplete.
DECOMPRESSION_ERRORS = (OSError, EOFError, ValueError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, RuntimeError)


def most_bytes(raw: bytes) -> int:
    """Return how many bytes compressed data may grow to: a few bytes can stand for more than any memory holds."""
    return max(2**28, 100 * len(raw))


def read_decompressed(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if it is a gzip file.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with open_regular(path) as file:
            return gunzipped(file.read())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    except OverflowError as error:
        raise DataError(f"{path}: expected {error}; got more") from None
    except (EOFError, zlib.error):
        raise DataError(f"{path}: expected complete gzip data; got a damaged file") from None


def gunzipped(raw: bytes) -> bytes:
    """Return the content of gzip data, and other bytes as they are.

    Raises:
        OverflowError: the data grow more than any images do; the text is what was expected.
    """
    if raw[:2] != b"\x1f\x8b":
        return raw
    with gzip.open(BytesIO(raw)) as file:
        return _bounded(file, raw)


def unpacked(raw: bytes) -> bytes:
    """Return the content of bzip2 or xz data, or of a zip archive with one file, and other bytes as they are.

    Raises:
        OverflowError: the data grow more than any table does; the text is what was expected.
        OSError, EOFError, ...: one of DECOMPRESSION_ERRORS; the data are damaged, or an archive has several files.
    """
    if raw[:3] == b"BZh":
        with bz2.open(BytesIO(raw)) as file:
            return _bounded(file, raw)
    if raw[:6] == b"\xfd7zXZ\0":
        with lzma.open(BytesIO(raw)) as file:
            return _bounded(file, raw)
    if raw[:4] == b"PK\3\4":
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            (name,) = archive.namelist()
            with archive.open(name) as file:
                return _bounded(file, raw)
    return raw


def _bounded(file: IO[bytes] | gzip.GzipFile, raw: bytes) -> bytes:
    values = file.read(most_bytes(raw) + 1)
    if len(values) > most_bytes(raw):
        raise OverflowError(f"at most {most_bytes(raw):,} bytes from {len(raw):,} compressed ones")
    return values
