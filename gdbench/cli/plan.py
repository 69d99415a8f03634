"""gdbench plan: what a configuration would train."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gdbench.cli.options import Config, Json, Results, Seeds, Set

if TYPE_CHECKING:
    from gdbench.experiment.experiment import Plan


def plan(
    config: Config,
    results: Results = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    as_json: Json = False,
) -> None:
    """Print the points and runs that a file means, and how long they are likely to take.

    gdbench plan configs/optimizers.yaml --json
    """
    from gdbench.experiment.library import find
    from gdbench.experiment.plan import load_plan

    loaded = load_plan(find(config), set_, seeds)
    print_plan(loaded, results / loaded.experiment.name, False, as_json)


def print_plan(plan: "Plan", folder: Path, retry_failed: bool, as_json: bool) -> None:
    """Print a plan beside what its results folder already holds."""
    import json

    from gdbench.display.plan import describe, text
    from gdbench.ledger import missing, read

    records = read(folder)
    described = describe(plan, records, missing(plan.runs, records, retry_failed, plan.exclusive_runs))
    typer.echo(json.dumps(described, indent=2) if as_json else text(described), nl=as_json)
