"""The configurations that ship with gdbench, found by name."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gdbench.errors import RequestError, UnknownNameError
from gdbench.text import suggestion

_PACKAGE = Path(__file__).parents[1]
_SUFFIXES = (".yaml", ".yml")


def folder() -> Path:
    """Return `configs/`: inside the installed package, or beside the package in a clone."""
    installed = _PACKAGE / "configs"
    return installed if installed.is_dir() else _PACKAGE.parent / "configs"


def published() -> list[Path]:
    """Return the published comparisons that ship with gdbench, sorted by name."""
    return sorted((folder() / "published").glob("*.yaml"), key=lambda path: path.stem)


def configurations() -> dict[str, Path]:
    """Return every configuration that ships with gdbench by its name."""
    # The examples come last, so that they win where a published comparison has the same name.
    return {path.stem: path for path in (*published(), *sorted(folder().glob("*.yaml")))}


def find(config: Path, others: Iterable[str] = ()) -> Path:
    """Return the configuration that a path or a name stands for.

    An existing file comes first, then NAME.yaml in the current folder, then the configuration that ships with gdbench.
    `others` are further names that the caller would have taken, to be suggested with those of configurations.

    Raises:
        UnknownNameError: there is no such file, and no configuration of that name.
        RequestError: the name cannot be looked up.
    """
    named = configurations()
    try:
        if config.exists():
            return config
        # A broken link is a path as well: reading it says what is wrong.
        if config.is_symlink():
            return config
        if config.suffix or len(config.parts) > 1:
            raise UnknownNameError(f"{config}: no such file or folder", _near(config, named, others))
        for suffix in _SUFFIXES:
            if (local := config.with_name(config.name + suffix)).is_file():
                return local
    except OSError as error:
        # Such as a name that is too long.
        raise RequestError(f"{config}: cannot be read: {error.strerror}") from None
    if config.name not in named:
        hint = suggestion(config.name, sorted({*named, *others} - {config.name}))
        raise UnknownNameError(f"{config}: no such file, and no configuration of that name", hint)
    return named[config.name]


def _near(path: Path, named: Mapping[str, Path], others: Iterable[str]) -> str:
    """Suggest a file beside a path that does not exist, or else the name of a configuration or of results."""
    beside = sorted(str(file) for suffix in _SUFFIXES for file in path.parent.glob(f"*{suffix}"))
    # mine.yml for mine.yaml
    same = [file for file in beside if Path(file).stem == path.stem]
    if same:
        return f"; did you mean '{same[0]}'?"
    if path.stem in named:
        return f"; did you mean '{path.stem}', which comes with gdbench?"
    return suggestion(str(path), beside) or suggestion(path.stem, sorted({*named, *others}))
