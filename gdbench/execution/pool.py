"""Worker processes that stay warm for a whole sweep; one that dies or hangs costs only its own run.

General pools give a task to any worker; here a worker must go on with the program that it has compiled.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from gdbench.errors import SweepError
from gdbench.execution.quiet import quiet_stderr
from gdbench.execution.run_queue import RunQueue
from gdbench.execution.start import FORK_SERVER_MODULE, start
from gdbench.execution.worker import MakeTrainer, serve
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Outcome, Run

PRELOADED = ("gdbench.training.trainer",)
# Enough for the last error, short enough for a line of the ledger.
LOG_TAIL = 2000
# XLA keeps what it has compiled until the process ends, 10 to 20 MB a program; a new worker is forked in milliseconds.
PROGRAMS_PER_WORKER = 16


Context = ForkServerContext | SpawnContext


def start_method() -> Context:
    """Return the context that starts workers: from a server that has keras loaded, where the system has forkserver."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([FORK_SERVER_MODULE, *PRELOADED])
    return context


class Worker:
    """One worker process and its current run."""

    def __init__(self, context: Context, make: MakeTrainer, threads: int) -> None:
        """Start the process; it sends None once it is ready to train, but accepts a run before that."""
        self.threads = threads
        # The file has no name, so that nothing is left of it however this process ends.
        self._log = TemporaryFile(buffering=0)  # noqa: SIM115
        self.program: str | None = None
        self.programs = 0
        self.run: Run | None = None
        self.started = ""
        self.start_time = 0.0
        self.ready = False
        self.connection, theirs = context.Pipe()
        # Only a connection can pass an open file to a process that a server forks.
        log = Connection(os.dup(self._log.fileno()), readable=False)
        self.process = context.Process(target=serve, args=(theirs, make, threads, log), daemon=True)
        with quiet_stderr():
            start(self.process, forks=isinstance(context, ForkServerContext))
        theirs.close()
        log.close()

    def assign(self, program: str, run: Run) -> None:
        """Send a run to the process."""
        self.programs += program != self.program
        self.program, self.run = program, run
        self.started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.start_time = time.monotonic()
        # If the worker has died meanwhile, reading its answer will tell.
        with suppress(OSError):
            self.connection.send(run)

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self._log.close()

    def log_tail(self) -> str:
        """Return the end of what the process wrote to stdout and stderr, from when it was ready if it ever was."""
        end = os.fstat(self._log.fileno()).st_size
        # Seeking would move the position of the writer as well.
        text = os.pread(self._log.fileno(), LOG_TAIL, max(0, end - LOG_TAIL))
        return text.decode(errors="replace").strip()

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended the process, such as that of a system out of memory."""
        return (self.process.exitcode or 0) < 0

    def ending(self) -> str:
        """Return how the process ended."""
        self.process.join()
        code = self.process.exitcode or 0
        return f"was killed by signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"ended with code {code}"


class Pool:
    """Up to `count` workers, started when there is work for them; leaving the context ends them all."""

    def __init__(self, count: int, make: MakeTrainer, timeout: float | None = None) -> None:
        """Keep the settings; `timeout` is the most seconds that a run may take."""
        self.count = count
        self.make = make
        self.timeout = timeout
        self.workers: list[Worker] = []
        self._context = start_method()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whether all is done or Ctrl-C was pressed: no run is of use any more.
        for worker in self.workers:
            worker.kill()

    def running(self) -> Iterator[tuple[Run, str]]:
        """Yield the runs under way and when they were started."""
        return ((worker.run, worker.started) for worker in self.workers if worker.run is not None)

    def outcomes(self, queue: RunQueue) -> Iterator[tuple[Run, Outcome, str]]:
        """Train the runs of a queue; yield each with its outcome and when it was started, as soon as it has ended.

        Raises:
            SweepError: a worker cannot be started.
        """
        while True:
            self._assign_runs(queue)
            busy = [worker for worker in self.workers if worker.run is not None]
            if not busy:
                return
            # A dead worker closes its connection, which ends the wait as well.
            wait([worker.connection for worker in busy], timeout=self._time_to_deadline(busy))
            for worker in busy:
                outcome = self._outcome(worker)
                if outcome is not None and worker.run is not None and worker.program is not None:
                    run, worker.run = worker.run, None
                    queue.finished(worker.program, outcome)
                    yield run, outcome, worker.started

    def _assign_runs(self, queue: RunQueue) -> None:
        """Assign its next run to each free worker, and start new workers while there are runs for them."""
        while len(self.workers) < self.count and len(self.workers) - len(list(self.running())) < len(queue):
            self.workers.append(self._start(1))
        # A copy, since a worker may be replaced.
        for worker in list(self.workers):
            owned = [other.program for other in self.workers]
            item = queue.next(worker.program, owned) if worker.run is None else None
            if item is not None:
                program, run = item
                threads = settings_of(run).training.threads
                retires = worker.programs >= PROGRAMS_PER_WORKER and program != worker.program
                if retires or worker.threads != threads or not worker.process.is_alive():
                    worker = self._replace(worker, threads)
                worker.assign(program, run)

    def _start(self, threads: int) -> Worker:
        try:
            return Worker(self._context, self.make, threads)
        except (EOFError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else "the process that forks workers has ended"
            raise SweepError(f"a worker cannot start: {reason}") from error

    def _replace(self, worker: Worker, threads: int) -> Worker:
        """Put a new worker in the place of one that is dead, retires or has another number of threads."""
        worker.kill()
        new = self._start(threads)
        self.workers[self.workers.index(worker)] = new
        return new

    def _outcome(self, worker: Worker) -> Outcome | None:
        """Return the outcome of a worker's run once it has ended, died or run out of time."""
        error = None
        if worker.connection.poll():
            try:
                message: Outcome | None = worker.connection.recv()
            except (EOFError, OSError):
                ending, log = worker.ending(), worker.log_tail()
                # Every other worker would fail to start in the same way.
                if not worker.ready and not worker.was_killed:
                    last = log.rpartition("\n")[2]
                    raise SweepError(f"a worker cannot start: it {ending}: {last}") from None
                error = f"the worker {ending}" + (f"\nthe end of its log:\n{log}" if log else "")
            else:
                worker.ready, worker.start_time = True, time.monotonic()
                return message
        elif self.timeout and worker.ready and time.monotonic() - worker.start_time > self.timeout:
            error = f"not finished after the {self.timeout:g} seconds of --timeout"
        if error is None:
            return None
        self._replace(worker, worker.threads)
        return Outcome("failed", error=error)

    def _time_to_deadline(self, busy: list[Worker]) -> float | None:
        """Return the seconds until the first run is out of time; its time starts once its worker is ready."""
        starts = [worker.start_time for worker in busy if worker.ready]
        if not self.timeout or not starts:
            return None
        # A little later, so that the run is out of time by then.
        return max(0.0, min(starts) + self.timeout - time.monotonic()) + 0.01


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
