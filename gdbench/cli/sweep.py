"""gdbench sweep: trains the runs of a configuration that the ledger lacks."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Config, Quiet, Results, RetryFailed, Seeds, Set, Timeout, Trust, Workers, say
from gdbench.cli.plan import print_plan
from gdbench.errors import RequestError

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
    from gdbench.cli.run_sweep import name_unequal, train
    from gdbench.display.sweep_summary import conclude
    from gdbench.experiment.library import find
    from gdbench.experiment.plan import load_plan

    plan = load_plan(find(config), set_, seeds)
    folder = results / plan.experiment.name
    if dry_run:
        print_plan(plan, folder, retry_failed, as_json=False)
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
