"""The command line as a whole: its commands by name, and how their errors end it."""

import sys
from typing import Annotated

import typer

from gdbench import __version__
from gdbench.cli.annotate import annotate
from gdbench.cli.list import list_
from gdbench.cli.options import say
from gdbench.cli.plan import plan
from gdbench.cli.reproduce import reproduce
from gdbench.cli.show import show
from gdbench.cli.sweep import sweep
from gdbench.cli.tables import tables
from gdbench.errors import GdbenchError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Every command: its file, and its function here.
COMMANDS = (sweep, reproduce, plan, tables, show, list_, annotate)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)


def run() -> None:
    """Run the command that the command line names; an error that a user can fix is one line."""
    try:
        app()
    except SystemExit as ended:
        # Typer turns Ctrl-C into this code and prints nothing.
        if ended.code == 130:
            raise KeyboardInterrupt from None
        raise
    except GdbenchError as error:
        say(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        # Such as a full disk, or a pipe closed by its reader.
        say(f"cannot go on: {error.strerror or error}")
        sys.exit(1)


@app.callback(invoke_without_command=True)
def gdbench(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Which optimizer, learning rate, batch size, regularizer? Train every combination and compare honestly.

    \b
    gdbench sweep configs/quickstart.yaml       train what is missing, print the tables
    gdbench plan configs/quickstart.yaml        what that would train
    gdbench tables results/quickstart --metric test_loss --sort mean
    gdbench reproduce                           published comparisons, and which hold
    gdbench list optimizer                      what a file can name
    """  # noqa: D301
    if version:
        typer.echo(f"gdbench {__version__}")
        raise typer.Exit
