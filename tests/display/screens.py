"""What a printout looks like on a pipe, and at a terminal of a given width."""

import io
from dataclasses import dataclass

import pytest

from gdbench.display.formats import terminal
from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.sheet import Sheet


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class OneBlock(Printout):
    """A printout of one sheet or text."""

    block: Sheet | str

    def sections(self):
        return [Section((self.block,))]

    def model(self):
        return None


def on_a_pipe(printout: Printout | Sheet | str) -> str:
    stream = io.StringIO()
    terminal.write(_printout(printout), stream)
    return stream.getvalue()


def at_a_terminal(printout: Printout | Sheet | str, width: int, kind: str = "dumb") -> str:
    """What a terminal gets; a dumb one no bold."""
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        # Without a height, a dumb terminal has 80 columns whatever COLUMNS says.
        patch.setenv("LINES", "24")
        patch.setenv("TERM", kind)
        terminal.write(_printout(printout), stream)
    return stream.getvalue()


def _printout(printout: Printout | Sheet | str) -> Printout:
    return printout if isinstance(printout, Printout) else OneBlock(printout)
