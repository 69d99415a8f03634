"""What sweep and reproduce share: training the runs of a plan that its folder lacks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.cli.options import say
from gdbench.errors import InterruptionError, RequestError

if TYPE_CHECKING:
    from gdbench.execution.activity import Activity
    from gdbench.execution.executor import MakeExecutor
    from gdbench.execution.sweep import SweepOptions, SweepResult, Watch
    from gdbench.experiment.experiment import Plan
    from gdbench.experiment.shard import Shard
    from gdbench.records import Record, Run

    # Called with the records of the ledger and the runs to be trained, before the first training.
    Announce = Callable[[Mapping[str, Record], Sequence[Run]], None]


def checked_shard(shard: str | None, cluster: str | None, workers: int | None, *, fresh: bool) -> "Shard | None":
    """Check the options that say where a sweep trains, and return the shard that they ask for, if any.

    Raises:
        RequestError: one of them is malformed, or two of them exclude each other.
    """
    # Imported only if needed: a sweep without them is to start its workers at once.
    if cluster is None and shard is None:
        return None
    from gdbench.execution.cluster.scheduler import check_address
    from gdbench.experiment.shard import parse_shard

    part = parse_shard(shard) if shard is not None else None
    if part and fresh:
        raise RequestError("--fresh and --shard cannot be combined: the shards share one results folder")
    if cluster is None:
        return part
    for name, value in (("--workers", workers), ("--shard", shard)):
        if value is not None:
            raise RequestError(f"--cluster: expected a sweep without {name}; got both")
    check_address(cluster)
    return None


def run_sweep(
    plan: "Plan",
    folder: Path,
    options: "SweepOptions",
    announce: "Announce" = lambda _records, _todo: None,
    *,
    watch: "Watch | None" = None,
    activity: "Activity | None" = None,
    say: Callable[[str], None] = say,
) -> "SweepResult":
    """Train what is missing, once the user has agreed to run code of their own.

    `watch` shows the progress, by default as the options ask; `activity` is what it reads; `say` gets single lines.

    Raises:
        RequestError: the user's own code may not run.
        InterruptionError: Ctrl-C.
        SweepError: the sweep could not be carried out.
    """
    from gdbench.cli.trust import ask_for_trust
    from gdbench.comparison.stages_due import due_runs
    from gdbench.display.live_progress import progress
    from gdbench.execution.activity import Activity
    from gdbench.execution.preparation import prepare
    from gdbench.execution.sweep import sweep

    def prepare_all(records: "Mapping[str, Record]", todo: "Sequence[Run]") -> None:
        announce(records, todo)
        if todo and options.shard is None:
            # The tables need it at the end. Until workers can be started, nothing waits for this process.
            import pandas  # noqa: F401
        prepare(todo, plan.plugins, say)

    activity = activity or Activity()
    executor = _executor(options, activity, say)
    by_default = progress.silent if options.quiet else partial(progress.watch, plan.experiment, activity=activity)
    ask_for_trust(plan.plugins, options.trust)
    try:
        return sweep(
            plan,
            folder,
            options,
            executor=executor,
            watch=watch or by_default,
            say=say,
            prepare=prepare_all,
            find_due_runs=due_runs,
        )
    except KeyboardInterrupt:
        again = "the same command again without --fresh" if options.fresh else "the same command again"
        raise InterruptionError(f"interrupted; finished runs are kept; run {again} to continue") from None


def _executor(options: "SweepOptions", activity: "Activity", say: Callable[[str], None]) -> "MakeExecutor":
    """Return what makes the workers of a sweep: on this machine, or those of a cluster."""
    from gdbench.execution.local.worker import make_trainer

    timeout, memory_limit = options.timeout, options.memory_limit
    if options.cluster is None:
        from gdbench.execution.local.pool import Pool
        from gdbench.program_cache.cached_programs import with_programs

        make = with_programs(make_trainer) if options.cache else make_trainer
        return partial(Pool, make=make, timeout=timeout, memory_limit=memory_limit, activity=activity)
    from gdbench.execution.cluster.dask_executor import DaskExecutor

    return partial(
        DaskExecutor,
        make=make_trainer,
        address=options.cluster,
        timeout=timeout,
        memory_limit=memory_limit,
        activity=activity,
        cache=options.cache,
        say=say,
    )


def report_unequal(result: "SweepResult", say: Callable[[str], None] = say) -> bool:
    """Report each run that gave other numbers when trained again, alone; return whether there is one."""
    for run in result.unequal:
        say(f"{run}: trained again, alone, it gave other numbers; both records are in the ledger")
    return bool(result.unequal)
