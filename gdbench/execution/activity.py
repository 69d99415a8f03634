"""What the workers of a sweep are doing: their pool writes it, and the progress reads it from a thread of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from gdbench.records import Run


class Seen(Protocol):
    """What is seen of a worker: whether it is ready to train, its run, that run's program, and what it is doing."""

    ready: bool
    run: Run | None
    program: str | None
    stage: str


class Doing(NamedTuple):
    """A run under way, the key of its program, and what it is doing; an empty text is not known."""

    run: Run
    program: str
    stage: str


@dataclass(slots=True)
class Activity:
    """The workers that are training now; `cluster` says in words how many a cluster has."""

    workers: Sequence[Seen] = ()
    cluster: str = ""

    def under_way(self) -> list[Doing]:
        """Return the runs under way whose workers are ready."""
        # A copy, since the pool may start or replace workers meanwhile.
        workers = [(worker, worker.run) for worker in list(self.workers) if worker.ready]
        return [Doing(run, worker.program or "", worker.stage) for worker, run in workers if run is not None]

    @property
    def starting(self) -> int:
        """How many workers are being started."""
        return sum(not worker.ready for worker in list(self.workers))
