"""Archives that are not what they promise."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from numpy.lib import format as npy


def _headers(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where flags and sizes stand in the central entries of a zip file."""
    start = content.find(b"PK\1\2")
    while start >= 0:
        yield start + 8, start + 24
        start = content.find(b"PK\1\2", start + 4)


def with_flag(content: bytes, flag: int) -> bytes:
    turned = bytearray(content)
    for flags, _ in _headers(content):
        turned[flags] |= flag
    return bytes(turned)


def with_size(content: bytes, size: int) -> bytes:
    turned = bytearray(content)
    for _, place in _headers(content):
        turned[place : place + 4] = struct.pack("<I", size)
    return bytes(turned)


def _deflated_zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros in the format of deflate, without compressing each of them."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = compressor.compress(bytes(2**20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return one * megabytes + compressor.flush()


def zip_bomb() -> bytes:
    """A member of 3 GB in a file of 3 MB; the header of the array promises as much."""
    head = io.BytesIO()
    npy.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (3 * 2**20, 1024)})  # type: ignore[no-untyped-call]
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = compressor.compress(head.getvalue()) + compressor.flush(zlib.Z_FULL_FLUSH) + _deflated_zeros(3 * 1024)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("x.npy", "y.npy"):
            archive.writestr(zipfile.ZipInfo(name), b"", zipfile.ZIP_DEFLATED)
    return _with_body(stream.getvalue(), body, len(head.getvalue()) + 3 * 2**30)


def _with_body(content: bytes, body: bytes, size: int) -> bytes:
    """Put a body into the first member of a zip file, and its sizes into both headers; the checksum stays wrong."""
    start = 30 + struct.unpack("<H", content[26:28])[0] + struct.unpack("<H", content[28:30])[0]
    old = struct.unpack("<I", content[18:22])[0]
    whole = bytearray(content[:start] + body + content[start + old :])
    whole[18:26] = struct.pack("<II", len(body), size)
    grown = len(body) - old
    central = whole.find(b"PK\1\2", start + len(body))
    whole[central + 20 : central + 28] = struct.pack("<II", len(body), size)
    second = whole.find(b"PK\1\2", central + 4)
    offset = struct.unpack("<I", whole[second + 42 : second + 46])[0]
    whole[second + 42 : second + 46] = struct.pack("<I", offset + grown)
    end = whole.rfind(b"PK\5\6")
    whole[end + 16 : end + 20] = struct.pack("<I", central)
    return bytes(whole)


def gzip_bomb() -> bytes:
    """Four gigabytes of zeros as a gzip file of 4 MB."""
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + _deflated_zeros(4 * 1024) + bytes(8)
