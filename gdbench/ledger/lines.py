"""A record as a line of the ledger: JSON whose last key is a checksum of what stands before it."""

import json
import re
import zlib
from codecs import BOM_UTF8

import msgspec

from gdbench.errors import LedgerError
from gdbench.ledger.decoding import decoded
from gdbench.ledger.sharing import Shared
from gdbench.records import KEYS, Record

_SUM = b', "sum": "'
# The checksum has eight hexadecimal digits; a quotation mark and a brace end the line.
_SUM_LENGTH = len(_SUM) + 10
# How every line with a checksum begins.
_BEGINNING = re.compile(rb'\{"schema": 1, "id": "(\w+)", ')


def line_of(record: Record) -> bytes:
    """Return a record's line, with its newline.

    Raises:
        LedgerError: a number in the record is not finite.
    """
    try:
        text = json.dumps(record.to_json(), allow_nan=False).encode()
    except ValueError as error:
        raise LedgerError(f"run {record.run.id}: a number that is not finite cannot be written") from error
    return b'%b%b%08x"}\n' % (text[:-1], _SUM, zlib.crc32(text))


def bare(line: bytes) -> bytes:
    """Return a line without its newline, and without the byte order mark and carriage return of a Windows editor."""
    return line.removesuffix(b"\n").removesuffix(b"\r").removeprefix(BOM_UTF8)


def sealed_id(line: bytes) -> str | None:
    """Return the id of the run of a line that is as its checksum says; None if the line has to be parsed to know."""
    match = _BEGINNING.match(line)
    return match[1].decode() if match and line[-_SUM_LENGTH:-10] == _SUM and _is_as_sealed(line) else None


def _is_as_sealed(line: bytes) -> bool:
    # Lines are long and many: what stands before the checksum is not copied.
    return line[-10:] == b'%08x"}' % zlib.crc32(b"}", zlib.crc32(memoryview(line)[:-_SUM_LENGTH]))


def parse(line: bytes, where: str, shared: Shared | None = None) -> Record:
    """Read a line without its newline; `where` names it in messages. Lines of early versions have no checksum.

    Of many lines, those who read them keep what these have in common in `shared`.

    Raises:
        LedgerError: the line is damaged, was changed after it was written, or has another schema.
    """
    try:
        has_sum = line[-_SUM_LENGTH:-10] == _SUM
        if has_sum and not _is_as_sealed(line):
            raise ValueError("expected the line that its checksum was made of")
        # Damage to the checksum's own key makes it an unknown one, which must not pass for a line without a checksum.
        if not has_sum and not msgspec.json.decode(line, type=dict[str, msgspec.Raw]).keys() <= KEYS:
            raise ValueError("expected a checksum, or the keys of a line without one")
        return decoded(line, shared, is_sealed=has_sum)
    except LedgerError as error:
        raise LedgerError(f"{where}: {error}") from None
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise LedgerError(f"{where}: the line is damaged; delete it to have its run trained again") from error
