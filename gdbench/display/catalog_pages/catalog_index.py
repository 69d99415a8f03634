"""The catalog on one screen: every family with its entries in short, and how to go on."""

import textwrap
from dataclasses import dataclass

from gdbench.display.catalog_pages.argument_text import WIDTH
from gdbench.display.catalog_pages.catalog_text import NOUNS, describe, names_of
from gdbench.display.sheets.printout import JsonModel, Printout, Section

_HEAD = "What a configuration can name. More: gdbench list optimizer, gdbench list adam"
_COLUMN = max(map(len, NOUNS)) + 2
# Longer lists are cut after one line, the others after two, so that all of it fits a screen of 24 lines.
_LONG = 15


@dataclass(frozen=True, slots=True)
class IndexPrintout(Printout):
    """What `list` prints without a name."""

    def sections(self) -> list[Section]:
        """Return the one paragraph."""
        return [Section(("\n".join([_HEAD, "", *(line for noun in NOUNS for line in _lines(noun))]),))]

    def model(self) -> JsonModel:
        """Return the whole catalog."""
        return list(map(describe, NOUNS))


def _lines(noun: str) -> list[str]:
    names = names_of(noun)
    room = WIDTH - _COLUMN
    most = 1 if len(names) > _LONG else 2
    for shown in range(len(names), 0, -1):
        more = f", ... {len(names)} in all" if shown < len(names) else ""
        lines = textwrap.wrap(", ".join(names[:shown]) + more, room)
        if len(lines) <= most:
            break
    return [f"{noun if not index else '':<{_COLUMN}}{line}" for index, line in enumerate(lines)]
