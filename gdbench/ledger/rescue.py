"""What becomes of records whose ledger was replaced, cut off, moved or removed while a sweep wrote it."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from gdbench.errors import LedgerError, SweepError
from gdbench.filesystem.atomic_write import write_inside
from gdbench.ledger.lines import bare, line_of, parse, sealed_id
from gdbench.ledger.reading import RESCUED


def lost(ledger: Path, lines: Iterable[bytes]) -> list[bytes]:
    """Return those lines of records that a ledger lacks, all of them if it is gone."""
    present = _present(ledger)
    return [line for line in map(_as_written_now, lines) if _digest(line) not in present]


def rescue(ledger: Path, lines: Sequence[bytes]) -> str:
    """Write lines that a ledger lacks to a safe place; return in a clause what became of them.

    They go beside the ledger, where every reader finds them; where the folder is gone, to a folder of their own.

    Raises:
        LedgerError: no place can be written.
    """
    content = b"".join(lines)
    counted = counted_records(len(lines))
    folder, name = ledger.parent, f"{ledger.name}{RESCUED}"
    if folder.is_dir():
        with suppress(SweepError, OSError):
            # Those of an earlier rescue that no sweep has added to the ledger yet stay first.
            earlier = (folder / name).read_bytes() if (folder / name).is_file() else b""
            path = write_inside(folder, name, earlier + content)
            return f"what it lacks ({counted}) is kept in {path}, and the same command goes on with it"
    place = _write_elsewhere(ledger, content)
    return f"what it held ({counted}) is kept in {place}: rename that folder to {folder} to go on with it"


def counted_records(count: int) -> str:
    """Return `1 record`, `2 records`."""
    return f"{count} record{'s' * (count != 1)}"


def _present(path: Path) -> set[bytes]:
    """Return the digests of the lines of a ledger; those that are damaged hold no record."""
    present = set()
    with suppress(OSError), path.open("rb") as lines:
        for line in lines:
            with suppress(LedgerError):
                present.add(_digest(_as_written_now(bare(line))))
    return present


def _as_written_now(line: bytes) -> bytes:
    """Return a line, with its newline, as this version writes it: early ones had no checksum.

    Raises:
        LedgerError: it is damaged.
    """
    return line + b"\n" if sealed_id(line) else line_of(parse(line, ""))


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()


def _write_elsewhere(ledger: Path, content: bytes) -> Path:
    """Write a ledger into a new folder beside its own, or among the temporary files where that is impossible."""
    folder = ledger.parent
    with suppress(SweepError, OSError):
        return write_inside(_new_folder(folder), ledger.name, content).parent
    try:
        return write_inside(Path(mkdtemp(prefix=f"gdbench-{folder.name}-")), ledger.name, content).parent
    except (SweepError, OSError) as error:
        raise LedgerError(f"{folder}: its records cannot be written anywhere: {error}") from error


def _new_folder(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        with suppress(FileExistsError):
            numbered = folder.with_name(f"{folder.name}.{number}")
            numbered.mkdir()
            return numbered
        number += 1
