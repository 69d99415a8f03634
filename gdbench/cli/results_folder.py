"""The results folder that an argument of a command means."""

from pathlib import Path

from gdbench.errors import RequestError


def results_folder(source: Path, results: Path) -> Path:
    """Return the results folder that a folder or configuration means.

    Raises:
        RequestError: the path cannot be read, or the folder has the results of another configuration.
        ConfigError: the configuration has mistakes.
    """
    # A name that is too long raises here.
    try:
        is_file = source.is_file()
    except OSError as error:
        raise RequestError(f"{source}: cannot be read: {error.strerror}") from None
    if is_file:
        from gdbench.experiment.plan import load_plan
        from gdbench.experiment.stored import refuse_other_config

        plan = load_plan(source)
        folder = results / plan.experiment.name
        refuse_other_config(plan, folder)
        return folder
    return source
