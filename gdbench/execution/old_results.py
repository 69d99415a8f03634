"""Results that a configuration has under an earlier name."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from gdbench.experiment.experiment import Plan
from gdbench.experiment.stored_experiment import config_of
from gdbench.ledger import ledgers

# How every line begins; reading whole records of every folder would take long.
_BEGINNING = re.compile(rb'\{"schema": 1, "id": "(\w+)", "status": "(?:done|diverged|failed)"')


def old_results(plan: Plan, folder: Path) -> str | None:
    """Return a line that says which folder beside that of a plan has most of its runs, since the file was renamed.

    None without one. The folder of a configuration that is still there is that one's own.
    """
    wanted = set(plan.experiment.run_ids)
    count, old = max(_counts(folder, wanted), default=(0, folder))
    # Without a known configuration, a few runs in common say little.
    if count == 0 or (config_of(old) is None and 2 * count < len(wanted)):
        return None
    return (
        f"{old} has {count} of these {len(wanted)} runs: to go on with them, give the file `name: {old.name}` "
        f"or rename that folder to {folder}"
    )


def _counts(folder: Path, wanted: set[str]) -> Iterator[tuple[int, Path]]:
    """Yield how many of the runs each folder beside one has."""
    if not folder.parent.is_dir():
        return
    for other in folder.parent.iterdir():
        files = [path for name in ledgers(other) if (path := other / name).is_file()]
        config = config_of(other)
        if other != folder and files and not (config and config.exists()):
            yield len(wanted.intersection(_ids(files))), other


def _ids(ledger_files: Iterable[Path]) -> Iterator[str]:
    for path in ledger_files:
        with path.open("rb") as lines:
            yield from (match[1].decode() for line in lines if (match := _BEGINNING.match(line)))
