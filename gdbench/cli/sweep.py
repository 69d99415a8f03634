"""gdbench sweep: trains the runs of a configuration that the ledger lacks."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import (
    Config,
    Fresh,
    MemoryLimit,
    NoCache,
    OrderOption,
    Quiet,
    ResultsOption,
    RetryFailed,
    Seeds,
    Set,
    Timeout,
    Trust,
    Workers,
    say,
)
from gdbench.cli.plan import print_plan
from gdbench.cli.results_folder import planned
from gdbench.errors import RequestError

# More are likely a mistake in a grid.
MAX_RUNS = 10_000

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and train nothing.")]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Train only part I of N, into its own ledger in the same folder; join the parts with gdbench merge.",
        show_default=False,
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Train on the workers of the Dask scheduler at tcp://HOST:PORT, or on N local workers with local:N.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=f"Allow more than {MAX_RUNS:,} runs.")]


def sweep(
    config: Config,
    results: ResultsOption = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    workers: Workers = None,
    timeout: Timeout = None,
    memory_limit: MemoryLimit = None,
    dry_run: DryRun = False,
    fresh: Fresh = False,
    retry_failed: RetryFailed = False,
    trust: Trust = False,
    yes: Yes = False,
    quiet: Quiet = False,
    no_cache: NoCache = False,
    order: OrderOption = "seeds",
    shard: ShardOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Train what is missing, then print and write the tables.

    \b
    gdbench sweep quickstart
    gdbench sweep optimizers --seeds 5 --set training.epochs=10

    Ctrl-C keeps all finished runs; run the same command again, without --fresh, to continue. Exit code 1 if runs
    failed.
    """  # noqa: D301
    from gdbench.cli.run_sweep import checked_shard, report_unequal, run_sweep
    from gdbench.comparison.names import one_of
    from gdbench.execution.local.start_ahead import start_ahead
    from gdbench.execution.orders import ORDERS

    # Before workers are started ahead of the plan.
    chosen_order = one_of("--order", order, ORDERS)
    part = checked_shard(shard, cluster, workers, fresh=fresh)
    if cluster is None and not dry_run:
        start_ahead()

    # Only now: importing these takes half a second, in which the process that forks workers imports keras.
    from gdbench.comparison.results import Results
    from gdbench.comparison.stages_due import due_runs
    from gdbench.display.sweep_summary import conclude, conclude_shard
    from gdbench.execution.shard_agenda import ShardAgenda
    from gdbench.execution.sweep import SweepOptions
    from gdbench.experiment.shard import runs_of
    from gdbench.ledger import read

    plan, folder = planned(config, results, set_, seeds)
    if dry_run:
        print_plan(plan, folder, retry_failed=retry_failed, as_json=False, workers=workers)
        if part:
            say(ShardAgenda(plan, read(folder), due_runs, part, retry_failed=retry_failed).counts)
        return
    if len(plan.runs) > MAX_RUNS and not yes:
        raise RequestError(f"{config}: {len(plan.runs):,} runs; to train more than {MAX_RUNS:,}, add --yes")
    options = SweepOptions(
        workers, timeout, memory_limit, fresh, retry_failed, trust, quiet, chosen_order, part, not no_cache, cluster
    )
    result = run_sweep(plan, folder, options)
    all_results = Results(plan.experiment, result.records)
    if part:
        failed = conclude_shard(all_results, runs_of(plan, part), part, folder, say)
    else:
        failed = conclude(all_results, folder, say)
    if report_unequal(result) or failed:
        raise typer.Exit(1)
