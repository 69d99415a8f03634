"""The arguments that several commands share."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

import typer

from gdbench.display.formats import HELP, check_format
from gdbench.display.messages import tell
from gdbench.errors import ConfigError, GdbenchError

Config = Annotated[
    Path,
    typer.Argument(
        metavar="CONFIG_OR_RESULTS",
        help="A configuration (a YAML file), its results folder, or the name of either.",
        show_default=False,
    ),
]
Source = Annotated[
    Path,
    typer.Argument(
        metavar="RESULTS_OR_CONFIG",
        help="A results folder, its configuration (a YAML file), or the name of either.",
        show_default=False,
    ),
]
ResultsOption = Annotated[
    Path, typer.Option(metavar="DIR", help="The folder of results, with a subfolder for each experiment.")
]
Set = Annotated[
    list[str],
    typer.Option("--set", metavar="PATH=VALUE", help="Override a setting of the file; may be repeated."),
]
Seeds = Annotated[int | None, typer.Option(min=1, help="Use seeds 0 to N-1 in every comparison.", metavar="N")]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Worker processes; by default one per core.")]
Timeout = Annotated[
    float | None, typer.Option(min=0.001, metavar="S", help="Fail a run that takes more seconds than this.")
]
MemoryLimit = Annotated[
    float | None,
    typer.Option(
        min=0.001, metavar="GB", help="Fail a run whose worker takes more memory; TensorFlow alone needs about 1 GB."
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Train everything again; the old folder is renamed, never deleted.")
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Train failed runs again.")]
Trust = Annotated[bool, typer.Option("--trust", help="Run the Python code that the file names, without asking.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Compile everything anew; load no programs kept from earlier sweeps.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
OrderOption = Annotated[
    str,
    typer.Option(
        "--order",
        help="seeds: seed by seed, so that Ctrl-C leaves whole tables; longest: the longest runs first.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Format = Annotated[str, typer.Option("--format", callback=check_format, help=HELP)]


def several(values: Iterable[str], known: Collection[str] = ()) -> list[str]:
    """Return the values of an option that may be repeated and takes commas, each once.

    One of the `known` values stays whole, since labels hold commas too.
    """
    parts = (part for value in values for part in ([value] if value in known else value.split(",")))
    return list(dict.fromkeys(part.strip() for part in parts))


def say(text: str) -> None:
    """Print one line to stderr, whatever is in the text."""
    tell(text)


def say_error(error: GdbenchError) -> None:
    """Print an error to stderr, a line for each mistake of a configuration."""
    for line in error.mistakes if isinstance(error, ConfigError) else [str(error)]:
        say(line)
