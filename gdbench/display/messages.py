"""Messages on stderr, beside the results on stdout."""

import shutil
import sys
import textwrap

from gdbench.text import printable


def tell(text: str) -> None:
    """Print one line to stderr, at once; where nobody reads it any more, the command goes on all the same."""
    try:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()
    except OSError:
        # A terminal that was closed, or a full disk behind it, must not stop a sweep.
        pass


def tell_wrapped(text: str) -> None:
    """Print a sentence to stderr as `tell` does, at a terminal in lines that are broken between words."""
    if not sys.stderr.isatty():
        tell(text)
        return
    width = shutil.get_terminal_size().columns
    for line in textwrap.wrap(printable(text), width, subsequent_indent="  ", break_on_hyphens=False):
        tell(line)
