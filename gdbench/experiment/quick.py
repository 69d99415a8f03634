"""A quick look at an experiment: few seeds and a tenth of the training images or updates, under a name of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gdbench.catalog.datasets.dataset import Facts
from gdbench.experiment.experiment import Experiment
from gdbench.experiment.settings.checks import counts

SEEDS = 3
SHARE = 10
SUFFIX = "-quick"
MARK = f"quick look: {SEEDS} seeds, a {SHARE}th of the training, no re-run"


def shortened(settings: Mapping[str, Mapping[str, Any]], facts: Facts | None) -> Iterator[str]:
    """Yield what to set in a resolved run, as `path=value`; data of unknown size stay whole."""
    training = settings["training"]
    if training["steps"]:
        yield f"training.steps={max(1, training['steps'] // SHARE)}"
    elif facts is not None:
        dataset = settings["dataset"]
        least = 1 if training["batch_size"] == "full" else training["batch_size"]
        found = counts(dataset, facts)
        yield f"dataset.train={max(least, found.source // SHARE)}"
        if dataset["deform"] != "off":
            yield f"dataset.deform.images={max(least, found.train // SHARE)}"


def marked(experiment: Experiment) -> Experiment:
    """Return the experiment under a name and with titles that say what it is."""
    comparisons = tuple(
        replace(comparison, title=f"{comparison.title} ({MARK})") for comparison in experiment.comparisons
    )
    return Experiment(f"{experiment.name}{SUFFIX}", f"{experiment.title} ({MARK})", comparisons)
