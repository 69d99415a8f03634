"""Keeps the output of libraries off the screen."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Discard stderr, at the level of the file descriptor.

    TensorFlow's C++ libraries write there while they start, whatever their log level; processes started meanwhile
    inherit it.
    """
    # What is buffered was meant to be seen.
    sys.stderr.flush()
    saved = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(silence)
