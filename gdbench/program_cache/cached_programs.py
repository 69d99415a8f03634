"""How a sweep hands the folder of compiled programs to its workers, and how a worker uses it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from gdbench.program_cache.entries import clear, seal, verify
from gdbench.program_cache.place import prepared

# Tells the trainers of a sweep, which run in other processes, where the programs are.
VARIABLE = "GDBENCH_PROGRAMS"
# TensorFlow raises an error where it cannot write a program, so the disk must have room for some.
LEAST_FREE = 100 * 2**20
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class WithPrograms(Generic[Made]):
    """Makes a trainer, in a worker, that uses the compiled programs of a folder."""

    make: Callable[[int], Made]
    folder: Path

    def __call__(self, threads: int) -> Made:
        """Return the trainer."""
        os.environ[VARIABLE] = str(self.folder)
        return self.make(threads)


def with_programs(make: Callable[[int], Made]) -> Callable[[int], Made]:
    """Return a function whose trainers use compiled programs; `make` itself where there is no folder for them.

    Programs that are damaged are removed first.
    """
    folder = prepared()
    if folder is None:
        return make
    verify(folder)
    return WithPrograms(make, folder)


class CachedPrograms:
    """The compiled programs that a worker reads and adds to; none where the sweep named no folder."""

    def __init__(self, threads: int) -> None:
        """Have TensorFlow, which has not compiled anything yet, use the programs for a number of threads."""
        named = os.environ.get(VARIABLE)
        # XLA divides the work of a program among the threads that it may use.
        self._folder = Path(named) / f"threads-{threads}" if named else None
        if self._folder is None:
            return
        if not _takes_programs(self._folder):
            self._folder = None
            return
        os.environ["TF_XLA_FLAGS"] = (
            f"--tf_xla_persistent_cache_directory='{self._folder}' --tf_xla_persistent_cache_device_types=CPU"
        )

    def seal(self) -> None:
        """Keep what was compiled just now."""
        if self._folder is not None:
            seal(self._folder)

    def clear(self) -> bool:
        """Remove all programs, since one of them cannot be loaded; return False where none are used."""
        if self._folder is None:
            return False
        clear(self._folder)
        return True


def _takes_programs(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= LEAST_FREE
    except OSError:
        return False
