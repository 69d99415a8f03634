"""Less work for the garbage collector: it skips many objects that are made at once, and imported modules."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep Python from searching new objects for cycles; plans and records have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep_imported() -> None:
    """Collect garbage from now on, but only among objects made after this call.

    For a process forked from one that has imported keras. Each program begins with a search for garbage, which would
    take a fifth of a second among a million objects, and would copy the memory that workers share with the server.
    """
    gc.freeze()
    gc.enable()
