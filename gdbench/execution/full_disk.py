"""What to do when the disk is full."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from gdbench.errors import SweepError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def full_disk_explained() -> Iterator[None]:
    """Add to the error of a full disk, or of a quota that is used up, what is kept and how to go on.

    Raises:
        SweepError: the same error with more words.
    """
    try:
        yield
    except SweepError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in _FULL:
            raise
        advice = "runs in the ledger are kept; free some space, then run the same command again to continue"
        raise type(error)(f"{error}; {advice}") from cause
