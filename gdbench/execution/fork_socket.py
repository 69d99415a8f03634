"""The socket at which the server that forks workers listens, without a name that outlives a kill -9.

multiprocessing makes a folder for it among the temporary files, which it removes only where the program ends by itself,
and the path of a socket may have 107 letters at most. Here the socket loses its name as soon as the server listens, and
is reached by an open descriptor. An abstract name, which Linux offers as well, would let any user connect.
"""

import os
from multiprocessing import forkserver, process
from pathlib import Path
from tempfile import TemporaryDirectory

# Only Linux has paths of open descriptors that lead to a file without a name.
_DESCRIPTORS = Path("/proc/self/fd")


def ensure_running() -> None:
    """Start the server that forks workers unless it runs.

    Raises:
        OSError: it cannot be started.
    """
    # Without a public way to choose the address, its attributes are set.
    server = vars(forkserver._forkserver)
    if not _DESCRIPTORS.is_dir() or _is_running(server["_forkserver_pid"]):
        forkserver.ensure_running()
        return
    settings = process.current_process()._config  # type: ignore[attr-defined]
    with TemporaryDirectory(prefix="gdbench-") as name:
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        before = settings.get("tempdir")
        settings["tempdir"] = f"{_DESCRIPTORS}/{folder}"
        try:
            forkserver.ensure_running()
            socket = os.open(Path(server["_forkserver_address"]).name, os.O_PATH, dir_fd=folder)
        finally:
            settings["tempdir"] = before
            os.close(folder)
    server["_forkserver_address"] = f"{_DESCRIPTORS}/{socket}"


def _is_running(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        # Its end stays to be noticed by multiprocessing.
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False
