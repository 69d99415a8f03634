"""Gets workers ready while a configuration is still read: importing keras takes longer than that."""

from contextlib import suppress
from multiprocessing.context import ForkServerContext

from gdbench.execution.local.preloading import start_method
from gdbench.execution.local.quiet import quiet_stderr
from gdbench.execution.local.start import start_server


def start_ahead() -> None:
    """Start the process that forks workers, where there is one, and let it load keras meanwhile.

    Where that fails, starting a worker fails in the same way, and says so.
    """
    if isinstance(start_method(), ForkServerContext):
        with suppress(EOFError, OSError), quiet_stderr():
            start_server()
