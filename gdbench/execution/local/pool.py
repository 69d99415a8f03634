"""Worker processes that stay warm for a whole sweep; one that dies or hangs costs only its own run.

General pools give a task to any worker; here a worker must go on with the programs that it has compiled.
"""

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self

from gdbench.errors import StalePlanError, SweepError
from gdbench.execution.activity import Activity
from gdbench.execution.executor import Ended
from gdbench.execution.failures import lacks_memory, of_all_tries
from gdbench.execution.local.memory import GIGABYTE, resident_bytes
from gdbench.execution.local.preloading import start_method
from gdbench.execution.local.worker import MakeTrainer
from gdbench.execution.local.worker_process import Worker
from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.cost.worker_memory import PROGRAMS_PER_WORKER
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Outcome, Run
from gdbench.stages import Stage

# A run does not end the server that forks workers, so that it may lose more workers in this way than in others.
SERVERS_PER_RUN = 5
# Reading the memory of a process takes microseconds; a run seldom allocates more than a gigabyte in this time.
MEMORY_INTERVAL = 0.2


class Pool:
    """Up to `count` workers, started when there is work for them; leaving the context ends them all."""

    def __init__(
        self,
        count: int,
        make: MakeTrainer,
        timeout: float | None = None,
        memory_limit: float | None = None,
        activity: Activity | None = None,
        queue: RunQueue | None = None,
    ) -> None:
        """Keep the settings; `timeout` is the most seconds a run may take, `memory_limit` the gigabytes of a worker.

        `activity` shows others what the workers are doing; `queue` decides the order of the runs.
        """
        self.count = count
        self.make = make
        self.timeout = timeout
        self.memory_limit = memory_limit
        self._queue = RunQueue() if queue is None else queue
        # Runs that have ended and are not handed out yet.
        self._ended: deque[Ended] = deque()
        self._stale: StalePlanError | None = None
        # The errors for which a run was tried again, by its id.
        self._tries: dict[str, list[str]] = {}
        self.workers: list[Worker] = []
        if activity:
            activity.workers = self.workers
        self._context = start_method()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers: whether all is done or Ctrl-C was pressed, no run is of use any more."""
        for worker in self.workers:
            worker.kill()

    def submit(self, runs: Iterable[Run]) -> None:
        """Queue more runs."""
        self._queue.add(runs)

    def left(self) -> Iterator[Ended]:
        """Yield what has ended and was not handed out, and as interrupted what is under way."""
        while self._ended:
            yield self._ended.popleft()
        for worker in self.workers:
            if worker.run is not None:
                yield Ended(worker.run, _told(worker) or Outcome("interrupted"), worker.started)

    def next_outcome(self) -> Ended | None:
        """Train until a run has ended; None once all have.

        Raises:
            SweepError: a worker cannot be started.
            StalePlanError: a file has changed since the runs were planned; those under way have ended first.
        """
        while not self._ended:
            if self._stale is None:
                self._assign_runs()
            busy = [worker for worker in self.workers if worker.run is not None]
            if not busy and self._stale is not None:
                raise self._stale
            if not busy:
                return None
            self._wait(busy)
        return self._ended.popleft()

    def _wait(self, busy: list[Worker]) -> None:
        """Wait until a worker has something to say, or there is something to look at."""
        # A dead worker closes its connection, which ends the wait as well.
        wait([worker.connection for worker in busy], timeout=self._time_to_look(busy))
        for worker in busy:
            outcome = self._outcome(worker)
            if isinstance(outcome, StalePlanError):
                self._stale, worker.run = outcome, None
            elif outcome is not None and worker.run is not None and worker.program is not None:
                run, worker.run = worker.run, None
                self._queue.finished(worker.program, outcome)
                self._ended.append(Ended(run, outcome, worker.started))

    def _assign_runs(self) -> None:
        """Assign its next run to each free worker, and start new workers while there are runs for them."""
        queue, busy = self._queue, sum(worker.run is not None for worker in self.workers)
        while len(self.workers) < self.count and len(self.workers) - busy < len(queue):
            self.workers.append(self._start(1))
        # A copy, since a worker may be replaced.
        for worker in list(self.workers):
            owned = {program for other in self.workers for program in other.compiled}
            has_room = len(worker.compiled) < PROGRAMS_PER_WORKER
            item = queue.next(worker.compiled, owned, has_room=has_room) if worker.run is None else None
            if item is not None:
                program, run = item
                threads = settings_of(run).training.threads
                retires = not has_room and program not in worker.compiled
                if retires or worker.threads != threads or not worker.process.is_alive():
                    worker = self._replace(worker, threads)
                worker.assign(program, run)

    def _start(self, threads: int) -> Worker:
        try:
            return Worker(self._context, self.make, threads)
        except OSError as error:
            raise SweepError(f"a worker cannot start: {error.strerror or error}") from error

    def _replace(self, worker: Worker, threads: int) -> Worker:
        """Put a new worker in the place of one that is dead, retires or has another number of threads."""
        worker.kill()
        new = self._start(threads)
        self.workers[self.workers.index(worker)] = new
        return new

    def _outcome(self, worker: Worker) -> Outcome | StalePlanError | None:
        """Return the outcome of a worker's run once it has ended, died or run out of time or memory.

        It may also say that the run can no longer be trained as planned.
        """
        if worker.connection.poll():
            try:
                message = worker.receive()
            except (EOFError, OSError):
                return self._outcome_of_dead(worker)
            # It comes in the middle of a run, whose time goes on.
            if isinstance(message, Stage):
                worker.stage = message.text
                return None
            worker.ready, worker.start_time = True, time.monotonic()
            if isinstance(message, Outcome) and lacks_memory(message.error):
                return self._failed_or_retried(worker, str(message.error), message)
            return message
        if self.timeout and worker.ready and time.monotonic() - worker.start_time > self.timeout:
            self._replace(worker, worker.threads)
            return Outcome("failed", error=f"not finished after the {self.timeout:g} seconds of --timeout")
        if self.memory_limit and (used := resident_bytes(worker.process.pid or 0)) > self.memory_limit * GIGABYTE:
            error = (
                f"the worker took {used / GIGABYTE:.2f} GB, more than the {self.memory_limit:g} GB of --memory-limit"
            )
            if not worker.ready:
                raise SweepError(f"a worker cannot start: {error}")
            return self._failed_or_retried(worker, error)
        return None

    def _outcome_of_dead(self, worker: Worker) -> Outcome | None:
        ending, log = worker.ending(), worker.log_tail()
        # Every other worker would fail to start in the same way.
        if not worker.ready and not worker.was_killed:
            last = log.rpartition("\n")[2]
            raise SweepError(f"a worker cannot start: it {ending}: {last}")
        error = f"the worker {ending}" + (f"\nthe end of its log:\n{log}" if log else "")
        if worker.was_killed:
            return self._failed_or_retried(worker, error, most=SERVERS_PER_RUN if worker.lost_server else 1)
        self._replace(worker, worker.threads)
        return Outcome("failed", error=error)

    def _failed_or_retried(
        self, worker: Worker, error: str, outcome: Outcome | None = None, most: int = 1
    ) -> Outcome | None:
        """Try a worker's run once more in a fresh worker and return None; the outcome if that has been tried."""
        run, program = worker.run, worker.program
        assert run is not None, "a busy worker has a run"
        assert program is not None, "a busy worker has a program"
        fresh = self._replace(worker, worker.threads)
        earlier = self._tries.setdefault(run.id, [])
        if len(earlier) < most:
            earlier.append(error)
            fresh.assign(program, run)
            return None
        return outcome or Outcome("failed", error=of_all_tries([*earlier, error]))

    def _time_to_look(self, busy: list[Worker]) -> float | None:
        """Return the seconds until the first run is out of time, or its memory is looked at; None without limits."""
        # A run's time starts once its worker is ready.
        starts = [worker.start_time for worker in busy if worker.ready]
        times = [MEMORY_INTERVAL] if self.memory_limit else []
        if self.timeout and starts:
            # A little later, so that the run is out of time by then.
            times.append(max(0.0, min(starts) + self.timeout - time.monotonic()) + 0.01)
        return min(times, default=None)


def _told(worker: Worker) -> Outcome | None:
    """Return the outcome that a worker has told and nobody has heard yet; None if its run has not ended."""
    with suppress(EOFError, OSError):
        while not worker.is_torn and worker.connection.poll():
            message = worker.receive()
            # One for want of memory would have been tried again.
            if isinstance(message, Outcome) and not lacks_memory(message.error):
                return message
    return None


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
