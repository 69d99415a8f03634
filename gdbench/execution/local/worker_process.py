"""One worker process, as its pool sees it."""

import os
import re
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from tempfile import TemporaryFile

from gdbench.errors import StalePlanError
from gdbench.execution.endings import ending
from gdbench.execution.executor import now
from gdbench.execution.local.preloading import Context
from gdbench.execution.local.quiet import quiet_stderr
from gdbench.execution.local.start import start
from gdbench.execution.local.worker import MakeTrainer, serve
from gdbench.records import Outcome, Run
from gdbench.stages import Stage

# Enough for the last error, short enough for a line of the ledger.
LOG_TAIL = 2000
_LOG_READ = 200_000
# TensorFlow complains when it loads a compiled program, in lines of some thousand letters: it compares the instructions
# that the program may use with a list that leaves out preferences.
_LOADS_PROGRAM = re.compile(rb"\b(cpu_aot_loader|text_format)\.cc:\d+\]")
# The exit code that multiprocessing gives a process whose server ended before it could tell.
_UNKNOWN = 255


class Worker:
    """One worker process and its current run."""

    def __init__(self, context: Context, make: MakeTrainer, threads: int) -> None:
        """Start the process; it sends None once it is ready to train, but accepts a run before that."""
        self.threads = threads
        # The file has no name, so that nothing is left of it however this process ends.
        self._log = TemporaryFile(buffering=0)  # noqa: SIM115
        self.program: str | None = None
        # A trainer keeps the programs that it has compiled.
        self.compiled: list[str] = []
        self.run: Run | None = None
        self.started = ""
        self.start_time = 0.0
        self.ready = False
        # What the run is doing, in a few words.
        self.stage = ""
        # Whether Ctrl-C came in the middle of a message, so that what comes next is the rest of it.
        self.is_torn = False
        self.connection, theirs = context.Pipe()
        # Only a connection can pass an open file to a process that a server forks.
        log = Connection(os.dup(self._log.fileno()), readable=False)
        self.process = context.Process(target=serve, args=(theirs, make, threads, log), daemon=True)
        with quiet_stderr():
            start(self.process, forks=isinstance(context, ForkServerContext))
        theirs.close()
        log.close()

    def assign(self, program: str, run: Run) -> None:
        """Send a run to the process."""
        if program not in self.compiled:
            self.compiled.append(program)
        self.program, self.run, self.stage = program, run, ""
        self.started = now()
        self.start_time = time.monotonic()
        # If the worker has died meanwhile, reading its answer will tell.
        with suppress(OSError):
            self.connection.send(run)

    def receive(self) -> Outcome | StalePlanError | Stage | None:
        """Return what the process says next: that it is ready (None), a stage of its run, or how that has ended.

        Raises:
            EOFError, OSError: it has ended.
        """
        self.is_torn = True
        message: Outcome | StalePlanError | Stage | None = self.connection.recv()
        self.is_torn = False
        return message

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self._log.close()

    def log_tail(self) -> str:
        """Return the end of what the process wrote to stdout and stderr, from when it was ready if it ever was."""
        end = os.fstat(self._log.fileno()).st_size
        # Seeking would move the position of the writer as well.
        text = os.pread(self._log.fileno(), _LOG_READ, max(0, end - _LOG_READ))
        lines = (line for line in text.splitlines(keepends=True) if not _LOADS_PROGRAM.search(line))
        return b"".join(lines)[-LOG_TAIL:].decode(errors="replace").strip()

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended the process, such as that of a system out of memory, or the end of its server."""
        return (self.process.exitcode or 0) < 0 or self.lost_server

    @property
    def lost_server(self) -> bool:
        """Whether the process ended with the server that forked it, so that nothing is known of its own end."""
        return self.process.exitcode == _UNKNOWN

    def ending(self) -> str:
        """Return how the process ended."""
        self.process.join()
        if self.lost_server:
            return "ended with the process that forks workers"
        return ending(self.process.exitcode or 0)
