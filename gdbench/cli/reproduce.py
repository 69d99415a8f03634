"""The command that holds measurements against what a source prints: reproduce."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import Quiet, Results, RetryFailed, Timeout, Trust, Workers, say
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.experiment.experiment import Plan

Names = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[NAME_OR_FILE]...", help="Published comparisons; none: the list of those that come along."),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="A look in minutes: 3 seeds, a tenth of the training, in results of its own.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Train all again; the old folder is renamed, never deleted.")]
Format = Annotated[str, typer.Option("--format", help="terminal, markdown, csv or json.")]


def reproduce(
    names: Names = None,
    results: Results = Path("results"),
    quick: Quick = False,
    fresh: Fresh = False,
    format_: Format = "terminal",
    workers: Workers = None,
    timeout: Timeout = None,
    retry_failed: RetryFailed = False,
    trust: Trust = False,
    quiet: Quiet = False,
) -> None:
    """Re-run published comparisons and say which hold.

    \b
    gdbench reproduce                 what there is, and the verdicts so far
    gdbench reproduce zeiler2012      published beside measured
    gdbench reproduce my-paper.yaml --quick

    Runs that the ledger holds are not trained again. Exit code 0 whatever the verdict, 1 if runs failed.
    """  # noqa: D301
    from gdbench.cli.run_sweep import name_unequal, train
    from gdbench.display.provenance import origin
    from gdbench.display.sweep_summary import name_failures, write_tables
    from gdbench.display.verdict_formats import check_format, print_verdicts, write_verdicts
    from gdbench.ledger import missing, read

    check_format(format_)
    if not names:
        if quick or fresh:
            raise RequestError(f"--{'quick' if quick else 'fresh'}: name what to re-run; gdbench reproduce lists it")
        _print_overview(results, format_)
        return
    judged = []
    failed = False
    for plan in _plans(names, quick=quick):
        experiment, folder = plan.experiment, results / plan.experiment.name
        records = {} if fresh else read(folder)
        todo = {run.id for run in missing(plan.runs, records, retry_failed, plan.exclusive_runs)}
        say(f"{experiment.title}: {origin(experiment, records, todo)}")
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
        write_tables(experiment, swept.records, folder, say)
        write_verdicts(experiment, swept.records, folder)
        say(f"written: {folder / 'README.md'}")
        failed |= bool(name_failures(experiment, swept.records, folder, say)) | name_unequal(swept)
        judged.append((experiment, swept.records))
    print_verdicts(judged, format_, sys.stdout)
    if failed:
        raise typer.Exit(1)


def _plans(names: list[Path], *, quick: bool) -> list["Plan"]:
    """Read every configuration before the first is trained."""
    from gdbench.experiment.library import find
    from gdbench.experiment.plan import load_plan

    plans = [load_plan(find(name), quick=quick) for name in names]
    for name, plan in zip(names, plans, strict=True):
        if not any(comparison.published or comparison.claims for comparison in plan.experiment.comparisons):
            raise RequestError(f"{name}: nothing published in it: no comparison has a `published` block or `claims`")
    return plans


def _print_overview(results: Path, format_: str) -> None:
    from gdbench.display.formats.markdown import markdown_table
    from gdbench.display.formats.terminal import print_text_tables
    from gdbench.display.overview import overview, overview_csv, overview_json, overview_table
    from gdbench.experiment.library import published
    from gdbench.experiment.plan import load_plan
    from gdbench.ledger import read

    plans = [load_plan(path) for path in published()]
    lines = [line for plan in plans for line in overview(plan, read(results / plan.experiment.name))]
    if format_ == "terminal":
        print_text_tables([overview_table(lines)], sys.stdout)
    else:
        texts = {"markdown": lambda: markdown_table(overview_table(lines)), "csv": lambda: overview_csv(lines)}
        sys.stdout.write(texts.get(format_, lambda: overview_json(lines))())
