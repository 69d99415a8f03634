"""Installed packages of plug-ins, trusted without a question: those with an entry point of the group gdbench.plugins.

Installing such a package is the permission to run it. Any other installed module was installed for something else: the
standard library alone can run any command.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, entry_points
from pathlib import Path

GROUP = "gdbench.plugins"


def is_declared(file: Path) -> bool:
    """Whether a file belongs to an installed distribution that declares plug-ins."""
    resolved = file.resolve()
    return resolved in _files() or any(resolved.is_relative_to(folder) for folder in _folders())


@cache
def _files() -> frozenset[Path]:
    """Return the files that the distributions of plug-ins list, as installers write it down."""
    listed = (path.locate() for distribution in _distributions() for path in distribution.files or ())
    return frozenset(Path(path).resolve() for path in listed)


@cache
def _folders() -> frozenset[Path]:
    """Return the modules of the distributions that list no files, as far as their metadata names them."""
    found = set()
    for distribution in _distributions():
        if distribution.files is None:
            top_level = (distribution.read_text("top_level.txt") or "").split()
            values = (entry_point.module for entry_point in distribution.entry_points if entry_point.group == GROUP)
            for name in top_level or {value.partition(".")[0] for value in values}:
                found |= {Path(str(distribution.locate_file(path))).resolve() for path in (name, f"{name}.py")}
    return frozenset(found)


def _distributions() -> Iterator[Distribution]:
    for entry_point in entry_points(group=GROUP):
        if entry_point.dist is not None and not _is_in_place(entry_point.dist):
            yield entry_point.dist


def _is_in_place(distribution: Distribution) -> bool:
    """Whether the metadata list the files of a working folder, which change without being installed."""
    is_installed = any(distribution.read_text(name) is not None for name in ("RECORD", "installed-files.txt"))
    return not is_installed and distribution.read_text("SOURCES.txt") is not None
