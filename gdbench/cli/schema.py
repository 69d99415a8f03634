"""gdbench schema: a JSON Schema of configurations, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import say


def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file instead of printing.")] = None,
) -> None:
    """Print a JSON Schema of configurations, for editors.

    gdbench schema --out gdbench.schema.json

    With it VS Code (with the YAML extension), Neovim, Emacs and others complete and check a configuration whose first
    line is `# yaml-language-server: $schema=gdbench.schema.json`, without a network.
    """
    from gdbench.cli.output_file import check_output
    from gdbench.experiment.json_schema.configuration import text
    from gdbench.filesystem.atomic_write import write_whole

    if out is None:
        typer.echo(text(), nl=False)
    else:
        say(f"written: {write_whole(check_output(out, ('.json',)), text())}")
