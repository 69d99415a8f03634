"""What a call from Python asks for: results to load, or a plan of a file, a name, a folder or a dictionary."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from gdbench.api.experiment_plan import ExperimentPlan
from gdbench.api.experiment_results import ExperimentResults
from gdbench.cli.results_folder import configuration, folder_of, folder_with_results
from gdbench.comparison.results import Results
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Plan
from gdbench.experiment.plan import plan_settings
from gdbench.ledger import read
from gdbench.text import spelled

# What a person may pass for a configuration.
Source = str | PathLike[str] | Mapping[str, object]


def loaded(source: str | PathLike[str], results: str | PathLike[str]) -> ExperimentResults:
    """Return the results of a folder, a configuration or a name.

    Raises:
        RequestError: there are no such results, or they are those of another configuration.
        ConfigError: the configuration has mistakes.
        LedgerError: the ledger is damaged.
    """
    if not isinstance(source, str | PathLike):
        got = "a mapping, which only sweep takes" if isinstance(source, Mapping) else spelled(source)
        raise RequestError(f"load: expected a results folder, a file or a name; got {got}")
    folder = folder_with_results(Path(source), Path(results))
    return ExperimentResults(Results.load(folder), folder)


def planned_for(
    source: Source, results: str | PathLike[str], settings: Mapping[str, object] | None, seeds: int | None
) -> ExperimentPlan:
    """Return a plan beside what its results folder has."""
    plan, folder = plan_and_folder(source, results, settings, seeds)
    return ExperimentPlan(plan, folder, read(folder))


def plan_and_folder(
    source: Source, results: str | PathLike[str], settings: Mapping[str, object] | None, seeds: int | None
) -> tuple[Plan, Path]:
    """Return a plan with changed settings, and its results folder.

    Raises:
        RequestError: there is no such configuration, or no seed.
        ConfigError: it has mistakes.
    """
    at_least("seeds", seeds, 1)
    if settings is not None and not isinstance(settings, Mapping):
        raise RequestError(f"set: expected values by path, such as {{'training.epochs': 10}}; got {spelled(settings)}")
    if not isinstance(source, str | PathLike | Mapping):
        raise RequestError(f"expected a file, a name, a results folder or a mapping; got {spelled(source)}")
    if isinstance(source, Mapping):
        plan = plan_settings(source, settings or {}, seeds)
        return plan, Path(results) / plan.experiment.name
    config, named = configuration(Path(source), Path(results))
    plan = plan_settings(config, settings or {}, seeds)
    return plan, folder_of(plan, named, Path(results))


def at_least(argument: str, value: float | None, least: float) -> None:
    """Refuse an argument below a number.

    Raises:
        RequestError: it is below, or no number.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= least:
        raise RequestError(f"{argument}: expected a number of at least {least:g}; got {value!r}")
