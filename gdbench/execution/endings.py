"""How a process ended, in words."""

import os
import signal

# Enough of a log to hold its last line.
_LOG_TAIL = 2000


def ending(code: int) -> str:
    """Return how a process with an exit code ended; a negative one is the number of a signal, as in multiprocessing."""
    return f"was killed by signal {_named(-code)}" if code < 0 else f"ended with code {code}"


def ending_with_log(code: int, log: int) -> str:
    """Return how a process with an exit code ended, with the last line of its log, an open file."""
    size = os.fstat(log).st_size
    # Seeking would move the position of the writer as well.
    text = os.pread(log, _LOG_TAIL, max(0, size - _LOG_TAIL)).decode(errors="replace")
    last = text.strip().rpartition("\n")[2]
    return f"{ending(code)}: {last}" if last else ending(code)


def _named(number: int) -> str:
    if number == signal.SIGKILL:
        return f"{number} (SIGKILL), as by a system out of memory"
    try:
        return f"{number} ({signal.Signals(number).name})"
    except ValueError:
        # Real-time signals have no names.
        return str(number)
