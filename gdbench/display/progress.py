"""The progress of a sweep: a live bar at a terminal, one line per run elsewhere."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gdbench.display.messages import tell
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record, Run
from gdbench.text import printable

Report = Callable[[Record], None]


@contextmanager
def watch(experiment: Experiment, runs: Sequence[Run]) -> Iterator[Report]:
    """Show the progress of the runs on stderr; yields a function to call with each finished record.

    More runs may be added to `runs` meanwhile.
    """
    names = run_names(experiment)
    # A log file gets lines, not a bar that is redrawn.
    if not sys.stderr.isatty():
        yield _line_reporter(names, runs)
        return
    columns = (
        # Labels may contain square brackets, which rich would read as markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("training", total=len(runs), counts=_counts(Counter()))
        endings: Counter[str] = Counter()

        def report(record: Record) -> None:
            endings[record.outcome.status] += 1
            progress.update(task, total=len(runs), advance=1, counts=_counts(endings), description=names[record.run.id])

        yield report


@contextmanager
def silent(_runs: Sequence[Run]) -> Iterator[Report]:
    """Show nothing."""
    yield lambda _record: None


def run_names(experiment: Experiment) -> dict[str, str]:
    """Return the name of each run, ready to print: the labels of the first point that asks for it."""
    names: dict[str, str] = {}
    for comparison in experiment.comparisons:
        for point in comparison.points:
            for run in point.runs:
                # A run of several points has the name of the first.
                names.setdefault(run, printable(" / ".join(point.labels) or comparison.name))
    return names


def ending(record: Record) -> str:
    """Return in a few words how a run ended."""
    outcome = record.outcome
    if outcome.diverged:
        return f"diverged in epoch {outcome.diverged['epoch']}, update {outcome.diverged['step']}"
    if outcome.error:
        lines = outcome.error.strip().splitlines()
        # The last line of a traceback names the error; other messages begin with what matters.
        return f"failed: {printable(lines[-1] if lines[0].startswith('Traceback') else lines[0])}"
    accuracy = (outcome.metrics or {})["test_accuracy"]
    return f"test accuracy {100 * accuracy:.2f} %"


def _line_reporter(names: dict[str, str], runs: Sequence[Run]) -> Report:
    count = 0

    def report(record: Record) -> None:
        nonlocal count
        count += 1
        name = f"{names[record.run.id]}, seed {record.run.seed}"
        time = f" ({record.outcome.total_seconds:.1f} s)" if record.outcome.seconds else ""
        tell(f"[{count}/{len(runs)}] {name}: {ending(record)}{time}")

    return report


def _counts(endings: Counter[str]) -> str:
    return "  ".join(f"{status} {endings[status]}" for status in ("done", "diverged", "failed"))
