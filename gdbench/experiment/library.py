"""The configurations that ship with gdbench, found by name."""

from collections.abc import Iterable
from pathlib import Path

from gdbench.errors import RequestError, UnknownNameError
from gdbench.text import suggestion

_PACKAGE = Path(__file__).parents[1]


def folder() -> Path:
    """Return `configs/`: inside the installed package, or beside the package in a clone."""
    installed = _PACKAGE / "configs"
    return installed if installed.is_dir() else _PACKAGE.parent / "configs"


def published() -> list[Path]:
    """Return the published comparisons that ship with gdbench, sorted by name."""
    return sorted((folder() / "published").glob("*.yaml"))


def configurations() -> dict[str, Path]:
    """Return every configuration that ships with gdbench by its name."""
    # The examples come last, so that they win where a published comparison has the same name.
    return {path.stem: path for path in (*published(), *sorted(folder().glob("*.yaml")))}


def find(config: Path, others: Iterable[str] = ()) -> Path:
    """Return the configuration that a path or a name stands for; an existing file takes precedence over a name.

    `others` are further names that the caller would have taken, to be suggested with those of configurations.

    Raises:
        UnknownNameError: no configuration has this name.
        RequestError: it is no name at all.
    """
    try:
        if config.suffix or len(config.parts) > 1 or config.exists():
            return config
    except OSError as error:
        # Such as a name that is too long.
        raise RequestError(f"{config}: cannot be read: {error.strerror}") from None
    named = configurations()
    if config.name not in named:
        hint = suggestion(config.name, sorted({*named, *others}))
        raise UnknownNameError(f"{config}: no such file, and no configuration of that name{hint}")
    return named[config.name]
