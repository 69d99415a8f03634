"""The states of trials that longer ones may go on from: a working folder beside the ledger."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from gdbench.errors import SweepError
from gdbench.experiment.experiment import Plan
from gdbench.experiment.tuning.beginnings import beginnings
from gdbench.filesystem.no_follow import opened_folder
from gdbench.records import Checkpoints, Run

NAME = "checkpoints"
# A run's id, or what is left of writing such a file.
_OWN = re.compile(r"[0-9a-f]{12}|\.[0-9a-f]{12}\.[0-9a-f]{16}")


class CheckpointFolder:
    """The folder `checkpoints` of a results folder, there only while a halving may need it.

    A checkpoint saves time and nothing else: where the folder cannot be used, runs are trained from their start.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        """Look up which runs begin as others do; nothing is written."""
        self._path = folder.absolute() / NAME
        self.beginnings = beginnings(plan.experiment.comparisons)
        self._begun = {run for runs in self.beginnings.values() for run in runs}

    def ready_for(self, runs: Iterable[Run], resumable: Iterable[str]) -> list[Run]:
        """Keep the states of some runs, and return those about to be trained, each with where it finds its state."""
        self.keep(resumable)
        return [self._with_checkpoints(run) for run in runs]

    def _with_checkpoints(self, run: Run) -> Run:
        before, kept = self.beginnings.get(run.id, ()), run.id in self._begun
        return replace(run, checkpoints=Checkpoints(str(self._path), before, kept)) if before or kept else run

    def keep(self, runs: Iterable[str]) -> None:
        """Make the folder ready for the states of some runs, and remove all others; without any, remove the folder."""
        wanted = self._begun.intersection(runs)
        with suppress(OSError, SweepError), opened_folder(self._path.parent) as parent:
            if wanted:
                with suppress(FileExistsError):
                    os.mkdir(NAME, dir_fd=parent)
            with opened_folder(self._path, parent) as own:
                with os.scandir(own) as entries:
                    names = [entry.name for entry in entries]
                for name in names:
                    if name not in wanted and _OWN.fullmatch(name):
                        os.unlink(name, dir_fd=own)
            if not wanted:
                os.rmdir(NAME, dir_fd=parent)
