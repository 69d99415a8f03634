"""The server that forks workers: its socket, which has no name that outlives a kill -9, and what it said at its end.

multiprocessing makes a folder for the socket among the temporary files, which it removes only where the program ends by
itself, and the path of a socket may have 107 letters at most. Here the socket loses its name as soon as the server
listens, and is reached by an open descriptor. An abstract name, which Linux offers as well, would let any user connect.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, process
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from gdbench.execution.endings import ending_with_log
from gdbench.execution.local.quiet import stderr_to

# Only Linux has paths of open descriptors that lead to a file without a name.
_DESCRIPTORS = Path("/proc/self/fd")
# A process that ends closes its sockets a little before its exit code is known.
_SECONDS_TO_END = 5.0
# Without a public way to choose its address and to learn its end, its attributes are used.
_SERVER = vars(forkserver._forkserver)
# The log of each server by its process id: an open file without a name, so that nothing stays on the disk.
_LOGS: dict[int, int] = {}


def ensure_running() -> None:
    """Start the server that forks workers unless it runs.

    Raises:
        OSError: it cannot be started.
    """
    # If it ends just now, multiprocessing would start one with a folder, and take the end of this one for itself.
    if _is_running(_SERVER["_forkserver_pid"]):
        return
    while _LOGS:
        os.close(_LOGS.popitem()[1])
    with TemporaryFile() as file:
        log = os.dup(file.fileno())
    with stderr_to(log):
        if _DESCRIPTORS.is_dir():
            _start_without_name()
        else:
            forkserver.ensure_running()
    _LOGS[_SERVER["_forkserver_pid"]] = log


@contextmanager
def only_server() -> Iterator[None]:
    """Keep multiprocessing from starting another server if this one has just ended: its folder would be the current."""
    _SERVER["ensure_running"] = lambda: None
    try:
        yield
    finally:
        # The method of its class is back.
        del _SERVER["ensure_running"]


def await_ending() -> None:
    """Wait a moment for the end of a server that answers no more; one that runs after all is left alone."""
    end = time.monotonic() + _SECONDS_TO_END
    while _is_running(_SERVER["_forkserver_pid"]) and time.monotonic() < end:
        time.sleep(0.01)


def server_ending() -> str | None:
    """Return how the server ended, and its last words; None if it runs, or nothing is known of its end."""
    pid = _SERVER["_forkserver_pid"]
    if pid not in _LOGS:
        return None
    await_ending()
    try:
        status = _status(pid)
    except ChildProcessError:
        return None
    if status is None:
        return None
    code = status.si_status if status.si_code == os.CLD_EXITED else -status.si_status
    return ending_with_log(code, _LOGS[pid])


def _start_without_name() -> None:
    settings = process.current_process()._config  # type: ignore[attr-defined]
    with TemporaryDirectory(prefix="gdbench-") as name:
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        before = settings.get("tempdir")
        settings["tempdir"] = f"{_DESCRIPTORS}/{folder}"
        try:
            forkserver.ensure_running()
            socket = os.open(Path(_SERVER["_forkserver_address"]).name, os.O_PATH, dir_fd=folder)
        finally:
            settings["tempdir"] = before
            os.close(folder)
    _SERVER["_forkserver_address"] = f"{_DESCRIPTORS}/{socket}"


def _is_running(pid: int | None) -> bool:
    try:
        return pid is not None and _status(pid) is None
    except ChildProcessError:
        return False


def _status(pid: int) -> os.waitid_result | None:
    """Return how a child ended; None if it runs. Its end stays to be noticed by multiprocessing."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
