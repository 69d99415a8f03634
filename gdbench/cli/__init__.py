"""The commands. Each imports what it needs when it is called, so that `--help` is immediate."""

import os
import sys
from contextlib import nullcontext

from gdbench.interpreter.search_path import without_current_folder


def main() -> None:
    """Run the command line; an error that a user can fix is one line without a traceback, and so is Ctrl-C."""
    sys.path[:] = without_current_folder(sys.path)
    try:
        from gdbench.cli.app import run
        from gdbench.cli.completion import is_completing, silence
        from gdbench.cli.streams import prepare

        prepare()
        with silence() if is_completing() else nullcontext():
            run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.stderr.flush()
        # Not sys.exit: once an import is interrupted, Python ends by a signal whatever the exit code.
        os._exit(130)
