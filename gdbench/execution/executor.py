"""The seam between a sweep and whatever trains its runs: processes of this machine, or a cluster."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from gdbench.execution.run_queue import RunQueue
from gdbench.records import Outcome, Run, Settings


class Ended(NamedTuple):
    """A run that has ended, its outcome, and when it was started; `environment` is None if it is that of the sweep."""

    run: Run
    outcome: Outcome
    started: str
    environment: Settings | None = None


def now() -> str:
    """Return the time as records have it: in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Executor(Protocol):
    """Trains the runs that are submitted, in an order of its own, and hands out each outcome once."""

    def submit(self, runs: Iterable[Run]) -> None:
        """Take more runs; those that wait are handed to workers by the next call of `next_outcome`."""

    def next_outcome(self) -> Ended | None:
        """Wait until a run has ended and return it; None once all that were submitted have.

        Raises:
            SweepError: no worker can train.
            StalePlanError: a file has changed since the runs were planned; those under way have ended first.
        """

    def left(self) -> Iterable[Ended]:
        """Return what has ended and was not handed out, and as interrupted what is under way."""

    def close(self) -> None:
        """End all workers at once, whatever they are doing."""


class MakeExecutor(Protocol):
    """Makes an executor of up to `count` workers, which takes its runs from an empty queue."""

    def __call__(self, count: int, *, queue: RunQueue) -> Executor:
        """Return an executor whose workers are started once there are runs for them."""


def outcomes(executor: Executor, runs: Iterable[Run]) -> Iterator[Ended]:
    """Train runs and yield each as soon as it has ended."""
    executor.submit(runs)
    return iter(executor.next_outcome, None)
