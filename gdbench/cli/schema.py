"""gdbench schema: a JSON Schema of configurations, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import say


def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file instead.")] = None,
) -> None:
    """Print a JSON Schema, with which editors check files.

    An editor that has it completes and checks configurations offline.

    gdbench schema --out gdbench.schema.json

    A configuration that begins with `# yaml-language-server: $schema=gdbench.schema.json` finds it beside itself in VS
    Code (with the YAML extension), Neovim, Emacs and others.
    """
    from gdbench.atomic_write import write_whole
    from gdbench.experiment.json_schema.configuration import text

    if out is None:
        typer.echo(text(), nl=False)
    else:
        say(f"written: {write_whole(out, text())}")
