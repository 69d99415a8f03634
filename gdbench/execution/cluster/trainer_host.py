"""The process beside a dask worker that trains batches with a pool of one worker, as a local sweep would.

It ends with the dask worker, whatever ends that, and by itself once no batch has come for a while.
"""

import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from gdbench.catalog.datasets import DATASETS
from gdbench.errors import DataError, GdbenchError, StalePlanError
from gdbench.execution.cluster.job import Job
from gdbench.execution.cluster.own_code import with_own_code
from gdbench.execution.environment import environment
from gdbench.execution.executor import outcomes
from gdbench.execution.local import preloading
from gdbench.execution.local.pool import Pool
from gdbench.program_cache.cached_programs import with_programs
from gdbench.records import Run

# A worker holds about half a gigabyte, which others may need once a sweep is over.
IDLE_SECONDS = 60.0


def main() -> None:
    """Train the jobs that arrive on the descriptor given as argument."""
    # Ctrl-C is for the sweep to decide on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_dask_worker, daemon=True).start()
    connection = Connection(int(sys.argv[1]))
    connection.send(environment())
    trainers: Pool | None = None
    key: object = None
    with TemporaryDirectory(prefix="gdbench-") as folder:
        try:
            while connection.poll(IDLE_SECONDS):
                job: Job = connection.recv()
                if trainers is None or key != _key(job):
                    if trainers is not None:
                        trainers.close()
                    trainers, key = _pool(job), _key(job)
                _train(job, trainers, Path(folder), connection)
        finally:
            if trainers is not None:
                trainers.close()


def _key(job: Job) -> object:
    return job.make, job.timeout, job.memory_limit, job.preloaded, job.cache


def _pool(job: Job) -> Pool:
    preloading.PRELOADED = job.preloaded
    make = with_programs(job.make) if job.cache else job.make
    return Pool(1, make, job.timeout, job.memory_limit)


def _train(job: Job, trainers: Pool, folder: Path, connection: Connection) -> None:
    """Send each outcome with its run's id, then None; or the error for which the job cannot be trained."""
    try:
        _fetch(job.runs)
        runs = [with_own_code(run, job.sources or {}, folder) for run in job.runs]
        for run, outcome, started, _environment in outcomes(trainers, runs):
            connection.send((run.id, outcome, started))
        connection.send(None)
    except GdbenchError as error:
        connection.send(error)


def _fetch(runs: Sequence[Run]) -> None:
    """Download what this machine lacks.

    Raises:
        StalePlanError: it cannot be had; every run that needs it would fail.
    """
    for dataset in {repr(run.dataset): run.dataset for run in runs}.values():
        try:
            DATASETS.fetch(dataset, lambda _text: None)
        except DataError as error:
            raise StalePlanError(str(error)) from None


def _end_with_dask_worker() -> None:
    """Wait for the end of stdin, whose other end the dask worker holds as long as it lives."""
    # Not through sys.stdin, whose lock would abort a process that ends by itself.
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
