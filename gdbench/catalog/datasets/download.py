"""Brings published files to this machine: each checked against its publisher's sum, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gdbench.errors import DataError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file: its name, the MD5 that its publisher gives, and roughly its size in MB."""

    name: str
    md5: str
    megabytes: int


def cache(dataset: str) -> Path:
    """Return the folder in which a dataset's files are kept, whether it is there or not."""
    import platformdirs

    return Path(platformdirs.user_cache_path("gdbench")) / dataset


def download(dataset: str, address: str, files: tuple[Remote, ...], say: Say) -> None:
    """Bring the files to the cache that are not in it, under a name of their own until their sums are checked.

    Raises:
        DataError: there is no network, or what came is not what was published.
    """
    import pooch

    folder = cache(dataset)
    for file in files:
        remedy = f"or put it into {folder} yourself"
        # pooch tells by a log what it does; here it is said in one line.
        pooch.get_logger().setLevel("ERROR")
        try:
            if not (folder / file.name).is_file():
                say(f"{dataset}: downloading {address}{file.name}, some {file.megabytes} MB")
            pooch.retrieve(f"{address}{file.name}", f"md5:{file.md5}", fname=file.name, path=folder, progressbar=_Bar())
        except ValueError:
            raise DataError(f"{dataset}: {address}{file.name} is not the file that was published; {remedy}") from None
        except OSError as error:
            where = f"{address}{file.name} cannot be downloaded: {_reason(error)}"
            raise DataError(f"{dataset}: not on this machine, and {where}; connect, {remedy}") from None


def _reason(error: OSError) -> str:
    """Return why a download has failed; what requests raises is an OSError, too, whose text is a chain of objects."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code}"
    return (error.strerror or "").lower() or "no answer from there"


class _Bar:
    """A progress bar in the form that pooch takes, shown in terminals alone."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

        console = Console(stderr=True)
        columns = BarColumn(), DownloadColumn(), TimeRemainingColumn()
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("")
        self.total = 0

    def update(self, received: int) -> None:
        self._progress.start()
        self._progress.update(self._task, total=self.total, advance=received)

    def reset(self) -> None:
        self._progress.reset(self._task)

    def close(self) -> None:
        self._progress.stop()
