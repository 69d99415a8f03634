"""Trains the runs of a sweep on the workers of a Dask cluster."""

import pickle
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from gdbench.errors import StalePlanError, SweepError
from gdbench.execution.activity import Activity
from gdbench.execution.cluster.batch import PER_SLOT, Batch, change_text, next_batch, seen, workers_text
from gdbench.execution.cluster.job import Begun, Job, Refused, Reported
from gdbench.execution.cluster.own_code import sources_of
from gdbench.execution.cluster.remote_task import guarded_task, versions
from gdbench.execution.cluster.scheduler import Scheduler
from gdbench.execution.executor import Ended, now
from gdbench.execution.failures import of_all_tries
from gdbench.execution.local import preloading
from gdbench.execution.local.worker import MakeTrainer
from gdbench.execution.run_queue import RunQueue
from gdbench.records import Outcome, Run

# How often the scheduler is looked for, and its workers are counted at most.
LOOK_SECONDS = 1.0
# A batch whose tasks are lost more often before they begin is not at fault: something else ends its workers.
MOST_UNBEGUN = 3


class DaskExecutor:
    """Submits batches, at most two for each slot of a worker, and hands out the outcomes as they are reported."""

    def __init__(
        self,
        _count: int,
        make: MakeTrainer,
        *,
        address: str,
        timeout: float | None = None,
        memory_limit: float | None = None,
        activity: Activity | None = None,
        cache: bool = False,
        say: Callable[[str], None] = lambda _text: None,
        queue: RunQueue | None = None,
    ) -> None:
        """Connect to the scheduler; the cluster decides how many workers there are.

        Raises:
            SweepError: there is no scheduler.
        """
        self._make = make
        self._limits = (timeout, memory_limit)
        self._cache = cache
        self._activity = activity or Activity()
        self._say = say
        self._queue = RunQueue() if queue is None else queue
        self._batches: dict[str, Batch] = {}
        # Batches that were lost with their workers.
        self._again: deque[Batch] = deque()
        self._ended: deque[Ended] = deque()
        self._stale: StalePlanError | None = None
        # The errors for which a run was tried again, by its id, and how often a batch was lost before it began.
        self._tries: dict[str, list[str]] = {}
        self._unbegun: Counter[str] = Counter()
        self._inbox: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._slots: dict[str, int] = {}
        self._counted_at = 0.0
        self._task = guarded_task()
        self._versions = versions()
        self._activity.cluster = f"connecting to {address}"
        self._scheduler = Scheduler(address, say)
        for topic in (self._scheduler.topic, "all"):
            self._scheduler.client.subscribe_topic(topic, lambda event, topic=topic: self._inbox.put((topic, event[1])))

    def submit(self, runs: Iterable[Run]) -> None:
        """Queue more runs."""
        self._queue.add(runs)

    def left(self) -> Iterator[Ended]:
        """Yield what has ended and was not handed out, heard of or not; as interrupted what is under way."""
        while not self._inbox.empty():
            topic, message = self._inbox.get()
            if topic == self._scheduler.topic and not isinstance(message, str):
                with suppress(SweepError):
                    self._reported(pickle.loads(message))
        while self._ended:
            yield self._ended.popleft()
        for batch in self._batches.values():
            if batch.worker and batch.run:
                yield Ended(batch.run, Outcome("interrupted"), batch.started, batch.environment)

    def next_outcome(self) -> Ended | None:
        """Wait until a run has ended; None once all have.

        Raises:
            SweepError: the scheduler is gone, or a worker cannot train the runs of this sweep.
            StalePlanError: a file has changed since the runs were planned; those under way have ended first.
        """
        while not self._ended:
            self._look_at_workers()
            self._submit_batches()
            if not self._batches and self._stale is not None:
                raise self._stale
            if not self._batches:
                return None
            try:
                self._hear(*self._inbox.get(timeout=LOOK_SECONDS))
            except Empty:
                self._require_scheduler()
        return self._ended.popleft()

    def close(self) -> None:
        """Leave the cluster; what its workers are doing for this sweep ends within a second."""
        self._batches.clear()
        self._activity.workers, self._activity.cluster = (), ""
        self._scheduler.close()

    def _submit_batches(self) -> None:
        for key in [key for key, batch in self._batches.items() if batch.is_silent]:
            self._give_up(key, f"the trainer on worker {self._batches[key].worker} has ended")
        slots = sum(self._slots.values())
        # Without workers two tasks wait, which tells a cluster that grows on demand to do so.
        while len(self._batches) < PER_SLOT * max(1, slots) and (self._again or self._queue) and self._stale is None:
            batch = self._again.popleft() if self._again else next_batch(self._queue, slots)
            try:
                self._submit(batch)
            except StalePlanError as error:
                self._stale = error

    def _submit(self, batch: Batch) -> None:
        """Submit a batch as a task.

        Raises:
            StalePlanError: a file of the user's own code has changed since the runs were planned.
        """
        runs = tuple(batch.left.values())
        job = pickle.dumps(Job(runs, self._make, *self._limits, preloading.PRELOADED, sources_of(runs), self._cache))
        key, scheduler = f"gdbench-{uuid4().hex}", self._scheduler
        batch.future = scheduler.client.submit(self._task, self._versions, job, scheduler.topic, key=key, pure=False)
        self._batches[key] = batch
        batch.future.add_done_callback(lambda future, key=key: self._inbox.put(("done", (key, future.status))))

    def _hear(self, topic: str, message: Any) -> None:
        """Act on what a task, the scheduler or the client has told."""
        if topic == "all":
            if isinstance(message, dict) and message.get("action") == "remove-worker":
                self._worker_left(message["worker"], expected=bool(message.get("expected")))
        elif topic == "done":
            self._task_ended(*message)
        elif isinstance(message, str):
            raise SweepError(message)
        else:
            self._reported(pickle.loads(message))
            self._scheduler.heard(len(message))
        self._show()

    def _reported(self, message: Begun | Reported | Refused) -> None:
        if isinstance(message, Refused):
            raise SweepError(message.reason)
        batch = self._batches.get(message.task)
        # Of a task that was given up, such as one whose worker was lost.
        if batch is None:
            return
        if isinstance(message, Begun):
            batch.worker, batch.environment, batch.started = message.worker, message.environment, now()
            return
        if (run := batch.left.pop(message.run, None)) is not None:
            batch.started = now()
            self._queue.finished(batch.program, message.outcome)
            self._ended.append(Ended(run, message.outcome, message.started, batch.environment))
        if batch.over is not None and not batch.left:
            self._give_up(message.task, None)

    def _task_ended(self, key: str, status: str) -> None:
        self._require_scheduler()
        batch = self._batches.get(key)
        if batch is None or batch.future is None:
            return
        if status == "error":
            from distributed import KilledWorker

            error = batch.future.exception(timeout=LOOK_SECONDS)
            if isinstance(error, KilledWorker):
                self._give_up(key, None)
                return
            if not isinstance(error, EOFError | OSError):
                reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
                raise SweepError(f"a worker cannot train: {reason}")
        batch.over = time.monotonic()
        if not batch.left:
            self._give_up(key, None)

    def _worker_left(self, address: str, *, expected: bool) -> None:
        self._counted_at = 0.0
        error = None if expected else f"worker {address} was lost"
        for key in [key for key, batch in self._batches.items() if batch.worker == address]:
            self._give_up(key, error)

    def _give_up(self, key: str, error: str | None) -> None:
        """Submit what is left of a task again; an error is counted against the run that was under way, and no other."""
        batch = self._batches.pop(key)
        if batch.future is not None:
            batch.future.release()
        first = batch.run
        if first is None:
            return
        again = list(batch.left.values())
        if batch.worker is None:
            self._unbegun[first.id] += 1
            if self._unbegun[first.id] > MOST_UNBEGUN:
                raise SweepError(f"workers of {self._scheduler.address} are lost before they begin; see their logs")
        elif error is not None:
            # By itself, so that it takes no other run along if it is what ends its workers.
            again.remove(first)
            earlier = self._tries.setdefault(first.id, [])
            earlier.append(error)
            if len(earlier) > 1:
                failed = Outcome("failed", error=of_all_tries(earlier))
                self._ended.append(Ended(first, failed, batch.started, batch.environment))
            else:
                self._again.append(Batch(batch.program, {first.id: first}))
        if again:
            self._again.append(Batch(batch.program, {run.id: run for run in again}))

    def _require_scheduler(self) -> None:
        """Raise SweepError if the scheduler is gone."""
        if not self._scheduler.is_connected:
            left = "finished runs are kept; run the same command again to continue"
            raise SweepError(f"{self._scheduler.address}: the connection to the scheduler is lost; {left}")

    def _look_at_workers(self) -> None:
        """Count the workers, at most once a second, and say how many have come and gone."""
        if time.monotonic() < self._counted_at + LOOK_SECONDS:
            return
        before = self._slots
        try:
            self._slots = self._scheduler.slots()
        except OSError:
            self._require_scheduler()
            return
        self._counted_at = time.monotonic()
        self._activity.cluster = workers_text(self._slots)
        if change := change_text(before, self._slots):
            self._say(f"{self._activity.cluster} ({change})")
            self._show()

    def _show(self) -> None:
        self._activity.workers = seen(self._batches.values(), sum(self._slots.values()))
