"""The progress of a sweep in a notebook: a bar that is redrawn in its place, without any extension of Jupyter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from threading import Event, Lock, Thread

from gdbench.display.live_progress.progress import MOST_WORKERS, Report
from gdbench.display.live_progress.sweep_state import SweepState
from gdbench.display.run_text import ending_text, run_names
from gdbench.execution.activity import Activity
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record, Run

# Each redrawing is a message to the browser.
INTERVAL = 0.5


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    from rich.console import Console

    return Console().is_jupyter


@contextmanager
def notebook_watch(experiment: Experiment, runs: Sequence[Run], activity: Activity | None = None) -> Iterator[Report]:
    """Show the progress of the runs in the notebook; yields a function to call with each finished record.

    `activity` tells what the workers are doing.
    """
    # In a notebook there is IPython; rich's own bar would need ipywidgets beside it.
    from IPython.display import display

    bar = NotebookBar(SweepState(run_names(experiment), runs, activity or Activity()))
    handle, is_over = display(bar.formats(), raw=True, display_id=True), Event()

    def redraw() -> None:
        while not is_over.wait(INTERVAL):
            handle.update(bar.formats(), raw=True)

    # Nothing may end for minutes, while data are loaded and programs compiled.
    thread = Thread(target=redraw, daemon=True)
    thread.start()
    try:
        yield bar.add
    finally:
        is_over.set()
        thread.join()
        bar.is_over = True
        handle.update(bar.formats(), raw=True)


class NotebookBar:
    """What the bar says: how many runs have ended and how, the last of them, the times, and the runs under way."""

    def __init__(self, state: SweepState) -> None:
        """Begin with nothing ended."""
        self.state = state
        self.last = ""
        self.is_over = False
        # Runs end in one thread, and the bar is drawn in another.
        self._lock = Lock()

    def add(self, record: Record) -> None:
        """Take note of a run that has ended."""
        with self._lock:
            self.state.add(record)
            self.last = f"{self.state.names[record.run.id]}, seed {record.run.seed}: {ending_text(record)}"

    def lines(self) -> list[str]:
        """Return the line of the bar, and one for each run under way."""
        with self._lock:
            counts = ", ".join(f"{count} {status}" for status, count in self.state.endings.items())
            done = f"{self.state.count} of {len(self.state.runs)} runs{f' ({counts})' if counts else ''}"
            head = "; ".join(part for part in (done, self.last, self.state.times().replace("  ", ", ")) if part)
            return [head, *([] if self.is_over else self.state.doing(MOST_WORKERS))]

    def formats(self) -> dict[str, str]:
        """Return the bar for browsers, and its text for whatever shows no HTML."""
        head, *doing = self.lines()
        bar = f'<progress value="{self.state.count}" max="{len(self.state.runs)}"></progress>'
        below = "".join(f"<br>{escape(line)}" for line in doing)
        return {"text/html": f"<div>{bar} {escape(head)}{below}</div>", "text/plain": "\n".join([head, *doing])}
