"""The configurations that come with gdbench, found by name."""

from pathlib import Path

from gdbench.errors import RequestError
from gdbench.text import suggestion

_PACKAGE = Path(__file__).parents[1]


def folder() -> Path:
    """Return `configs/`: inside the installed package, or beside it in a clone."""
    installed = _PACKAGE / "configs"
    return installed if installed.is_dir() else _PACKAGE.parent / "configs"


def published() -> list[Path]:
    """Return the published comparisons that come with gdbench, by name."""
    return sorted((folder() / "published").glob("*.yaml"))


def find(config: Path) -> Path:
    """Return the configuration that a path or a name stands for; a file of that path goes before a name.

    Raises:
        RequestError: a name that no configuration has.
    """
    if config.suffix or len(config.parts) > 1 or config.exists():
        return config
    named = {path.stem: path for path in (*published(), *sorted(folder().glob("*.yaml")))}
    if config.name not in named:
        hint = suggestion(config.name, named) or f"; there are: {', '.join(sorted(named))}"
        raise RequestError(f"{config}: no such file, and no configuration of that name{hint}")
    return named[config.name]
