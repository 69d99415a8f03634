"""gdbench tables: the tables of finished runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import Format, ResultsOption, Source, several
from gdbench.cli.results_folder import folder_with_results
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.comparison.results import Results


def tables(
    source: Source,
    results: ResultsOption = Path("results"),
    comparison: Annotated[list[str], typer.Option(metavar="NAME", help="Only these comparisons.")] = [],  # noqa: B006
    by: Annotated[
        str | None, typer.Option(metavar="AXIS", help="Put this axis in rows and the others in columns.")
    ] = None,
    metric: Annotated[
        list[str],
        typer.Option(
            help="One or more of test_loss, train_seconds, ... (see gdbench list metric); by default test_accuracy.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    at: Annotated[
        list[str], typer.Option(help="When to read the metric: last, best_val, max, an epoch, or seconds such as 2s.")
    ] = ["last"],  # noqa: B006
    only: Annotated[list[str], typer.Option(metavar="LABEL", help="Only rows with one of these labels.")] = [],  # noqa: B006
    sort: Annotated[str | None, typer.Option(metavar="COLUMN", help="Sort the rows by a column, best first.")] = None,
    baseline: Annotated[str | None, typer.Option(metavar="LABEL", help="Compare all rows with this one.")] = None,
    test: Annotated[
        str,
        typer.Option(
            help="The test for differences: moderated (t, with variances shrunk toward each other) or paired (by seed)."
        ),
    ] = "moderated",
    precision: Annotated[
        int | None, typer.Option(min=0, max=12, metavar="N", help="Digits after the decimal point.")
    ] = None,
    curves: Annotated[bool, typer.Option("--curves", help="Add a learning curve to each row.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow a running sweep until it ends.")] = False,
    format_: Format = "terminal",
) -> None:
    """Print tables of finished runs, and which differences are real.

    \b
    gdbench tables optimizers --metric test_loss --at last,3 --sort mean
    gdbench tables optimizers --baseline sgd --only sgd,adam
    gdbench tables other-ways --at 100,2s
    gdbench tables optimizers --by optimizer --format markdown
    gdbench tables optimizers --curves --watch

    Options that take several values may be repeated, or take them separated by commas.
    """  # noqa: D301
    from gdbench.comparison.arrange import names_of_rows, pivot, rows_with, sort_rows
    from gdbench.comparison.names import one_of
    from gdbench.comparison.pair_tests import TESTS
    from gdbench.comparison.results import Results
    from gdbench.comparison.selection import default_metrics, read_at
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.table_sheets import TablesPrintout
    from gdbench.display.table_watch import watch_tables
    from gdbench.interpreter.garbage_collection import without_collection

    if curves:
        _check_curves(by, format_)
    folder = folder_with_results(source, results)

    def printout(loaded: Results) -> TablesPrintout:
        names = [each.name for each in loaded.experiment.comparisons]
        chosen = loaded.of_comparisons(several(comparison, names)) if comparison else loaded
        metrics = several(metric) if metric else default_metrics(chosen.own_records)
        shown = chosen.tables(metrics, read_at(",".join(at)), one_of("--test", test, TESTS), baseline)
        # An empty name is one that no table has, where a script's variable was empty for example.
        shown = rows_with(shown, *several(only, names_of_rows(shown))) if only else shown
        shown = shown if sort is None else sort_rows(shown, sort)
        turned = shown if by is None else pivot(shown, by)
        return TablesPrintout(
            turned, precision, chosen.verdicts(), chosen.measurements if curves else (), chosen.profile
        )

    if watch:
        watch_tables(folder, lambda: printout(Results.load(folder)), format_)
        return
    # Searching 100,000 records for cycles, again and again, takes a fifth of the time.
    with without_collection():
        measured = Results.load(folder)
        print_as(format_, printout(measured))
        _tell_if_unfinished(measured, folder)


def _tell_if_unfinished(results: "Results", folder: Path) -> None:
    """Say how many runs are missing, and how to train them or to watch the sweep that does."""
    from gdbench.comparison.stages_due import counts_due
    from gdbench.display.messages import tell
    from gdbench.experiment.stored_experiment import sweep_command
    from gdbench.ledger import is_in_use

    comparisons = results.experiment.comparisons
    ended, due = counts_due(comparisons, results.records)
    # What --quick leaves is no sweep to be continued.
    if ended == due or any(comparison.is_quick for comparison in comparisons):
        return
    advice = (
        "a sweep is running, which --watch follows"
        if is_in_use(folder)
        else f"to train the rest, run {sweep_command(folder)} again, with the same options"
    )
    tell(f"{folder}: {ended:,} of {due:,} runs are in the ledger; {advice}")


def _check_curves(by: str | None, format_: str) -> None:
    """Refuse curves where there is no place for them.

    Raises:
        RequestError: the tables are pivoted, or for programs.
    """
    if by is not None:
        raise RequestError("--curves: expected tables with one row per grid point; got --by")
    if format_ not in ("terminal", "markdown"):
        raise RequestError(f"--curves: expected --format terminal or markdown; got {format_}")
