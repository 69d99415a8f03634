"""The arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

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


def say(text: str) -> None:
    """Print a line to stderr."""
    typer.echo(text, err=True)
