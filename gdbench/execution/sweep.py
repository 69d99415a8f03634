"""One sweep: what the ledger lacks is trained and recorded."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from gdbench.execution.environment import environment
from gdbench.execution.local import Train, execute
from gdbench.experiment.model import Plan
from gdbench.experiment.stored import write_experiment
from gdbench.ledger import Ledger, missing, read, set_aside
from gdbench.records import Record, Run

Say = Callable[[str], None]
Watch = Callable[[Sequence[Run]], AbstractContextManager[Callable[[Record], None]]]


def sweep(
    plan: Plan,
    folder: Path,
    watch: Watch,
    say: Say,
    *,
    fresh: bool = False,
    retry_failed: bool = False,
    trainer: Callable[[], Train] | None = None,
) -> dict[str, Record]:
    """Train the runs of a plan that its folder lacks, and return the records of the folder.

    `watch` shows the progress of the runs it is given; `say` gets single lines. keras is imported only if there is
    something to train.

    Raises:
        SweepError: another sweep holds the folder, or it cannot be written.
    """
    if fresh and (moved := set_aside(folder)):
        say(f"the old results are kept in {moved}")
    with Ledger(folder) as ledger:
        if ledger.notice:
            say(ledger.notice)
        write_experiment(folder, plan)
        todo = missing(plan.runs, read(folder), retry_failed)
        say(f"{plan.experiment.name}: {len(plan.runs)} runs, {len(plan.runs) - len(todo)} in the ledger")
        if todo:
            train = (trainer or make_trainer)()
            with watch(todo) as report:
                execute(todo, train, ledger, environment(), report)
        return read(folder)


def make_trainer() -> Train:
    """Import keras and tensorflow, which takes seconds, and return a trainer."""
    with _quiet():
        from gdbench.training.trainer import Trainer

        return Trainer()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off the screen what TensorFlow's C++ libraries write while they start, whatever their log level."""
    sys.stderr.flush()
    saved = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(silence)
