"""How a process ended, in words."""

import signal


def ending(code: int) -> str:
    """Return how a process with an exit code ended; a negative one is the number of a signal, as in multiprocessing."""
    return f"was killed by signal {_named(-code)}" if code < 0 else f"ended with code {code}"


def _named(number: int) -> str:
    if number == signal.SIGKILL:
        return f"{number} (SIGKILL), as by a system out of memory"
    try:
        return f"{number} ({signal.Signals(number).name})"
    except ValueError:
        # Real-time signals have no names.
        return str(number)
