"""The commands that read results or the catalog: tables, show, list and annotate."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Config, Json, Results, say
from gdbench.errors import RequestError


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

    folder = _folder(source, results)
    experiment, records = read_experiment(folder), read(folder)
    made = make_tables(experiment, records, metric, read_at(at))
    made = only_label(made, only) if only else made
    made = sort_rows(made, sort) if sort else made
    print_tables(pivot(made, by) if by else made, format_, precision)


def show(
    folder: Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder, or its configuration.")],
    run_id: Annotated[str, typer.Argument(help="The id of a run, or its first characters.")],
    results: Results = Path("results"),
    as_json: Json = False,
) -> None:
    """Print one run in full, its traceback if it failed.

    gdbench show results/optimizers 3f9c
    """
    import json

    from gdbench.display.run import text
    from gdbench.ledger import find

    record = find(_folder(folder, results), run_id)
    typer.echo(json.dumps(record.to_json(), indent=2) if as_json else text(record), nl=as_json)


def list_(
    family: Annotated[
        str | None, typer.Argument(help="optimizer, architecture, training, ...; all if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what a file can name, with defaults.

    gdbench list optimizer
    """
    import json

    from gdbench.display.catalog import NOUNS, describe, text
    from gdbench.experiment.mistakes import suggestion

    if family is not None and family not in NOUNS:
        raise RequestError(f"list: one of {', '.join(NOUNS)}; received '{family}'{suggestion(family, NOUNS)}")
    chosen = [family] if family else list(NOUNS)
    if as_json:
        typer.echo(json.dumps([describe(noun) for noun in chosen], indent=2))
    else:
        typer.echo("\n".join(text(noun) for noun in chosen), nl=False)


def annotate(config: Config, results: Results = Path("results")) -> None:
    """Write a configuration's head comment from its ledger."""
    from gdbench.display.head import head, rewrite
    from gdbench.experiment.plan import load_plan
    from gdbench.ledger import read

    experiment = load_plan(config).experiment
    changed = rewrite(config, head(experiment, read(results / experiment.name), str(config)))
    say(f"{config}: head comment {'written' if changed else 'is up to date'}")


def _folder(source: Path, results: Path) -> Path:
    """Return the results folder that a folder or configuration stands for."""
    try:
        is_file = source.is_file()
    except OSError as error:
        raise RequestError(f"{source}: cannot be read: {error.strerror}") from None
    if is_file:
        from gdbench.experiment.plan import load_plan

        return results / load_plan(source).experiment.name
    return source
