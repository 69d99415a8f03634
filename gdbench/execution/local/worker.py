"""Inside a worker process: trains the runs that arrive, one after another, until there are no more."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection

from gdbench.errors import StalePlanError
from gdbench.execution.local.parent_death import end_with_sweep
from gdbench.interpreter.garbage_collection import keep_imported
from gdbench.records import Outcome, Run
from gdbench.stages import listen

Train = Callable[[Run], Outcome]
MakeTrainer = Callable[[int], Train]


def make_trainer(threads: int) -> Train:
    """Import keras and tensorflow, which takes seconds where they were not preloaded, and return a trainer."""
    from gdbench.training.trainer import Trainer

    return Trainer(threads)


def serve(connection: Connection, make: MakeTrainer, threads: int, log: Connection) -> None:
    """Answer each run with its outcome until None arrives; what the runs print goes to the log, not to the tables.

    Before the outcome come the stages of the run. A run that cannot be trained as planned is answered with the error.
    """
    # Ctrl-C reaches every process of the terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    log.close()
    end_with_sweep()
    keep_imported()
    train = make(threads)
    # What TensorFlow logs while it starts belongs to no run.
    sys.stderr.flush()
    os.ftruncate(2, 0)
    os.lseek(2, 0, os.SEEK_SET)
    connection.send(None)
    listen(connection.send)
    while (run := connection.recv()) is not None:
        connection.send(_outcome(train, run))


def _outcome(train: Train, run: Run) -> Outcome | StalePlanError:
    try:
        return train(run)
    # Every other run that needs the file would fail in the same way.
    except StalePlanError as error:
        return error
    except BaseException:
        # Whatever is raised, even by a sys.exit in a user's code, costs only this run. File names in a traceback may
        # not be valid text.
        return Outcome("failed", error=traceback.format_exc().encode(errors="backslashreplace").decode())
