"""Trainers that keep a journal of the runs whose training has begun, for workers to import by name."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from gdbench.execution.local.worker import make_trainer
from gdbench.records import Outcome, Run
from tests.execution.fakes import sound, with_known_best

# The file of the journal; workers inherit it from the process that starts them all.
JOURNAL = "FAULTS_JOURNAL"
# Long enough that faults come upon runs under way.
SECONDS = 0.08


def make_quick(_threads: int) -> Callable[[Run], Outcome]:
    """A trainer without keras, whose numbers are a function of the run."""
    return _pausing(sound)


def make_tuned(_threads: int) -> Callable[[Run], Outcome]:
    """A trainer without keras, under which each optimizer has a best rate."""
    return _pausing(with_known_best)


def _pausing(outcome: Callable[[Run], Outcome]) -> Callable[[Run], Outcome]:
    def train(run: Run) -> Outcome:
        _note(run)
        time.sleep(SECONDS)
        return outcome(run)

    return train


def make_real(threads: int) -> Callable[[Run], Outcome]:
    """The trainer of every sweep."""
    train = make_trainer(threads)

    def noted(run: Run) -> Outcome:
        _note(run)
        return train(run)

    return noted


def _note(run: Run) -> None:
    # One write a line, so that the lines of several workers don't mix.
    with Path(os.environ[JOURNAL]).open("ab", buffering=0) as journal:
        journal.write(f"{run.id}\n".encode())
