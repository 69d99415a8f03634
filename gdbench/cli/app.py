"""The command line as a whole: its commands by name, and how their errors end it."""

import functools
import io
import sys
from typing import Annotated, Any

import typer
import typer.main

from gdbench.cli import completion
from gdbench.cli.annotate import annotate
from gdbench.cli.command import OnceCommand
from gdbench.cli.completion_scripts import mend_scripts
from gdbench.cli.doctor import doctor
from gdbench.cli.export import export
from gdbench.cli.list import list_
from gdbench.cli.merge import merge
from gdbench.cli.new import new
from gdbench.cli.options import say, say_error
from gdbench.cli.plan import plan
from gdbench.cli.plot import plot
from gdbench.cli.report import report
from gdbench.cli.reproduce import reproduce
from gdbench.cli.schema import schema
from gdbench.cli.show import show
from gdbench.cli.streams import give_up_stdout
from gdbench.cli.sweep import sweep
from gdbench.cli.tables import tables
from gdbench.errors import GdbenchError, UnknownNameError
from gdbench.version import __version__

mend_scripts()
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Every command: its file, and its function here.
COMMANDS = (sweep, merge, reproduce, plan, tables, report, plot, export, show, list_, new, schema, doctor, annotate)
for command in COMMANDS:
    completion.attach(command)
    app.command(command.__name__.rstrip("_"), cls=OnceCommand)(command)


# Typer's errors in the use of commands and options; it exports only the narrower ones.
_UsageError: type[Exception] = typer.BadParameter.__mro__[2]


def run() -> None:
    """Run the command that the command line names; an error that a user can fix is one line."""
    try:
        # Shells complete by this name.
        code = parser()(standalone_mode=False, prog_name="gdbench")
        # Typer turns Ctrl-C into this code and prints nothing.
        if code == 130:
            raise KeyboardInterrupt
        # Here, where it can still be reported that nobody takes the output.
        sys.stdout.flush()
    except GdbenchError as error:
        say_error(error)
        # Other commands take names of results as well, or list what they take themselves.
        if isinstance(error, UnknownNameError) and not error.has_hint and sys.argv[1:2] in (["sweep"], ["plan"]):
            _say_configurations()
        code = error.exit_code
    except _UsageError as error:
        code = _report_usage(error)
    except BrokenPipeError:
        # The reader has seen enough, as `head` does.
        code = 1
    except OSError as error:
        # Such as a full disk.
        say(f"{error.filename or 'cannot go on'}: {error.strerror or error}")
        code = 1
    give_up_stdout()
    sys.exit(code)


@functools.cache
def parser() -> Any:
    """Return what parses the command line; Typer would make it anew for each that a process runs."""
    return typer.main.get_command(app)


def _report_usage(error: Any) -> int:
    """Print what Typer says of a wrong command or option, which quotes it as it is."""
    text = io.StringIO()
    error.show(text)
    for line in text.getvalue().splitlines():
        say(line)
    # The command by which other programs install completion.
    if sys.argv[1:2] == ["completion"]:
        say("gdbench --install-completion installs completion for the current shell")
    # Only what is missing has a parameter here; that it is the configuration shows in its name.
    if getattr(getattr(error, "param", None), "name", "") == "config" and not error.ctx.params.get("config"):
        _say_configurations()
    return int(error.exit_code)


def _say_configurations() -> None:
    from gdbench.display.configurations import configuration_lines

    for line in configuration_lines():
        say(line)


@app.callback(invoke_without_command=True)
def gdbench(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version and exit.")] = False,
) -> None:
    """Train every combination of optimizers, learning rates, ... and say which differences are real.

    \b
    gdbench new mine                  write mine.yaml, a commented configuration
    gdbench plan quickstart           what a configuration would train
    gdbench sweep quickstart          train it and print the tables
    gdbench tables quickstart --metric test_loss --sort mean
    gdbench report quickstart --open  one page with tables, charts and runs
    gdbench plot quickstart           learning curves as a file
    gdbench reproduce                 published comparisons, and which hold
    gdbench list optimizer            what a file can name
    """  # noqa: D301
    if version:
        typer.echo(f"gdbench {__version__}")
        raise typer.Exit
