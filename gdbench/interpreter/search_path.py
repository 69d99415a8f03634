"""The path on which Python looks for modules, without the current folder, whose files are no part of the program.

It imports only what Python itself has loaded by then: anything else would come from the folder that is to be left out.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""The folder that this copy of gdbench is imported from."""


def without_current_folder(path: list[str]) -> list[str]:
    """Return a search path without the current folder, where that comes before the standard library.

    `python -m` puts it there, and so does an empty or relative entry of PYTHONPATH; an entry that names it in full is
    the user's choice, and so is a project that was installed from it, which comes last.
    """
    chosen = named_in_full()
    library = os.path.dirname(os.__file__)
    end = path.index(library) if library in path else len(path)
    before = [entry for entry in path[:end] if entry in chosen or not _is_current(entry)]
    return [*before, *path[end:]]


def named_in_full() -> list[str]:
    """Return the folders of PYTHONPATH that are the same from wherever Python is started."""
    return [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(entry)]


def for_workers() -> list[str]:
    """Return the path of worker processes: that of this one, with its copy of gdbench last where it is on none."""
    path = without_current_folder(sys.path)
    return path if ROOT in path else [*path, ROOT]


def _is_current(entry: str) -> bool:
    try:
        return not os.path.isabs(entry) or os.path.samefile(entry, os.curdir)
    except OSError:
        # Neither a folder that is not there nor one that was removed holds a module.
        return False
