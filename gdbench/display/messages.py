"""Messages on stderr, beside the results on stdout."""

import sys

from gdbench.text import printable


def tell(text: str) -> None:
    """Print one line to stderr, at once; where nobody reads it any more, the command goes on all the same."""
    try:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()
    except OSError:
        # A terminal that was closed, or a full disk behind it, must not stop a sweep.
        pass
