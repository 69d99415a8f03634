"""The commands. Each imports what it needs when it is called, so that `--help` is immediate."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench import __version__
from gdbench.errors import GdbenchError, RequestError

if TYPE_CHECKING:
    from gdbench.experiment.model import Plan

MOST_RUNS = 10_000

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[
    Path,
    typer.Argument(metavar="CONFIG", help="A YAML file: dataset, architecture, optimizer, grid.", show_default=False),
]
Results = Annotated[Path, typer.Option(help="The folder in which each experiment has its own.")]
Set = Annotated[
    list[str], typer.Option("--set", metavar="PATH=VALUE", help="Change a setting, as if typed into the file.")
]
Seeds = Annotated[int | None, typer.Option(min=1, help="Use the seeds 0 to N-1 everywhere.", metavar="N")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; what a user can mend is said in one line, without a traceback."""
    try:
        app()
    except GdbenchError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        _say(f"cannot go on: {error.strerror or error}")
        sys.exit(1)


@app.callback(invoke_without_command=True)
def gdbench(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Which optimizer, learning rate, batch size, regulariser? Train every combination and compare honestly.

    \b
    gdbench sweep configs/quickstart.yaml       train what is missing, print the tables
    gdbench plan configs/quickstart.yaml        what that would train
    gdbench tables results/quickstart --metric test_loss --sort mean
    gdbench list optimizer                      what a file can name
    """  # noqa: D301
    if version:
        typer.echo(f"gdbench {__version__}")
        raise typer.Exit


@app.command()
def sweep(
    config: Config,
    results: Results = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes; by default one a core.")] = None,
    timeout: Annotated[float | None, typer.Option(min=0.001, metavar="S", help="Seconds that a run may take.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and train nothing.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew; the old folder is renamed, never deleted.")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Train failed runs again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help=f"Allow more than {MOST_RUNS:,} runs.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Train what is missing, then print and write the tables.

    gdbench sweep configs/optimizers.yaml --seeds 5 --set training.epochs=10

    Ctrl-C keeps what is finished; the same command goes on from there. Exit code 1 if runs failed.
    """
    from gdbench.display.conclusion import conclude
    from gdbench.display.progress import silent, watch
    from gdbench.execution.pool import Pool, cores
    from gdbench.execution.sweep import sweep as train_missing
    from gdbench.execution.worker import make_trainer
    from gdbench.experiment.plan import load_plan

    plan = load_plan(config, set_, seeds)
    folder = results / plan.experiment.name
    if dry_run:
        _print_plan(plan, folder, retry_failed, as_json=False)
        return
    if len(plan.runs) > MOST_RUNS and not yes:
        raise RequestError(f"{config}: {len(plan.runs):,} runs; more than {MOST_RUNS:,} are trained only with --yes")
    watcher = silent if quiet else partial(watch, plan.experiment)
    pool = partial(Pool, make=make_trainer, timeout=timeout)
    try:
        swept = train_missing(
            plan, folder, pool, workers or cores(), watcher, _say, fresh=fresh, retry_failed=retry_failed
        )
    except KeyboardInterrupt:
        _say("interrupted; finished runs are kept, and the same command goes on")
        raise typer.Exit(130) from None
    failed = conclude(plan.experiment, swept.records, folder, _say)
    for run in swept.unequal:
        _say(f"{run}: trained again, alone, it gave other numbers; both records are in the ledger")
    if failed or swept.unequal:
        raise typer.Exit(1)


@app.command()
def plan(
    config: Config,
    results: Results = Path("results"),
    set_: Set = [],  # noqa: B006
    seeds: Seeds = None,
    as_json: Json = False,
) -> None:
    """Print the points and runs that a file means.

    gdbench plan configs/optimizers.yaml --json
    """
    from gdbench.experiment.plan import load_plan

    loaded = load_plan(config, set_, seeds)
    _print_plan(loaded, results / loaded.experiment.name, False, as_json)


@app.command()
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


@app.command()
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


@app.command("list")
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


@app.command()
def annotate(config: Config, results: Results = Path("results")) -> None:
    """Write a configuration's head comment from its ledger."""
    from gdbench.display.head import head, rewrite
    from gdbench.experiment.plan import load_plan
    from gdbench.ledger import read

    experiment = load_plan(config).experiment
    changed = rewrite(config, head(experiment, read(results / experiment.name), str(config)))
    _say(f"{config}: head comment {'written' if changed else 'is up to date'}")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _folder(source: Path, results: Path) -> Path:
    """Return the results folder that a folder or configuration stands for."""
    if source.is_file():
        from gdbench.experiment.plan import load_plan

        return results / load_plan(source).experiment.name
    return source


def _print_plan(plan: "Plan", folder: Path, retry_failed: bool, as_json: bool) -> None:
    import json

    from gdbench.display.plan import describe, text
    from gdbench.ledger import missing, read

    records = read(folder)
    described = describe(plan, records, missing(plan.runs, records, retry_failed, plan.alone))
    typer.echo(json.dumps(described, indent=2) if as_json else text(described), nl=as_json)
