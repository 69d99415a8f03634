"""The progress of a sweep in a notebook: a bar that is redrawn in its place, without any extension of Jupyter."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

from gdbench.display.progress import Report, ending, run_names
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record, Run

# Each redrawing is a message to the browser.
INTERVAL = 0.2


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    from rich.console import Console

    return Console().is_jupyter


@contextmanager
def notebook_watch(experiment: Experiment, runs: Sequence[Run]) -> Iterator[Report]:
    """Show the progress of the runs in the notebook; yields a function to call with each finished record."""
    # In a notebook there is IPython; rich's own bar would need ipywidgets beside it.
    from IPython.display import display

    bar = _NotebookBar(run_names(experiment), len(runs))
    handle = display(bar.formats(), raw=True, display_id=True)

    def report(record: Record) -> None:
        bar.add(record)
        if bar.is_due():
            handle.update(bar.formats(), raw=True)

    try:
        yield report
    finally:
        handle.update(bar.formats(), raw=True)


class _NotebookBar:
    """What the bar says: how many runs have ended and how, the last of them, and the time."""

    def __init__(self, names: dict[str, str], total: int) -> None:
        self.names = names
        self.total = total
        self.endings: Counter[str] = Counter()
        self.last = "starting workers, which takes some seconds"
        self.started = self.drawn = time.monotonic()

    @property
    def count(self) -> int:
        return self.endings.total()

    def add(self, record: Record) -> None:
        self.endings[record.outcome.status] += 1
        self.last = f"{self.names[record.run.id]}, seed {record.run.seed}: {ending(record)}"

    def is_due(self) -> bool:
        """Whether the bar was drawn some time ago; the end of the sweep is always drawn."""
        now = time.monotonic()
        if now - self.drawn < INTERVAL:
            return False
        self.drawn = now
        return True

    def text(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in self.endings.items())
        elapsed = time.monotonic() - self.started
        times = f"elapsed {_clock(elapsed)}"
        if 0 < self.count < self.total:
            times += f", left about {_clock(elapsed / self.count * (self.total - self.count))}"
        return f"{self.count} of {self.total} runs{f' ({counts})' if counts else ''}; {self.last}; {times}"

    def formats(self) -> dict[str, str]:
        """Return the bar for browsers, and its text for whatever shows no HTML."""
        text = self.text()
        bar = f'<progress value="{self.count}" max="{self.total}"></progress>'
        return {"text/html": f"<div>{bar} {escape(text)}</div>", "text/plain": text}


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
