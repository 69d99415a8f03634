"""gdbench export: finished runs for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import ResultsOption, Source, say
from gdbench.cli.results_folder import folder_with_results
from gdbench.errors import RequestError


def export(
    source: Source,
    to: Annotated[str, typer.Option("--to", metavar="TOOL", help="tensorboard or mlflow.")],
    results: ResultsOption = Path("results"),
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="By default a folder of that name in the results folder.")
    ] = None,
) -> None:
    """Write finished runs for TensorBoard or MLflow.

    \b
    gdbench export quickstart --to tensorboard
    gdbench export results/quickstart --to mlflow --out store

    Both receive settings, every metric by update, and where a run was trained. Install them with pip install
    'gdbench[export]'.
    """  # noqa: D301
    from gdbench.comparison.names import one_of
    from gdbench.comparison.results import Results
    from gdbench.display.exports import TOOLS
    from gdbench.display.exports.exported_run import exported_runs
    from gdbench.experiment.stored_experiment import sweep_command
    from gdbench.text import counted

    one_of("--to", to, TOOLS)
    folder = folder_with_results(source, results)
    loaded = Results.load(folder)
    runs = exported_runs(loaded)
    if not runs:
        raise RequestError(f"{folder}: no finished run yet; run {sweep_command(folder)} first")
    target = out or folder / to
    try:
        look = TOOLS[to](loaded.experiment.name, runs, target)
    except ModuleNotFoundError as error:
        raise RequestError(f"--to {to}: {error.name} is not installed: pip install 'gdbench[export]'") from None
    say(f"written: {counted(len(runs), 'run')} to {target}; next: {look}")
