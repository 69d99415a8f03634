"""Opening what a results folder holds, and nothing that a link in it leads to."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gdbench.errors import SweepError


@contextmanager
def opened_folder(path: Path, parent: int | None = None) -> Iterator[int]:
    """Open a folder, so that what is in it is found however its path changes; one that is in `parent` is no link.

    Raises:
        SweepError: it is a link.
        OSError: it cannot be opened.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY
    if parent is None:
        # A results folder may itself be a link, to a larger disk for example.
        descriptor = os.open(path, flags)
    else:
        refuse_link(path, parent)
        descriptor = os.open(path.name, flags | os.O_NOFOLLOW, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(path: Path, folder: int, flags: int) -> int:
    """Open the file of a path's name in an open folder, with O_CREAT made if missing, and return its descriptor.

    Raises:
        SweepError: it is a link, has a second name, or is no regular file.
        OSError: it cannot be opened.
    """
    refuse_link(path, folder)
    try:
        # A pipe in place of a file would block here.
        descriptor = os.open(path.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=folder)
    except OSError as error:
        # The whole path, for messages.
        error.filename = str(path)
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1:
        return descriptor
    os.close(descriptor)
    what = "is a hard link" if stat.S_ISREG(status.st_mode) else "is no regular file"
    raise SweepError(f"{path} {what}, which gdbench does not write to; remove it")


def refuse_link(path: Path, folder: int) -> None:
    """Refuse the entry of a path's name in an open folder if it is a symbolic link.

    This is for the message alone: what opens or renames the entry afterwards does not follow links either.

    Raises:
        SweepError: it is a link.
    """
    try:
        status = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(status.st_mode):
        raise SweepError(f"{path} is a link, which gdbench does not write through; remove it")


def refuse_links(path: Path, folder: int) -> None:
    """Refuse an open folder that holds symbolic links, named all at once, in its subfolders as well.

    Raises:
        SweepError: there are links.
    """
    found = [str(path / name) for name in sorted(_links(folder))]
    if found:
        are = "are links" if len(found) > 1 else "is a link"
        raise SweepError(f"{', '.join(found)} {are}, which gdbench does not write through; remove what is a link")


def _links(folder: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield entry.name
            elif entry.is_dir(follow_symlinks=False):
                with opened_folder(Path(entry.name), folder) as below:
                    yield from (f"{entry.name}/{name}" for name in _links(below))
