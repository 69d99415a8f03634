"""The progress of a sweep: a live display at a terminal; elsewhere one line per run, and at least one a minute."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gdbench.display.live_progress.sweep_state import SweepState
from gdbench.display.messages import tell
from gdbench.display.run_text import ending_text, run_names
from gdbench.execution.activity import Activity
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record, Run
from gdbench.text import counted

Report = Callable[[Record], None]
# Without a terminal no longer goes by without a line.
SILENCE = 60.0
BAR_WIDTH = 24
# Wide enough for 99:59:59, so that nothing moves.
CLOCK_WIDTH = 8
# A display that is higher than the terminal would scroll.
MOST_WORKERS = 8


@contextmanager
def watch(experiment: Experiment, runs: Sequence[Run], activity: Activity | None = None) -> Iterator[Report]:
    """Show the progress of the runs on stderr; yields a function to call with each finished record.

    More runs may be added to `runs` meanwhile. `activity` tells what the workers are doing.
    """
    state = SweepState(run_names(experiment), runs, activity or Activity())
    # A log file gets lines, not a display that is redrawn.
    with _live(state) if sys.stderr.isatty() else _lines(state) as report:
        yield report


@contextmanager
def _live(state: SweepState) -> Iterator[Report]:
    last = ""

    def picture() -> Group:
        return _picture(state, last)

    def report(record: Record) -> None:
        nonlocal last
        state.add(record)
        last = f"  {state.names[record.run.id]}, seed {record.run.seed}: {ending_text(record)}"

    with (
        _own_stderr() as stream,
        Live(get_renderable=picture, console=Console(file=stream), refresh_per_second=4, transient=True) as live,
    ):
        try:
            live.refresh()
            yield report
        finally:
            # Of the display a line stays, above the tables that come next.
            live.stop()
            if state.runs:
                stream.write(f"{state.summary()}\n")


@contextmanager
def _own_stderr() -> Iterator[TextIO]:
    """Open stderr once more: while workers start, the descriptor that libraries write to leads nowhere."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    # Not a file, such as in a notebook or a test.
    except (OSError, ValueError):
        yield sys.stderr
        return
    with os.fdopen(descriptor, "w", encoding=sys.stderr.encoding, errors=sys.stderr.errors) as stream:
        yield stream


def _picture(state: SweepState, last: str) -> Group:
    """Return the bar with the times, how runs ended and the last of them, and a line for each run under way."""
    head = Table.grid(padding=(0, 1))
    total = len(state.runs)
    count = f"{state.count:>{len(str(total))}}/{total}"
    head.add_row(ProgressBar(total, state.count, BAR_WIDTH), count, state.times(CLOCK_WIDTH))
    lines = [_counts(state.endings) + last, *state.doing(MOST_WORKERS)]
    # As text: labels may contain square brackets, which rich would read as markup.
    return Group(head, *(Text(line, no_wrap=True, overflow="ellipsis") for line in lines))


@contextmanager
def _lines(state: SweepState) -> Iterator[Report]:
    lines = _Lines(state)
    thread = Thread(target=lines.break_silence, daemon=True)
    thread.start()
    try:
        yield lines.report
    finally:
        lines.is_over.set()
        thread.join()


class _Lines:
    """Prints a line for each run, and one for the state of the sweep where none has come for a while."""

    def __init__(self, state: SweepState) -> None:
        self.state = state
        self.is_over = Event()
        # Runs end in one thread, silences in another.
        self.lock = Lock()
        self.last = time.monotonic()
        tell(f"{counted(len(state.runs), 'run')} to train; starting workers")

    def report(self, record: Record) -> None:
        with self.lock:
            self.state.add(record)
            name = f"{self.state.names[record.run.id]}, seed {record.run.seed}"
            seconds = f" ({record.outcome.own_seconds:.1f} s)" if record.outcome.seconds else ""
            self._tell(f"[{self.state.count}/{len(self.state.runs)}] {name}: {ending_text(record)}{seconds}")

    def break_silence(self) -> None:
        while not self.is_over.wait(max(0.01, self.last + SILENCE - time.monotonic())):
            with self.lock:
                if time.monotonic() >= self.last + SILENCE:
                    said = f"{self.state.count} of {len(self.state.runs)} runs; {self.state.times()}"
                    self._tell("; ".join((said, *self.state.doing(MOST_WORKERS))))

    def _tell(self, text: str) -> None:
        tell(text)
        self.last = time.monotonic()


@contextmanager
def silent(_runs: Sequence[Run]) -> Iterator[Report]:
    """Show nothing."""
    yield lambda _record: None


def _counts(endings: Counter[str]) -> str:
    return "  ".join(f"{status} {endings[status]}" for status in ("done", "diverged", "failed"))
