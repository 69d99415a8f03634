"""Folding the ledgers of shards, of one folder or several, into one."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gdbench.filesystem.no_follow import open_file
from gdbench.ledger.parts import lock_name, part_of
from gdbench.ledger.reading import LEDGER, RESCUED, ledgers, outranks, read_one, records_in, reported_on_one_line
from gdbench.ledger.torn import move_torn_line
from gdbench.ledger.writing import Ledger
from gdbench.records import Record

# How many records are on the disk at a time.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Merged:
    """The records of a merged ledger by run; `models` are the folders whose model of a run is that of its record.

    In lines, what became of each folder, and where two ledgers disagree.
    """

    records: Mapping[str, Record]
    models: Mapping[str, Sequence[Path]]
    lines: tuple[str, ...]
    unequal: tuple[str, ...]


def merge(folder: Path, others: Sequence[Path] = ()) -> Merged:
    """Fold every ledger of some folders into the `runs.jsonl` of the first; the others stay as they are.

    All lines are read before the first is written. The ledgers of shards in the first folder are removed once all that
    they hold is on the disk, so that a merge that was killed can be repeated.

    Raises:
        SweepError: a sweep holds the folder.
        LedgerError: a line is damaged, or a file cannot be read or written.
    """
    with Ledger(folder) as ledger:
        return _Merge(ledger, others).run()


class _Merge:
    """The merge into a ledger whose lock is held; `best` are the records that count, and `origins` where they are."""

    def __init__(self, ledger: Ledger, others: Sequence[Path]) -> None:
        self.ledger = ledger
        self.folders = (ledger.folder, *others)
        self.lines: list[str] = []
        self.own = ledger.read_own()
        self.best = dict(self.own)
        self.origins: dict[str, Path] = dict.fromkeys(self.own, ledger.folder / LEDGER)
        # Where the record that counts was trained, or another with the same numbers, if its run keeps its model.
        own_models = (run for run, record in self.own.items() if record.outcome.model)
        self.models: dict[str, list[Path]] = {run: [ledger.folder] for run in own_models}
        # All records of the runs of which two have other numbers.
        self.unequal: dict[str, list[Record]] = {}
        self.complaints: list[str] = []
        self.states: dict[Path, tuple[int, ...]] = {}

    def run(self) -> Merged:
        for folder in self.folders:
            self._read(folder)
        self.lines += self.ledger.repair()
        lacking = self._to_write()
        while records := list(islice(lacking, _BATCH)):
            self.ledger.extend(records)
        self.ledger.confirm()
        with reported_on_one_line(self.ledger.folder):
            # The name of a new ledger as well, before any other is removed.
            os.fsync(self.ledger.folder_descriptor)
            for path in self.states:
                self._remove(path)
        return Merged(self.best, self.models, tuple(self.lines), tuple(self.complaints))

    def _read(self, folder: Path) -> None:
        """Take in the ledgers of a folder."""
        is_own = folder == self.ledger.folder
        found = [name for name in ledgers(folder) if not (is_own and name == LEDGER) and _exists(folder / name)]
        count, added = 0, 0
        for name in found:
            path = folder / name
            if is_own and part_of(name):
                self.states[path] = _state(path)
            elif not is_own and _is_unfinished(path):
                self.lines.append(f"{path}: the last line is unfinished, its run counts as missing")
            records = read_one(folder, name)
            count += len(records)
            added += sum(self._take(record, path) for record in records.values())
        whose = " of shards" if all(map(part_of, found)) else ""
        counted = f"{len(found)} ledger{'s' * (len(found) != 1)}{whose}, {count:,} record{'s' * (count != 1)}"
        if found or not is_own:
            self.lines.append(f"{folder}: {counted}, {added:,} added to {self.ledger.folder / LEDGER}")

    def _take(self, record: Record, path: Path) -> bool:
        """Let a record count if it is the first or best of its run; return whether it does."""
        run = record.run.id
        best = self.best.get(run)
        if best is not None and not best.outcome.agrees_with(record.outcome):
            self.unequal.setdefault(run, [best]).append(record)
            self.complaints.append(f"{run}: {self.origins[run]} and {path} have other numbers")
        counts = best is None or outranks(record, best)
        if best is not None and _have_one_model(best, record):
            self.models[run].append(path.parent)
        elif counts and record.outcome.model:
            self.models[run] = [path.parent]
        elif counts:
            self.models.pop(run, None)
        if not counts:
            return False
        self.best[run], self.origins[run] = record, path
        return True

    def _to_write(self) -> Iterator[Record]:
        """Yield the records that the ledger lacks; of a run with other numbers all, the one that counts last."""
        present: dict[str, list[Record]] = {}
        for record in records_in(self.ledger.folder / LEDGER) if self.unequal else ():
            if record.run.id in self.unequal:
                present.setdefault(record.run.id, []).append(record)
        for run, best in self.best.items():
            kept = present.get(run, [])
            lacking = [record for record in self.unequal.get(run, ()) if record not in kept and record != best]
            yield from lacking
            if lacking or self.own.get(run) != best:
                yield best

    def _remove(self, path: Path) -> None:
        """Remove the ledger of a shard, unless something has been added to it since it was read."""
        folder = self.ledger.folder_descriptor
        if _state(path) != self.states[path]:
            self.lines.append(f"{path}: kept, since it was changed meanwhile; merge again")
            return
        if path.exists():
            descriptor = open_file(path, folder, os.O_RDWR | os.O_APPEND)
            try:
                notice = move_torn_line(path, folder, descriptor)
            finally:
                os.close(descriptor)
            self.lines += [notice] if notice else []
        # The ledger last: as long as it is there, a further merge removes the others.
        for name in (lock_name(part_of(path.name)), f"{path.name}{RESCUED}", path.name):
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


def _have_one_model(record: Record, other: Record) -> bool:
    """Whether two records of a run keep models with the same weights, as those with the same numbers do."""
    one, two = record.outcome, other.outcome
    return one.model is not None and one.model == two.model and one.agrees_with(two)


def _exists(path: Path) -> bool:
    return path.exists() or _rescued(path).exists()


def _rescued(path: Path) -> Path:
    return path.with_name(f"{path.name}{RESCUED}")


def _state(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a ledger, or what was rescued of it, does."""
    state: list[int] = []
    for each in (path, _rescued(path)):
        with suppress(FileNotFoundError):
            status = each.stat()
            state += (status.st_ino, status.st_size, status.st_mtime_ns)
    return tuple(state)


def _is_unfinished(path: Path) -> bool:
    """Whether the last line of a ledger has no newline: a sweep is writing it, or was killed."""
    with suppress(OSError), path.open("rb") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    return False
