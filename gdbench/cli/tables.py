"""gdbench tables: the tables of finished runs."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Results
from gdbench.cli.results_folder import results_folder


def tables(
    source: Annotated[
        Path, typer.Argument(metavar="RESULTS_OR_CONFIG", help="A results folder, or its configuration.")
    ],
    results: Results = Path("results"),
    by: Annotated[str | None, typer.Option(metavar="AXIS", help="This axis in rows, the others in columns.")] = None,
    metric: Annotated[list[str], typer.Option(help="Such as test_accuracy, test_loss, train_seconds; repeatable.")] = [  # noqa: B006
        "test_accuracy"
    ],
    at: Annotated[str, typer.Option(help="last, best_val, max or an epoch; several with commas.")] = "last",
    only: Annotated[str | None, typer.Option(metavar="LABEL", help="Only rows with this label.")] = None,
    sort: Annotated[str | None, typer.Option(metavar="COLUMN", help="Best first, by a column.")] = None,
    precision: Annotated[int | None, typer.Option(min=0, max=12, help="Decimals.")] = None,
    format_: Annotated[str, typer.Option("--format", help="terminal, csv, markdown or json.")] = "terminal",
) -> None:
    """Print the tables of finished runs.

    \b
    gdbench tables results/optimizers --metric test_loss --at last,3 --sort mean
    gdbench tables results/optimizers --by optimizer --format markdown
    """  # noqa: D301
    from gdbench.comparison.arrange import only as only_label
    from gdbench.comparison.arrange import pivot, sort_rows
    from gdbench.comparison.selection import read_at
    from gdbench.comparison.tables import tables as make_tables
    from gdbench.display.formats import print_tables
    from gdbench.experiment.stored import read_experiment
    from gdbench.ledger import read

    folder = results_folder(source, results)
    experiment, records = read_experiment(folder), read(folder)
    made = make_tables(experiment, records, metric, read_at(at))
    made = only_label(made, only) if only else made
    made = sort_rows(made, sort) if sort else made
    print_tables(pivot(made, by) if by else made, format_, precision)
