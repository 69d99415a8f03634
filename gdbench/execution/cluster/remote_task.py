"""What a dask worker runs: a task that trains a batch, and tells the sweep of each run as soon as it has ended."""

import pickle
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

from gdbench.errors import GdbenchError
from gdbench.execution.cluster.host_process import HostProcess
from gdbench.execution.cluster.job import Begun, Job, Refused, Reported
from gdbench.records import Outcome
from gdbench.source_digest import source_digest
from gdbench.version import __version__

if TYPE_CHECKING:
    from distributed import Worker

# The name of each library whose version must be that of the sweep, and that version.
Versions = Mapping[str, str]


def versions() -> Versions:
    """Return what a worker must have: the versions of this process, and its source of gdbench, which may be a clone."""
    own = f"{__version__} (source {source_digest()})"
    return {"gdbench": own, "keras": version("keras"), "tensorflow": version("tensorflow")}


def guarded_task() -> Callable[[Versions, bytes, str], None]:
    """Return a function that travels by content, so that a worker without gdbench can say so."""

    def train_here(needed: Versions, job: bytes, topic: str) -> None:
        from importlib.metadata import PackageNotFoundError, version

        from distributed import get_worker

        found: dict[str, str] = {}
        for name in needed:
            try:
                # A clone has no metadata, and may have another source than a clone of the same version.
                from gdbench.source_digest import source_digest
                from gdbench.version import __version__

                found[name] = f"{__version__} (source {source_digest()})" if name == "gdbench" else version(name)
            except (PackageNotFoundError, ImportError):
                found[name] = "none"
        others = [name for name in needed if needed[name] != found[name]]
        worker = get_worker()
        if others:
            wanted = ", ".join(f"{name} {needed[name]}" for name in others)
            got = ", ".join(f"{name} {found[name]}" for name in others)
            worker.log_event(topic, f"worker {worker.address}: expected {wanted}, as in the sweep; got {got}")
            return
        from gdbench.execution.cluster.remote_task import train

        train(worker, job, topic)

    return train_here


def train(worker: "Worker", job: bytes, topic: str) -> None:
    """Train a pickled job and report its runs as events of a topic.

    Raises:
        EOFError, OSError: the trainer host has ended.
    """
    task = worker.get_current_task()

    def tell(message: Begun | Reported | Refused) -> None:
        worker.log_event(topic, pickle.dumps(message))

    def is_wanted() -> bool:
        # A task that was released while it runs, by the sweep or for want of one, is called cancelled.
        state = worker.state.tasks.get(task)
        return state is not None and state.state != "cancelled"

    try:
        host = _host()
        tell(Begun(str(task), worker.address, host.environment))
        runs: Job = pickle.loads(job)
        for run, outcome, started in trained(host, runs, is_wanted):
            tell(Reported(str(task), run, outcome, started))
    except GdbenchError as error:
        tell(Refused(f"worker {worker.address}: {error}"))


def trained(host: HostProcess, job: Job, is_wanted: Callable[[], bool]) -> Iterator[tuple[str, Outcome, str]]:
    """Yield what a host yields, or one in its place if it ended for want of tasks just as this one came.

    Raises:
        GdbenchError: the job cannot be trained here.
        EOFError, OSError: the host has ended in another way.
    """
    try:
        yield from host.train(job, is_wanted)
    except (EOFError, OSError):
        if not host.has_retired:
            raise
        yield from _host().train(job, is_wanted)


@dataclass(slots=True)
class _Hosts:
    """The trainer host of each thread, which stays warm from task to task."""

    by_thread: dict[int, HostProcess] = field(default_factory=dict)


_HOSTS = _Hosts()


def _host() -> HostProcess:
    thread = threading.get_ident()
    host = _HOSTS.by_thread.get(thread)
    if host is None or not host.is_alive:
        if host is not None:
            host.kill()
        host = _HOSTS.by_thread[thread] = HostProcess()
    return host
