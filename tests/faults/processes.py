"""The processes of one session, as /proc shows them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process that is alive: its id, its parent's, and its command line."""

    pid: int
    parent: int
    command: str


def of_session(session: int) -> list[Process]:
    """Return the processes of a session, without those that are dead but not yet waited for."""
    return list(_all(session))


def _all(session: int) -> Iterator[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            # The name before the bracket may hold spaces.
            state, parent, _group, own_session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):
            continue
        if int(own_session) == session and state not in "ZX":
            yield Process(int(folder.name), int(parent), command)


def fork_server(session: int) -> int | None:
    """Return the process that forks the workers of a session's first process."""
    found = (each.pid for each in of_session(session) if each.parent == session and "forkserver" in each.command)
    return next(found, None)


def workers(session: int) -> list[int]:
    """Return the workers of a session."""
    server = fork_server(session)
    return [process.pid for process in of_session(session) if process.parent == server]


def within(seconds: float, condition: Callable[[], object]) -> bool:
    """Wait until a condition holds, at most so many seconds; return whether it does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
