"""Keeps the output of libraries off the screen: it is discarded, or goes to a file."""

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
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        with stderr_to(silence):
            yield
    finally:
        os.close(silence)


@contextmanager
def stderr_to(file: int) -> Iterator[None]:
    """Send stderr to an open file, at the level of the file descriptor."""
    # What is buffered was meant to be seen.
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        os.dup2(file, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
