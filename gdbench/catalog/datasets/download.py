"""Downloads published files, each verified against the checksum of its publisher, complete or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gdbench.errors import DataError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file: its name, its MD5 as published, and its approximate size in MB."""

    name: str
    md5: str
    megabytes: int


def cache(dataset: str) -> Path:
    """Return the folder for a dataset's files, which need not exist."""
    import platformdirs

    return Path(platformdirs.user_cache_path("gdbench")) / dataset


def download(dataset: str, address: str, files: tuple[Remote, ...], say: Say) -> None:
    """Download the files that are not in the cache yet; each has a temporary name until its checksum is verified.

    Raises:
        DataError: the network fails, or a file is not the published one.
    """
    # Slow to import, and needed for downloads only.
    import pooch

    folder = cache(dataset)
    # Without a home, it would be a folder named `~` in the current one.
    if not folder.is_absolute():
        raise DataError(f"{dataset}: expected a folder for downloads; got no home: set HOME or XDG_CACHE_HOME")
    for file in files:
        remedy = f"or put it into {folder} yourself"
        # pooch logs each of its steps; one line per file is enough.
        pooch.get_logger().setLevel("ERROR")
        try:
            if not (folder / file.name).is_file():
                say(f"{dataset}: downloading {address}{file.name}, about {file.megabytes} MB")
            pooch.retrieve(f"{address}{file.name}", f"md5:{file.md5}", fname=file.name, path=folder, progressbar=_Bar())
        except ValueError:
            rule = f"the published file at {address}{file.name}"
            raise DataError(f"{dataset}: expected {rule}; got another checksum: try again, {remedy}") from None
        except OSError as error:
            rule = f"a download of {address}{file.name}"
            raise DataError(f"{dataset}: expected {rule}; got {_reason(error)}: connect, {remedy}") from None


def _reason(error: OSError) -> str:
    """Return why a download failed; the errors of requests are OSErrors whose own text is unreadable."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"status {response.status_code} from the server"
    return (error.strerror or "").lower() or "no answer"


class _Bar:
    """A progress bar with the interface that pooch expects, shown in terminals only."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

        # Standard output is for results.
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
