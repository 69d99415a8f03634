"""Writing files whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gdbench.errors import SweepError
from gdbench.filesystem.no_follow import opened_folder, refuse_link


def write_whole(path: Path, content: str | bytes, like: os.stat_result | None = None) -> Path:
    """Write a file, replacing the old one in one step, with the mode and owner of another, and return its path.

    Raises:
        SweepError: the file cannot be written.
    """
    with _reported(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened_folder(path.parent) as folder:
            _replace(path.name, folder, _encoded(content), like)
    return path


def write_inside(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a results folder, such as `tables/x.csv`, in one step; no link in the folder is followed.

    Raises:
        SweepError: the file cannot be written, or it or its subfolder is a link.
    """
    path = folder / name
    *subfolders, file = Path(name).parts
    with _reported(path), ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, place = stack.enter_context(opened_folder(folder)), folder
        for subfolder in subfolders:
            place /= subfolder
            with suppress(FileExistsError):
                os.mkdir(subfolder, dir_fd=descriptor)
            descriptor = stack.enter_context(opened_folder(place, descriptor))
        refuse_link(path, descriptor)
        _replace(file, descriptor, _encoded(content))
    return path


def write_new(path: Path, content: str | bytes) -> Path:
    """Write a file that is not there yet, not through a link either, and return its path.

    Raises:
        SweepError: there is something of that name, or the file cannot be written.
    """
    with _reported(path), opened_folder(path.parent) as folder:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(path.name, flags, 0o666, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_encoded(content))
        except BaseException:
            # No half of a file stays.
            with suppress(OSError):
                os.unlink(path.name, dir_fd=folder)
            raise
    return path


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _replace(name: str, folder: int, content: bytes, like: os.stat_result | None = None) -> None:
    """Write a file under a name that nobody can foresee, on the disk when this returns, and rename it."""
    # In the same folder, since a file system can rename only within itself. The length of a name is limited.
    unfinished = f".{name[:200]}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    # Nobody may read in the meantime what the old mode keeps from them.
    descriptor = os.open(unfinished, flags, 0o666 if like is None else 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if like is not None:
                # Only the administrator can give a file away.
                with suppress(PermissionError):
                    os.fchown(descriptor, like.st_uid, like.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)
        raise


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SweepError(f"{path}: cannot write: {error.strerror}") from error
