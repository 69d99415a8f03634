"""The commands that start from a configuration: sweep and plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import Config, Json, Quiet, Results, RetryFailed, Seeds, Set, Timeout, Trust, Workers, say
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.experiment.model import Plan

MOST_RUNS = 10_000

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and train nothing.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start anew; the old folder is renamed, never deleted.")]
Yes = Annotated[bool, typer.Option("--yes", help=f"Allow more than {MOST_RUNS:,} runs.")]


def sweep(
    config: Config,
    results: Results = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    workers: Workers = None,
    timeout: Timeout = None,
    dry_run: DryRun = False,
    fresh: Fresh = False,
    retry_failed: RetryFailed = False,
    trust: Trust = False,
    yes: Yes = False,
    quiet: Quiet = False,
) -> None:
    """Train what is missing, then print and write the tables.

    gdbench sweep configs/optimizers.yaml --seeds 5 --set training.epochs=10

    Ctrl-C keeps what is finished; the same command goes on from there. Exit code 1 if runs failed.
    """
    from gdbench.cli.training import name_unequal, train
    from gdbench.display.conclusion import conclude
    from gdbench.experiment.library import find
    from gdbench.experiment.plan import load_plan

    plan = load_plan(find(config), set_, seeds)
    folder = results / plan.experiment.name
    if dry_run:
        _print_plan(plan, folder, retry_failed, as_json=False)
        return
    if len(plan.runs) > MOST_RUNS and not yes:
        raise RequestError(f"{config}: {len(plan.runs):,} runs; more than {MOST_RUNS:,} are trained only with --yes")
    swept = train(
        plan,
        folder,
        workers=workers,
        timeout=timeout,
        fresh=fresh,
        retry_failed=retry_failed,
        trust=trust,
        quiet=quiet,
    )
    failed = conclude(plan.experiment, swept.records, folder, say)
    if name_unequal(swept) or failed:
        raise typer.Exit(1)


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
    _print_plan(loaded, results / loaded.experiment.name, False, as_json)


def _print_plan(plan: "Plan", folder: Path, retry_failed: bool, as_json: bool) -> None:
    import json

    from gdbench.display.plan import describe, text
    from gdbench.ledger import missing, read

    records = read(folder)
    described = describe(plan, records, missing(plan.runs, records, retry_failed, plan.alone))
    typer.echo(json.dumps(described, indent=2) if as_json else text(described), nl=as_json)
