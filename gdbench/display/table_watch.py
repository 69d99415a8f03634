"""Tables beside a running sweep: a process of its own that only reads, and ends with the sweep."""

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gdbench.display.formats import print_as
from gdbench.display.formats.terminal import write
from gdbench.display.messages import tell
from gdbench.display.sheets.printout import Printout
from gdbench.errors import GdbenchError
from gdbench.ledger import is_in_use, ledgers

# Seconds between two looks at the folder; reading again takes no more than this share of the time.
PAUSE = 1.0
SHARE = 0.2


def watch_tables(folder: Path, printout: Callable[[], Printout], format_: str) -> None:
    """Show what `printout` returns, anew whenever a run has ended, until no sweep writes to the folder any more.

    Only a terminal shows the tables before the end.

    Raises:
        RequestError, LedgerError: at the end, the results cannot be read or shown.
    """
    if not is_in_use(folder):
        tell(f"no sweep is running in {folder}; these are its results")
    elif sys.stdout.isatty() and format_ == "terminal":
        _redraw(folder, printout)
    else:
        while is_in_use(folder):
            time.sleep(PAUSE)
    print_as(format_, printout())


def _redraw(folder: Path, printout: Callable[[], Printout]) -> None:
    """Keep the tables on the screen, cut at its lower end, and clear them once the sweep has ended."""
    from rich.live import Live
    from rich.text import Text

    seen, pause = None, 0.0
    with Live(transient=True, auto_refresh=False, vertical_overflow="ellipsis") as live:
        while is_in_use(folder):
            time.sleep(pause)
            if (found := _sizes(folder)) == seen:
                pause = PAUSE
                continue
            begin = time.monotonic()
            live.update(Text.from_ansi(_drawn(printout)), refresh=True)
            seen, pause = found, max(PAUSE, (time.monotonic() - begin) / SHARE)


class _Screen(io.StringIO):
    """Text that is written as for a terminal."""

    def isatty(self) -> bool:
        return True


def _drawn(printout: Callable[[], Printout]) -> str:
    screen = _Screen()
    try:
        write(printout(), screen)
    except GdbenchError as error:
        # Before the first run has ended there may be nothing to show.
        return f"{error}\n"
    return screen.getvalue()


def _sizes(folder: Path) -> list[tuple[str, int, int]]:
    paths = [folder / name for name in ledgers(folder)]
    return [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths if path.exists()]
