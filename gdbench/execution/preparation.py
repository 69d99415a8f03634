"""What happens before the first training: published data is downloaded, and user code is tried."""

import os
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import NamedTuple

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Facts
from gdbench.errors import DataError, PluginError, RequestError
from gdbench.execution.local.parent_death import end_with_sweep
from gdbench.execution.local.preloading import start_method
from gdbench.execution.local.quiet import quiet_stderr
from gdbench.execution.local.start import start
from gdbench.experiment.settings.checks import check_data
from gdbench.experiment.settings.resolved import PluginUse
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.interpreter.garbage_collection import keep_imported
from gdbench.records import Run, Settings

# A component that names a plug-in, and runs that use it.
Task = tuple[Settings, Sequence[Run]]
# A grid may vary the dataset in every point.
TRIED_DATASETS = 16


class Trial(NamedTuple):
    """What trying a plug-in gave: the error if it failed, and the facts of a dataset."""

    error: str | None = None
    facts: Facts | None = None


def prepare(runs: Sequence[Run], plugins: Sequence[PluginUse], say: Callable[[str], None]) -> None:
    """Provide all that runs need beside the program; nothing is written to the results.

    Raises:
        RequestError: data cannot be downloaded.
        ConfigError: user code fails its trial, or makes data that a run cannot be trained on.
    """
    datasets = {repr(run.dataset): run.dataset for run in runs}
    for dataset in datasets.values():
        try:
            DATASETS.fetch(dataset, say)
        except DataError as error:
            raise RequestError(str(error)) from None
    if runs and plugins:
        _try(runs, plugins)


def _try(runs: Sequence[Run], plugins: Sequence[PluginUse]) -> None:
    # Datasets first: what they are decides what the others are tried on.
    ordered = sorted(plugins, key=lambda plugin: plugin.component["code"]["family"] != DATASETS.noun)
    trials = _trials([(plugin.component, _examples(plugin, runs)) for plugin in ordered])
    mistakes = Mistakes()
    for plugin, trial in zip(ordered, trials, strict=True):
        if trial.error is not None:
            mistakes.state(plugin.place, plugin.path, trial.error)
        elif trial.facts is not None:
            # The plan could not check the sizes of this dataset; now they are known.
            users = (run for run in runs if run.dataset == plugin.component)
            broken_rules = (broken for run in users for broken in check_data(settings_of(run), trial.facts))
            for path, rule, received in broken_rules:
                mistakes.add(plugin.place, path, rule, received)
    mistakes.raise_if_any()


def _examples(plugin: PluginUse, runs: Sequence[Run]) -> list[Run]:
    """Return a run for each of the first datasets that a plug-in is used with."""
    section = plugin.path.partition(".")[0]
    uses: dict[int, bool] = {}
    found: dict[int, Run] = {}
    for run in runs:
        # Runs share the sections of a plan, which are compared once.
        values = run.settings[section]
        if id(values) not in uses:
            uses[id(values)] = _has(values, plugin.component)
        if uses[id(values)]:
            found.setdefault(id(run.dataset), run)
        if len(found) == TRIED_DATASETS:
            break
    return list(found.values())


def _has(values: object, component: Settings) -> bool:
    """Whether settings are a component, or contain it."""
    if isinstance(values, Mapping):
        return values == component or any(_has(value, component) for value in values.values())
    return isinstance(values, list) and any(_has(value, component) for value in values)


def _trials(tasks: Sequence[Task]) -> list[Trial]:
    """Try components one after the other in a separate process, so that a crash is reported as theirs."""
    context = start_method()
    connection, remote = context.Pipe()
    process = context.Process(target=_answer, args=(remote, list(tasks)), daemon=True)
    with quiet_stderr():
        start(process, forks=isinstance(context, ForkServerContext))
    # Only the child holds the remote end now, so that its death ends the connection.
    remote.close()
    trials: list[Trial] = []
    try:
        while len(trials) < len(tasks):
            trials.append(Trial(*connection.recv()))
    except EOFError:
        process.join()
        name = tasks[len(trials)][0]["name"]
        trials.append(Trial(f"{name}: expected code that keeps its process running; got exit code {process.exitcode}"))
        trials += [Trial()] * (len(tasks) - len(trials))
    finally:
        process.kill()
        process.join()
        connection.close()
    return trials


def _answer(connection: Connection, tasks: Sequence[Task]) -> None:
    """Send the error and the facts of each component; what its code prints is dropped."""
    end_with_sweep()
    keep_imported()
    with Path(os.devnull).open("wb") as nowhere:
        # Libraries in C write to the descriptors, past sys.stdout.
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    from gdbench.training.probes import probe

    files = {component["code"]["file"] for component, _runs in tasks}
    for component, runs in tasks:
        try:
            connection.send((None, probe(component, runs, files)))
        except PluginError as error:
            connection.send((str(error), None))
