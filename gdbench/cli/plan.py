"""gdbench plan: what a configuration would train."""

from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.cli.options import Config, Json, ResultsOption, Seeds, Set, Workers
from gdbench.cli.results_folder import planned

if TYPE_CHECKING:
    from gdbench.experiment.experiment import Plan


def plan(
    config: Config,
    results: ResultsOption = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Show what a file would train, and about how long it takes.

    \b
    gdbench plan optimizers
    gdbench plan optimizers --set training.epochs=10 --json
    """  # noqa: D301
    loaded, folder = planned(config, results, set_, seeds)
    print_plan(loaded, folder, retry_failed=False, as_json=as_json, workers=workers)


def print_plan(plan: "Plan", folder: Path, *, retry_failed: bool, as_json: bool, workers: int | None = None) -> None:
    """Print a plan beside what its results folder already has."""
    from gdbench.comparison.stages_due import due_runs
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.plan_sheet import PlanPrintout
    from gdbench.execution.agenda import Agenda
    from gdbench.ledger import read

    records = read(folder)
    agenda = Agenda(plan, records, due_runs, retry_failed=retry_failed)
    print_as("json" if as_json else "terminal", PlanPrintout(plan, records, agenda, workers))
