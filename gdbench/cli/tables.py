"""gdbench tables: the tables of finished runs."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Format, ResultsOption, Source, several
from gdbench.cli.results_folder import results_folder


def tables(
    source: Source,
    results: ResultsOption = Path("results"),
    by: Annotated[str | None, typer.Option(metavar="AXIS", help="This axis in rows, the others in columns.")] = None,
    metric: Annotated[list[str], typer.Option(help="Such as test_accuracy, test_loss, train_seconds; several.")] = [  # noqa: B006
        "test_accuracy"
    ],
    at: Annotated[list[str], typer.Option(help="last, best_val, max or an epoch; several.")] = ["last"],  # noqa: B006
    only: Annotated[str | None, typer.Option(metavar="LABEL", help="Only rows with this label.")] = None,
    sort: Annotated[str | None, typer.Option(metavar="COLUMN", help="Best first, by a column.")] = None,
    precision: Annotated[int | None, typer.Option(min=0, max=12, help="Decimals.")] = None,
    format_: Format = "terminal",
) -> None:
    """Print the tables of finished runs.

    \b
    gdbench tables results/optimizers --metric test_loss --at last,3 --sort mean
    gdbench tables results/optimizers --by optimizer --format markdown
    """  # noqa: D301
    from gdbench.comparison.arrange import pivot, rows_with, sort_rows
    from gdbench.comparison.results import Results
    from gdbench.comparison.selection import read_at
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.table_sheets import TablesPrintout

    shown = Results.load(results_folder(source, results)).tables(several(metric), read_at(",".join(at)))
    # An empty name is one that no table has, where a script's variable was empty for example.
    shown = shown if only is None else rows_with(shown, only)
    shown = shown if sort is None else sort_rows(shown, sort)
    print_as(format_, TablesPrintout(shown if by is None else pivot(shown, by), precision))
