"""Processes that end with the one that needs them, even in the middle of an epoch and after its kill -9."""

import ctypes
import os
import signal
import sys
import threading
from multiprocessing import parent_process

_PR_SET_PDEATHSIG = 1


def end_with_process(parent: int) -> None:
    """Have the kernel end this process as soon as the one that started it ends, where the system can do that.

    It acts at once, while a thread has to wait for as long as a library in C runs.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # It may have ended before.
    if os.getppid() != parent:
        os._exit(1)


def end_with_sweep() -> None:
    """Have a worker process end as soon as the sweep does, or the server that forked it."""
    end_with_process(os.getppid())
    # Where the kernel does not help, or the server had ended before.
    threading.Thread(target=_end_after_parent, daemon=True).start()


def _end_after_parent() -> None:
    parent = parent_process()
    assert parent is not None, "a worker is started by multiprocessing"
    parent.join()
    sys.stderr.flush()
    os._exit(1)
