"""Failures of runs: which are tried once more, and which say that no other run will do better."""

import json
import re

from gdbench.records import Record

# So many runs must have ended before a sweep whose runs all fail alike is stopped.
FIRST_RUNS = 5
_LACKS_MEMORY = re.compile(
    r"^(?:[\w.]*(?:MemoryError|ResourceExhaustedError)\b|.*\bRESOURCE_EXHAUSTED\b)", re.MULTILINE
)
_DEPENDS_ON_SIZE = re.compile(r"--timeout|--memory-limit|SIGKILL")


def lacks_memory(error: str | None) -> bool:
    """Whether the error of a run says that there was not enough memory, which there may be in a fresh worker."""
    return error is not None and _LACKS_MEMORY.search(error) is not None


def last_line(error: str) -> str:
    """Return the last line of an error, which names it in a traceback."""
    return error.strip().rpartition("\n")[2]


def of_all_tries(errors: list[str]) -> str:
    """Return the last error of a run, with how often it was tried in its first line."""
    beginnings = [error.partition("\n")[0] for error in errors]
    times = "twice" if len(errors) == 2 else f"{len(errors)} times"
    others = [beginning for beginning in dict.fromkeys(beginnings) if beginning != beginnings[-1]]
    before = f" (before that {', '.join(others)})" if others else ""
    return f"{beginnings[-1]}; tried {times}{before}" + errors[-1].removeprefix(beginnings[-1])


class FirstFailures:
    """The runs of a sweep that have ended, as long as all of them fail alike."""

    def __init__(self) -> None:
        self._error: str | None = None
        self._count = 0
        self._points: set[str] = set()
        self._others_differ = False

    def add(self, record: Record) -> str | None:
        """Count a run that has ended; return what all have in common, in words, once that speaks against the rest."""
        error = record.outcome.error
        line = last_line(error) if record.outcome.has_failed and error else None
        # Long runs tend to come first: what stops them for lack of time or memory says nothing of shorter ones.
        if line is None or self._error not in (None, line) or depends_on_size(error or ""):
            self._others_differ = True
        self._error = line
        self._count += 1
        if self._others_differ:
            self._points.clear()
            return None
        # Runs of one point differ only in the seed.
        self._points.add(json.dumps(record.run.settings, sort_keys=True))
        if self._count < FIRST_RUNS or len(self._points) < 2:
            return None
        return f"all {self._count} runs so far, of {len(self._points)} points, failed alike: {line}"


def depends_on_size(error: str) -> bool:
    """Whether a smaller run might not fail in this way."""
    return lacks_memory(error) or _DEPENDS_ON_SIZE.search(error.partition("\n")[0]) is not None
