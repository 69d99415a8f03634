"""gdbench reproduce: published figures and claims beside a re-run of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import (
    Format,
    Fresh,
    MemoryLimit,
    NoCache,
    Quiet,
    ResultsOption,
    RetryFailed,
    Timeout,
    Trust,
    Workers,
    say,
)
from gdbench.cli.results_folder import planned
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.comparison.results import Results
    from gdbench.execution.sweep import SweepOptions
    from gdbench.experiment.experiment import Plan

Names = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="CONFIG_OR_RESULTS",
        help="Configurations with published figures or claims; without any, those that come with gdbench are listed.",
    ),
]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick", help="A first look in minutes: 3 seeds, a tenth of the training, in a separate results folder."
    ),
]
MultiverseOption = Annotated[
    bool,
    typer.Option(
        "--multiverse",
        help="Train and judge every protocol in the file's `multiverse`, and say in how many each table holds.",
    ),
]


def reproduce(
    names: Names = None,
    results: ResultsOption = Path("results"),
    quick: Quick = False,
    multiverse: MultiverseOption = False,
    fresh: Fresh = False,
    format_: Format = "terminal",
    workers: Workers = None,
    timeout: Timeout = None,
    memory_limit: MemoryLimit = None,
    retry_failed: RetryFailed = False,
    trust: Trust = False,
    quiet: Quiet = False,
    no_cache: NoCache = False,
) -> None:
    """Re-run published comparisons and say which hold.

    \b
    gdbench reproduce                 the list, and the verdicts so far
    gdbench reproduce zeiler2012      published beside measured
    gdbench reproduce my-paper.yaml --quick
    gdbench reproduce article --multiverse

    Finished runs are not trained again. The tables and a README.md with the verdicts are written to the results
    folder. Exit code 0 whatever the verdict, 1 if runs failed.
    """  # noqa: D301
    from gdbench.execution.local.start_ahead import start_ahead

    if not names:
        _refuse_without_name(
            {
                "quick": quick,
                "multiverse": multiverse,
                "fresh": fresh,
                "workers": workers is not None,
                "timeout": timeout is not None,
                "memory-limit": memory_limit is not None,
                "retry-failed": retry_failed,
                "trust": trust,
                "quiet": quiet,
                "no-cache": no_cache,
            }
        )
        _print_overview(results, format_)
        return
    if quick and multiverse:
        raise RequestError("--multiverse: expected a run in full, since a quick look gives no verdicts; got --quick")
    start_ahead()

    # Only now: importing these takes half a second, in which the process that forks workers imports keras.
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.multiverse_printout import MultiversesPrintout
    from gdbench.display.sheets.verdict_printout import VerdictsPrintout
    from gdbench.execution.sweep import SweepOptions

    options = SweepOptions(workers, timeout, memory_limit, fresh, retry_failed, trust, quiet, cache=not no_cache)
    plans = _plans(names, results, quick=quick)
    if multiverse:
        plans = [(_with_universes(plan), folder) for plan, folder in plans]
    reruns = [_rerun(plan, folder, options) for plan, folder in plans]
    measured = [each for each, _ok in reruns]
    print_as(format_, MultiversesPrintout(measured) if multiverse else VerdictsPrintout(measured))
    if not all(ok for _each, ok in reruns):
        raise typer.Exit(1)


def _refuse_without_name(options: Mapping[str, bool]) -> None:
    """Refuse options that have no effect on the list of published comparisons.

    Raises:
        RequestError: one of them is given.
    """
    for option, is_given in options.items():
        if is_given:
            raise RequestError(
                f"--{option}: expected the name of a configuration, as `gdbench reproduce` lists them; got none"
            )


def _plans(names: Sequence[Path], results: Path, *, quick: bool) -> list[tuple["Plan", Path]]:
    """Read every configuration, with the folder of its results, before the first is trained."""
    # A mistake in the last file should not show after hours of training.
    plans = [planned(name, results, quick=quick) for name in names]
    for name, (plan, _folder) in zip(names, plans, strict=True):
        if not any(comparison.is_published for comparison in plan.experiment.comparisons):
            raise RequestError(f"{name}: expected a comparison with a `published` block or `claims`; got none")
    return plans


def _with_universes(plan: "Plan") -> "Plan":
    """Return a plan that trains the universes of its comparisons.

    Raises:
        RequestError: no comparison has any.
    """
    if not any(comparison.in_universes for comparison in plan.experiment.comparisons):
        raise RequestError(
            f"{plan.path}: --multiverse: expected a `multiverse` with a path that no grid varies; got none"
        )
    return plan.with_universes()


def _rerun(plan: "Plan", folder: Path, options: "SweepOptions") -> tuple["Results", bool]:
    """Train what is missing and write what came out; return it, and whether all went well."""
    from gdbench.cli.run_sweep import report_unequal, run_sweep
    from gdbench.comparison.results import Results
    from gdbench.display.messages import tell_wrapped
    from gdbench.display.provenance import origin
    from gdbench.display.sweep_summary import report_failures, write_tables
    from gdbench.display.verdict_files import write_verdicts

    experiment = plan.experiment
    result = run_sweep(
        plan,
        folder,
        options,
        announce=lambda records, todo: tell_wrapped(
            f"{experiment.title}: {origin(Results(experiment, records), {run.id for run in todo})}"
        ),
    )
    measured = Results(experiment, result.records)
    write_tables(measured, folder, say)
    write_verdicts(measured, folder)
    say(f"written: {folder / 'README.md'}")
    failed = report_failures(measured, folder, say)
    return measured, not report_unequal(result) and not failed


def _print_overview(folder: Path, format_: str) -> None:
    from gdbench.comparison.results import Results
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.overview_sheet import OverviewPrintout, overview
    from gdbench.display.sheets.sources_sheet import source_row
    from gdbench.experiment.plan import load_plan
    from gdbench.experiment.shipped_configurations import published
    from gdbench.ledger import read

    plans = [load_plan(path) for path in published()]
    both = [(plan, Results(plan.experiment, read(folder / plan.experiment.name))) for plan in plans]
    rows = [row for plan, measured in both for row in overview(plan, measured)]
    print_as(format_, OverviewPrintout(rows, [source_row(plan, measured) for plan, measured in both]))
