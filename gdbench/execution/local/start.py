"""Starts worker processes so that they import nothing from the current folder, where anyone's files may lie.

Both the process that forks workers and a spawned one are a `python -c`, which looks for every module, those of the
standard library too, in the current folder first.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from gdbench.errors import SweepError
from gdbench.execution.local.fork_socket import await_ending, ensure_running, only_server, server_ending
from gdbench.interpreter.search_path import for_workers, named_in_full

FORK_SERVER_FOLDER = Path(__file__).parent / "fork_server"
FORK_SERVER_MODULE = "gdbench_fork_server"


def start(process: BaseProcess, *, forks: bool) -> None:
    """Start a process; `forks` says that a server forks it, which is started first where there is none.

    Raises:
        SweepError: the process cannot be started.
    """
    for is_last in (False, True):
        try:
            _start(process, forks=forks)
            return
        except (EOFError, OSError) as error:
            if is_last:
                raise SweepError(f"a worker cannot start: {_reason(error)}") from error
            # The server that forks workers may be about to end; the second time there is a new one.
            if _is_closed(error):
                await_ending()


def start_server() -> None:
    """Start the process that forks workers unless it runs.

    Raises:
        EOFError, OSError: it cannot be started.
    """
    # Newer versions of Python give the server the path of this process, older ones only the folder it starts in.
    with (
        chdir(FORK_SERVER_FOLDER),
        _path([*for_workers(), str(FORK_SERVER_FOLDER)]),
        _environment(GDBENCH_PARENT=str(os.getpid())),
    ):
        ensure_running()


def _reason(error: EOFError | OSError) -> str:
    if isinstance(error, OSError) and not _is_closed(error):
        return error.strerror or str(error)
    return f"the process that forks workers {server_ending() or 'has ended'}"


def _is_closed(error: EOFError | OSError) -> bool:
    # What a server that has ended leaves behind is a closed connection, or none.
    return isinstance(error, EOFError | ConnectionError)


def _start(process: BaseProcess, *, forks: bool) -> None:
    if forks:
        start_server()
    with only_server(), _path(for_workers()), without_current_folder_and_main():
        process.start()


@contextmanager
def without_current_folder_and_main() -> Iterator[None]:
    """Keep processes started meanwhile from the current folder and from the program that starts them.

    They would run the program once more to have its functions. What a worker needs is gdbench's; a script that calls it
    needs no `if __name__ == "__main__"`.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        with _environment(PYTHONSAFEPATH="1", PYTHONPATH=os.pathsep.join(named_in_full())):
            yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _path(path: Sequence[str]) -> Iterator[None]:
    """Use another search path, which processes started meanwhile get."""
    before = sys.path[:]
    sys.path[:] = path
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set variables for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
