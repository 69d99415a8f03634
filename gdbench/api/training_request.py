"""A sweep that is asked for from Python."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from os import PathLike

from gdbench.api.argument_names import arguments_named
from gdbench.api.experiment_results import ExperimentResults
from gdbench.api.requests import Source, at_least, plan_and_folder
from gdbench.cli.run_sweep import checked_shard, report_unequal, run_sweep
from gdbench.cli.sweep import MAX_RUNS
from gdbench.comparison.names import one_of
from gdbench.comparison.results import Results
from gdbench.display.live_progress.notebook_progress import in_notebook, notebook_watch
from gdbench.display.live_progress.progress import silent
from gdbench.display.live_progress.progress import watch as show
from gdbench.display.messages import tell
from gdbench.display.sweep_summary import conclude_shard, report_failures, write_tables
from gdbench.errors import RequestError
from gdbench.execution.activity import Activity
from gdbench.execution.orders import ORDERS
from gdbench.execution.sweep import SweepOptions, Watch
from gdbench.experiment.experiment import Experiment
from gdbench.experiment.shard import runs_of

# Options without a value.
_FLAGS = {name: f"{name.replace('-', '_')}=True" for name in ("fresh", "retry-failed", "trust", "yes")}


@arguments_named(_FLAGS)
def train(
    source: Source,
    results: str | PathLike[str],
    settings: Mapping[str, object] | None,
    seeds: int | None,
    options: SweepOptions,
    *,
    order: str,
    shard: str | None,
    yes: bool,
) -> ExperimentResults:
    """Train what is missing, write the tables and return the results; `yes` allows more than 10,000 runs.

    Raises:
        RequestError: an argument is wrong, or the user's own code may not run.
        ConfigError: the configuration has mistakes.
        InterruptionError: Ctrl-C.
        SweepError: the sweep could not be carried out.
    """
    part = checked_shard(_text(shard), _text(options.cluster), options.workers, fresh=options.fresh)
    options = replace(options, shard=part, order=one_of("--order", str(order), ORDERS))
    at_least("workers", options.workers, 1)
    at_least("timeout", options.timeout, 0.001)
    at_least("memory_limit", options.memory_limit, 0.001)
    plan, folder = plan_and_folder(source, results, settings, seeds)
    if len(plan.runs) > MAX_RUNS and not yes:
        raise RequestError(f"sweep: expected at most {MAX_RUNS:,} runs without yes=True; got {len(plan.runs):,}")
    say = _nothing if options.quiet else tell
    activity = Activity()
    watch = _watch(plan.experiment, activity, quiet=options.quiet)
    result = run_sweep(plan, folder, options, watch=watch, activity=activity, say=say)
    measured = Results(plan.experiment, result.records)
    if options.shard:
        conclude_shard(measured, runs_of(plan, options.shard), options.shard, folder, say)
    else:
        write_tables(measured, folder, _nothing)
        report_failures(measured, folder, say)
    report_unequal(result, say)
    return ExperimentResults(measured, folder, plan.runs)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _watch(experiment: Experiment, activity: Activity, *, quiet: bool) -> Watch:
    """Return what shows the progress: a bar in a notebook or at a terminal, nothing elsewhere."""
    import sys

    if quiet:
        return silent
    if in_notebook():
        return partial(notebook_watch, experiment, activity=activity)
    return partial(show, experiment, activity=activity) if sys.stderr.isatty() else silent


def _nothing(_text: str) -> None:
    """Say nothing."""
