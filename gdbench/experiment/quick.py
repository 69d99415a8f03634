"""A quick look at an experiment: few seeds and a tenth of the training images or updates, under a name of its own."""

from collections.abc import Iterator
from dataclasses import replace

from gdbench.catalog.datasets.dataset import Facts
from gdbench.experiment.experiment import Experiment
from gdbench.experiment.settings.run_settings import RunSettings

SEEDS = 3
SHARE = 10
SUFFIX = "-quick"
MARK = f"quick look: {SEEDS} seeds, a {SHARE}th of the training, no re-run"


def shortened(settings: RunSettings, facts: Facts | None) -> Iterator[str]:
    """Yield what to set in a resolved run, as `path=value`; data of unknown size stay whole."""
    training, dataset = settings.training, settings.dataset
    if training.steps:
        yield f"training.steps={max(1, training.steps // SHARE)}"
    elif facts is not None:
        counts = dataset.counts(facts)
        least = training.batch_size_for(1)
        yield f"dataset.train={max(least, counts.source // SHARE)}"
        if dataset.deform:
            yield f"dataset.deform.images={max(least, counts.train // SHARE)}"


def marked(experiment: Experiment) -> Experiment:
    """Return the experiment under a name and with titles that say what it is."""
    comparisons = tuple(
        replace(comparison, title=f"{comparison.title} ({MARK})") for comparison in experiment.comparisons
    )
    return Experiment(f"{experiment.name}{SUFFIX}", f"{experiment.title} ({MARK})", comparisons)
