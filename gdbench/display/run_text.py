"""Runs in words: the name of each, and how one ended."""

from gdbench.experiment.experiment import Experiment
from gdbench.records import Record
from gdbench.text import printable


def run_names(experiment: Experiment) -> dict[str, str]:
    """Return the name of each run, ready to print: the labels of the first point that asks for it."""
    names: dict[str, str] = {}
    # Universes come last: a run of their own has the name of its row.
    own = experiment.comparisons
    for comparison in (*own, *(universe for each in own for universe in each.in_universes)):
        for point in comparison.points:
            for run in point.runs:
                # A run of several points has the name of the first.
                names.setdefault(run, printable(" / ".join(point.labels) or comparison.name))
        for row in comparison.tuning.rows if comparison.tuning else ():
            for candidate in row.candidates:
                name = printable(" / ".join((row.key, *candidate.labels)))
                names |= {run: f"{name}, trial" for rung in candidate.trials for run in rung}
                for run in candidate.runs:
                    names.setdefault(run, name)
    return names


def ending_text(record: Record) -> str:
    """Return in a few words how a run ended."""
    outcome = record.outcome
    if outcome.diverged:
        return f"diverged in epoch {outcome.diverged['epoch']}, update {outcome.diverged['step']}"
    if outcome.error:
        lines = outcome.error.strip().splitlines()
        # The last line of a traceback names the error; other messages begin with what matters.
        return f"failed: {printable(lines[-1] if lines[0].startswith('Traceback') else lines[0])}"
    metrics = outcome.metrics or {}
    # A run that does without the test images has validation images.
    if "test_accuracy" in metrics:
        return f"test accuracy {100 * metrics['test_accuracy']:.2f} %"
    if "val_accuracy" in metrics:
        return f"validation accuracy {100 * metrics['val_accuracy']:.2f} %"
    # A test function has no images.
    return f"training loss {metrics['train_loss']:.4g}"
