"""Before the first training: published data is brought to this machine, and a user's code is tried."""

import os
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Facts
from gdbench.errors import DataError, PluginError, RequestError
from gdbench.execution.pool import start_method
from gdbench.execution.quiet import quiet_stderr
from gdbench.experiment.settings.checks import check_data
from gdbench.experiment.settings.resolved import PluginUse
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.records import Run

Answer = tuple[str | None, Facts | None]


def prepare(runs: Sequence[Run], plugins: Sequence[PluginUse], say: Callable[[str], None]) -> None:
    """Make ready what runs need beyond the program itself; nothing has been written yet.

    Raises:
        RequestError: data cannot be had.
        ConfigError: a user's code is not what it should be, or gives data that a run cannot be trained with.
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
    answers = _answers([plugin.component for plugin in plugins])
    mistakes = Mistakes()
    for plugin, (error, facts) in zip(plugins, answers, strict=True):
        if error is not None:
            mistakes.state(plugin.place, plugin.path, error)
        elif facts is not None:
            fed = (run for run in runs if run.dataset == plugin.component)
            for path, rule, received in (mistake for run in fed for mistake in check_data(settings_of(run), facts)):
                mistakes.add(plugin.place, path, rule, received)
    mistakes.raise_if_any()


def _answers(components: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Try components in a process of its own, one after the other: what fails there costs nothing here."""
    connection, theirs = start_method().Pipe()
    process = start_method().Process(target=_answer, args=(theirs, list(components)), daemon=True)
    with quiet_stderr():
        process.start()
    theirs.close()
    answers: list[Answer] = []
    try:
        while len(answers) < len(components):
            answers.append(connection.recv())
    except EOFError:
        process.join()
        name = components[len(answers)]["name"]
        ended = (f"{name}: it ended the process that tried it, with code {process.exitcode}", None)
        answers += [ended, *[(None, None)] * (len(components) - len(answers) - 1)]
    finally:
        process.kill()
        process.join()
        connection.close()
    return answers


def _answer(connection: Connection, components: Sequence[Mapping[str, Any]]) -> None:
    """Send for each component what is wrong with it and what is known of it; what its code prints is dropped."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    from gdbench.training.probes import probe

    for component in components:
        try:
            connection.send((None, probe(component)))
        except PluginError as error:
            connection.send((str(error), None))
