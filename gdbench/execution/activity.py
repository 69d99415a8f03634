"""What the workers of a sweep are doing: their pool writes it, and the progress reads it from a thread of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gdbench.records import Run

if TYPE_CHECKING:
    from gdbench.execution.worker_process import Worker


class Doing(NamedTuple):
    """A run under way, the key of its program, and what it is doing; an empty text is not known."""

    run: Run
    program: str
    stage: str


@dataclass(slots=True)
class Activity:
    """The workers of the pool that is training now."""

    workers: "Sequence[Worker]" = ()

    def under_way(self) -> list[Doing]:
        """Return the runs under way whose workers are ready."""
        # A copy, since the pool may start or replace workers meanwhile.
        workers = [(worker, worker.run) for worker in list(self.workers) if worker.ready]
        return [Doing(run, worker.program or "", worker.stage) for worker, run in workers if run is not None]

    @property
    def starting(self) -> int:
        """How many workers are being started."""
        return sum(not worker.ready for worker in list(self.workers))
