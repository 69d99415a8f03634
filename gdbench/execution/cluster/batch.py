"""A batch of runs in flight, and how many of them there are and how long they take."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdbench.execution.run_queue import RunQueue
from gdbench.records import Run, Settings
from gdbench.stages import TRAINING
from gdbench.text import counted

if TYPE_CHECKING:
    from distributed import Future

# Long enough that what a task costs does not count, short enough that little is lost with a worker.
BATCH_SECONDS = 60.0
# The settings of this many runs make up about half a megabyte.
MOST_RUNS = 500
# One that trains, and one that waits at the worker for its end.
PER_SLOT = 2
# The end of a task and its reports arrive by different ways: how long reports may take once the end is known.
REPORT_SECONDS = 5.0


@dataclass(slots=True)
class Batch:
    """Runs of one program that were submitted as one task; `left` are those that have not been reported, in order.

    `worker` is the address of the worker that has begun the batch, and `environment` that of its records. `started` is
    when the first run of `left` was started, and `over` when the task was known to have ended.
    """

    program: str
    left: dict[str, Run]
    future: "Future | None" = None
    worker: str | None = None
    environment: Settings | None = None
    started: str = ""
    over: float | None = None

    @property
    def run(self) -> Run | None:
        """The run under way, or the next one."""
        return next(iter(self.left.values()), None)

    @property
    def is_silent(self) -> bool:
        """Whether its task is over, and nothing was heard since of the runs that are left."""
        return self.over is not None and time.monotonic() > self.over + REPORT_SECONDS


@dataclass(slots=True)
class Slot:
    """A thread of a dask worker as the progress sees it, with the run under way if there is one."""

    run: Run | None = None
    program: str | None = None
    stage: str = TRAINING
    ready: bool = True


def seen(batches: Iterable[Batch], slots: int) -> list[Slot]:
    """Return the slots of all workers, those with a batch first."""
    begun = [batch for batch in batches if batch.worker]
    return [*(Slot(batch.run, batch.program) for batch in begun), *[Slot()] * max(0, slots - len(begun))]


def next_batch(queue: RunQueue, slots: int) -> Batch:
    """Return runs of a queue that take about a minute, less where all slots would not have two batches then.

    As long as there are no workers, a batch is a single run: nobody knows how many will share the others.
    """
    in_flight = PER_SLOT * slots
    seconds = queue.seconds_left(BATCH_SECONDS * in_flight) / in_flight if slots else 0.0
    program, runs = queue.batch(seconds, MOST_RUNS)
    return Batch(program, {run.id: run for run in runs})


def workers_text(slots: Mapping[str, int]) -> str:
    """Return how many workers there are, from how many runs each trains at a time."""
    if not slots:
        return "cluster: no worker; waiting for one"
    threads = sum(slots.values())
    return f"cluster: {counted(len(slots), 'worker')}" + (f", {threads} runs at a time" if threads > len(slots) else "")


def change_text(before: Mapping[str, int], slots: Mapping[str, int]) -> str:
    """Return how many workers have joined and left, nothing if none has."""
    came, left = len(slots.keys() - before.keys()), len(before.keys() - slots.keys())
    return ", ".join(f"{number} {word}" for number, word in ((came, "joined"), (left, "left")) if number)
