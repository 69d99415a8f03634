"""What the argument of a command stands for: a configuration's file, a results folder, or a name of either.

A path that exists comes first, then the folder of that name among the results, then NAME.yaml in the current folder,
then the configuration of that name that comes with gdbench.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.experiment.experiment import Plan


def folder_with_results(source: Path, results: Path) -> Path:
    """Return the results folder that a source stands for, as `results_folder` does, if a sweep has begun to fill it.

    Raises:
        RequestError: there are no results yet, nothing has the name, or the folder is another configuration's.
        ConfigError: the configuration has mistakes.
    """
    from gdbench.experiment.stored_experiment import no_results

    folder = results_folder(source, results)
    if not _has_results(folder):
        raise RequestError(no_results(folder, source if folder != source else None))
    return folder


def results_folder(source: Path, results: Path) -> Path:
    """Return the results folder that a folder, a configuration or a name stands for; `results` holds those of names.

    Raises:
        RequestError: nothing has the name, it cannot be read, or the folder has the results of another configuration.
        ConfigError: the configuration has mistakes.
    """
    from gdbench.experiment.plan import load_plan
    from gdbench.experiment.stored_experiment import refuse_other_config

    if _is_folder(source):
        return source
    if (named := _named_folder(source, results)) is not None:
        return named
    # A folder that is still to be made, as by a merge; others who read it say that it has no results yet.
    if len(source.parts) > 1 and not source.suffix and not _exists(source):
        return source
    plan = load_plan(_configuration(source, results))
    folder = results / plan.experiment.name
    refuse_other_config(plan, folder)
    _tell_if_changed(plan, folder)
    return folder


def _tell_if_changed(plan: "Plan", folder: Path) -> None:
    """Say that a configuration asks for something else than its results show, as after it was edited."""
    from gdbench.display.messages import tell
    from gdbench.experiment.stored_experiment import FILE, read_experiment

    if not (folder / FILE).exists():
        return
    stored = read_experiment(folder)
    # Tables name the settings that --set has replaced.
    if not stored.overrides and stored != plan.experiment:
        tell(
            f"{plan.path}: changed since its last sweep, which these results are from; gdbench sweep "
            f"{plan.path} brings them up to date"
        )


def planned(
    source: Path,
    results: Path,
    overrides: Sequence[str] = (),
    seeds: int | None = None,
    *,
    quick: bool = False,
) -> tuple["Plan", Path]:
    """Plan the configuration that a file, a name or a results folder stands for; return the plan and its folder.

    Raises:
        RequestError: nothing has the name, it cannot be read, or a folder does not know its configuration.
        ConfigError: the configuration has mistakes.
    """
    from gdbench.cli.options import say
    from gdbench.experiment.plan import load_plan

    config, folder = configuration(source, results)
    plan = load_plan(config, overrides, seeds, quick=quick)
    if _is_blank(config):
        say(f"{config}: no settings in this file, so gdbench uses its defaults: adam on mnist, 3 seeds")
    return plan, folder_of(plan, folder, results, quick=quick)


def configuration(source: Path, results: Path) -> tuple[Path, Path | None]:
    """Return the configuration that a source stands for, and the results folder by which it was found.

    Raises:
        RequestError: nothing has the name, it cannot be read, or a folder does not know its configuration.
    """
    from gdbench.experiment.stored_experiment import config_of

    if _is_folder(source):
        return _configuration_of(source), source
    folder = _named_folder(source, results)
    # Results that do not know their configuration leave their name to the configuration of that name.
    if folder is not None and (config := config_of(folder)) is not None and config.exists():
        return config, folder
    return _configuration(source, results), None


def folder_of(plan: "Plan", found: Path | None, results: Path, *, quick: bool = False) -> Path:
    """Return the results folder of a plan: the one by which it was `found`, or that of its name among the results.

    Raises:
        RequestError: it was found by a folder that is not that of its results.
    """
    from gdbench.experiment.quick_look import SUFFIX

    name = plan.experiment.name
    if found is None:
        return results / name
    # A folder such as `.` has no name as it is written.
    here = found if found.name not in ("", "..") else found.resolve()
    expected = name.removesuffix(SUFFIX) if quick else name
    if here.name not in (name, expected):
        raise RequestError(
            f"{found}: the results of {plan.path} belong in a folder named {expected}, but this one is named "
            f"'{here.name}', as if made by --fresh or --quick; give the YAML file instead"
        )
    return here.parent / name


def _configuration_of(folder: Path) -> Path:
    """Return the configuration that made a results folder."""
    from gdbench.experiment.stored_experiment import FILE, config_of, no_results

    if not (folder / FILE).exists():
        raise RequestError(no_results(folder))
    config = config_of(folder)
    if config is None:
        raise RequestError(f"{folder}: its {FILE} does not name the configuration; give the YAML file instead")
    if not config.exists():
        raise RequestError(f"{folder}: its configuration {config} no longer exists; give the YAML file instead")
    return config


def _configuration(source: Path, results: Path) -> Path:
    """Return the configuration of a path or name; an unknown name is compared with all names that would do."""
    from gdbench.experiment.shipped_configurations import find

    return find(source, others=[folder.name for folder in _folders(results)])


def _named_folder(source: Path, results: Path) -> Path | None:
    """Return the results folder of a name; None for a path and for a name without results."""
    if len(source.parts) != 1 or _exists(source):
        return None
    return results / source if _has_results(results / source) else None


def _folders(results: Path) -> list[Path]:
    try:
        return [folder for folder in sorted(results.iterdir()) if _has_results(folder)]
    except OSError:
        # Nothing was trained yet.
        return []


def _has_results(folder: Path) -> bool:
    from gdbench.experiment.stored_experiment import FILE

    return _exists(folder / FILE)


def _is_blank(config: Path) -> bool:
    """Whether a configuration that could be read has nothing but comments."""
    from gdbench.experiment.yaml.bounded_read import read_bounded

    lines = read_bounded(config).decode(errors="replace").splitlines()
    return not any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _is_folder(path: Path) -> bool:
    return _exists(path) and path.is_dir()


def _exists(path: Path) -> bool:
    """Whether there is something at a path.

    Raises:
        RequestError: the system cannot tell, as of a name that is too long.
    """
    try:
        return path.exists()
    except OSError as error:
        raise RequestError(f"{path}: cannot be read: {error.strerror}") from None
