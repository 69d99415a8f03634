"""What the sweep, the tasks of a cluster and their trainer hosts send each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from gdbench.execution.local.worker import MakeTrainer
from gdbench.records import Outcome, Run, Settings


@dataclass(frozen=True, slots=True)
class Job:
    """A batch of runs of one program, and how to train it.

    `timeout` and `memory_limit` are those of a local sweep, `preloaded` the modules that its fork server loads;
    `sources` are the files of the user's own code that the runs name, by their path where the sweep runs. With `cache`
    compiled programs are kept on the worker's machine, apart for each kind of processor.
    """

    runs: tuple[Run, ...]
    make: MakeTrainer
    timeout: float | None = None
    memory_limit: float | None = None
    preloaded: tuple[str, ...] = ()
    sources: Mapping[str, bytes] | None = None
    cache: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A task has begun on a worker with this environment."""

    task: str
    worker: str
    environment: Settings


@dataclass(frozen=True, slots=True)
class Reported:
    """A run of a task has ended."""

    task: str
    run: str
    outcome: Outcome
    started: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A worker cannot train any run of this sweep; the reason names the worker."""

    reason: str
