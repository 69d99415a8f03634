"""A trainer host as the dask worker sees it: one process for each of its threads."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from tempfile import TemporaryFile

from gdbench.errors import GdbenchError, SweepError
from gdbench.execution.cluster.job import Job
from gdbench.execution.endings import ending_with_log
from gdbench.interpreter.search_path import ROOT, named_in_full
from gdbench.records import Outcome, Settings

# How soon a host ends whose task nobody wants any more.
LOOK_SECONDS = 0.5
# How long a process that has closed its connection may take to end.
_END_SECONDS = 10.0
_MODULE = "gdbench.execution.cluster.trainer_host"


class HostProcess:
    """A running trainer host; `environment` is that of its records."""

    def __init__(self) -> None:
        """Start the process.

        Raises:
            SweepError: it ends before it is ready.
        """
        ours, theirs = socket.socketpair()
        # Without a name, so that nothing is left of it.
        self._log = TemporaryFile(buffering=0)  # noqa: SIM115
        path = os.pathsep.join(dict.fromkeys([ROOT, *named_in_full()]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": path},
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        try:
            self.environment: Settings = self._connection.recv()
        except (EOFError, OSError):
            raise SweepError(f"a trainer cannot start: {self.ending()}") from None

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended; it ends by itself after a while without a task."""
        return self._process.poll() is None

    @property
    def has_retired(self) -> bool:
        """Whether the process has ended for want of tasks, having begun none since."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(_END_SECONDS) == 0
        return False

    def train(self, job: Job, is_wanted: Callable[[], bool]) -> Iterator[tuple[str, Outcome, str]]:
        """Yield the id of each run as soon as it has ended, its outcome and when it was started.

        Once the job is not wanted any more, the process is killed and nothing more is yielded.

        Raises:
            GdbenchError: the job cannot be trained here.
            EOFError, OSError: the process has ended.
        """
        self._connection.send(job)
        while True:
            while not self._connection.poll(LOOK_SECONDS):
                if not is_wanted():
                    self.kill()
                    return
            message: tuple[str, Outcome, str] | GdbenchError | None = self._connection.recv()
            if message is None:
                return
            if isinstance(message, GdbenchError):
                raise message
            yield message

    def kill(self) -> None:
        """End the process and what it has started."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        self._log.close()

    def ending(self) -> str:
        """Return how the process ended, with the last line of its log."""
        return f"it {ending_with_log(self._process.wait(), self._log.fileno())}"
