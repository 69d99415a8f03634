"""Worker processes that stay warm for a whole sweep; one that dies or hangs costs its own run alone.

A pool of our own, since a general one hands a task to any worker, and here a worker must go on with the program that
it has compiled.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from gdbench.errors import SweepError
from gdbench.execution.quiet import quiet_stderr
from gdbench.execution.run_queue import RunQueue
from gdbench.execution.worker import MakeTrainer, serve
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Outcome, Run

PRELOADED = ("gdbench.training.trainer",)
LOG_TAIL = 2000
# XLA keeps what it has compiled until the process ends, 10 to 20 MB a program; a new worker is forked in milliseconds.
PROGRAMS_PER_WORKER = 16


def start_method() -> Any:
    """Return the context that starts workers: from a server with keras preloaded, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


class Worker:
    """One worker process and the run that it has in hand."""

    def __init__(self, context: Any, make: MakeTrainer, threads: int) -> None:
        """Start the process; it sends None once it is ready to train, but takes a run before that."""
        self.threads = threads
        # It has no name, so that nothing of it is left whatever ends this process.
        self._log = TemporaryFile(buffering=0)  # noqa: SIM115
        self.program: str | None = None
        self.programs = 0
        self.run: Run | None = None
        self.started = ""
        self.begun = 0.0
        self.ready = False
        self.connection, theirs = context.Pipe()
        # A connection is what hands an open file to a process that a server forks.
        log = Connection(os.dup(self._log.fileno()), readable=False)
        self.process = context.Process(target=serve, args=(theirs, make, threads, log), daemon=True)
        with quiet_stderr():
            self.process.start()
        theirs.close()
        log.close()

    def give(self, program: str, run: Run) -> None:
        """Hand a run over."""
        self.programs += program != self.program
        self.program, self.run = program, run
        self.started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.begun = time.monotonic()
        # A worker that died meanwhile is noticed when its answer is read.
        with suppress(OSError):
            self.connection.send(run)

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self._log.close()

    def last_words(self) -> str:
        """Return the end of what the process wrote to stdout and stderr, since it was ready if it ever was."""
        end = os.fstat(self._log.fileno()).st_size
        # Not by seeking: the position is the writer's as well.
        text = os.pread(self._log.fileno(), LOG_TAIL, max(0, end - LOG_TAIL))
        return text.decode(errors="replace").strip()

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended the process, such as that of a system out of memory."""
        return (self.process.exitcode or 0) < 0

    def ending(self) -> str:
        """Say how the process ended."""
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
        for worker in self.workers:
            worker.kill()

    def in_hand(self) -> Iterator[tuple[Run, str]]:
        """Yield the runs under way and when they were started."""
        return ((worker.run, worker.started) for worker in self.workers if worker.run is not None)

    def outcomes(self, schedule: RunQueue) -> Iterator[tuple[Run, Outcome, str]]:
        """Train everything on a schedule, and yield each run with its outcome and start as it is finished.

        Raises:
            SweepError: a worker cannot be started.
        """
        while True:
            self._hand_out(schedule)
            busy = [worker for worker in self.workers if worker.run is not None]
            if not busy:
                return
            wait([worker.connection for worker in busy], timeout=self._patience(busy))
            for worker in busy:
                outcome = self._outcome(worker)
                if outcome is not None and worker.run is not None and worker.program is not None:
                    run, worker.run = worker.run, None
                    schedule.finished(worker.program, outcome)
                    yield run, outcome, worker.started

    def _hand_out(self, schedule: RunQueue) -> None:
        """Give each free worker its next run; new workers are started as long as there are runs for them."""
        while len(self.workers) < self.count and len(self.workers) - len(list(self.in_hand())) < len(schedule):
            self.workers.append(self._start(1))
        for worker in list(self.workers):
            owned = [other.program for other in self.workers]
            found = schedule.next(worker.program, owned) if worker.run is None else None
            if found is not None:
                program, run = found
                threads = settings_of(run).training.threads
                worn = worker.programs >= PROGRAMS_PER_WORKER and program != worker.program
                if worn or worker.threads != threads or not worker.process.is_alive():
                    worker = self._replace(worker, threads)
                worker.give(program, run)

    def _start(self, threads: int) -> Worker:
        try:
            return Worker(self._context, self.make, threads)
        except (EOFError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else "the process that forks workers has ended"
            raise SweepError(f"a worker cannot start: {reason}") from error

    def _replace(self, worker: Worker, threads: int) -> Worker:
        """Put a new worker in the place of one that is lost or worn, or has another number of threads."""
        worker.kill()
        new = self._start(threads)
        self.workers[self.workers.index(worker)] = new
        return new

    def _outcome(self, worker: Worker) -> Outcome | None:
        """Return the outcome of a worker's run if it is finished, dead or out of time."""
        error = None
        if worker.connection.poll():
            try:
                message: Outcome | None = worker.connection.recv()
            except (EOFError, OSError):
                ending, words = worker.ending(), worker.last_words()
                if not worker.ready and not worker.was_killed:
                    last = words.rpartition("\n")[2]
                    raise SweepError(f"a worker cannot start: it {ending}: {last}") from None
                error = f"the worker {ending}" + (f"\nits last words:\n{words}" if words else "")
            else:
                worker.ready, worker.begun = True, time.monotonic()
                return message
        elif self.timeout and worker.ready and time.monotonic() - worker.begun > self.timeout:
            error = f"not finished after the {self.timeout:g} seconds of --timeout"
        if error is None:
            return None
        self._replace(worker, worker.threads)
        return Outcome("failed", error=error)

    def _patience(self, busy: list[Worker]) -> float | None:
        """Return the seconds until the first run is out of time; one is on the clock once its worker is ready."""
        begun = [worker.begun for worker in busy if worker.ready]
        if not self.timeout or not begun:
            return None
        return max(0.0, min(begun) + self.timeout - time.monotonic()) + 0.01


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
