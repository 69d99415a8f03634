"""The results folder that an argument of a command means."""

from pathlib import Path

from gdbench.errors import RequestError


def results_folder(source: Path, results: Path) -> Path:
    """Return the results folder that a folder or configuration means.

    Raises:
        RequestError: the path cannot be read.
        ConfigError: the configuration has mistakes.
    """
    # A name that is too long raises here.
    try:
        is_file = source.is_file()
    except OSError as error:
        raise RequestError(f"{source}: cannot be read: {error.strerror}") from None
    if is_file:
        from gdbench.experiment.plan import load_plan

        return results / load_plan(source).experiment.name
    return source
