"""A quick look at an experiment: three seeds and a tenth of the training, under a name of its own."""

from collections.abc import Iterator
from dataclasses import replace

from gdbench.catalog.datasets.dataset import Facts
from gdbench.experiment.experiment import Experiment
from gdbench.experiment.settings.merge import Assignment
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Place

QUICK_SEEDS = 3
DIVISOR = 10
SUFFIX = "-quick"
MARK = f"quick look: {QUICK_SEEDS} seeds, a {DIVISOR}th of the training, no re-run"
_PLACE = Place("--quick", 0)


def shortening(settings: RunSettings, facts: Facts | None) -> Iterator[Assignment]:
    """Yield the assignments that shorten a resolved run; data of unknown size stay whole."""
    training, dataset = settings.training, settings.dataset
    # The starts of a run share its length equally, and the stages of a chain have lengths of their own.
    wrapper = settings.optimizer.wrapper
    starts = len(wrapper.parts) if wrapper and not wrapper.continues else 1
    if training.steps:
        yield _assignment("training.steps", max(1, training.steps // DIVISOR // starts) * starts)
    elif dataset.surface and not (wrapper and wrapper.continues):
        yield _assignment("training.epochs", max(1, training.epochs // DIVISOR // starts) * starts)
    elif facts is not None:
        counts = dataset.counts(facts)
        # A batch, or the images of a method, must still fit into the training images.
        least = max(_least(part) for part in settings.parts or (settings,))
        yield _assignment("dataset.train", max(least, counts.source // DIVISOR))
        if dataset.deform:
            yield _assignment("dataset.deform.images", max(least, counts.train // DIVISOR))


def _least(settings: RunSettings) -> int:
    return settings.optimizer.images_for(1) if settings.optimizer.method else settings.training.batch_size_for(1)


def as_quick_look(experiment: Experiment) -> Experiment:
    """Return the experiment under a name and with titles that mark it as a quick look."""
    comparisons = tuple(
        replace(comparison, title=f"{comparison.title} ({MARK})", multiverse=None, is_quick=True)
        for comparison in experiment.comparisons
    )
    return replace(
        experiment,
        name=f"{experiment.name}{SUFFIX}",
        title=f"{experiment.title} ({MARK})",
        comparisons=comparisons,
    )


# As if `--quick` were a place in a file, for the mistakes that shortening might cause.
def _assignment(path: str, value: int) -> Assignment:
    return Assignment(path, Node(path, _PLACE, path), Node(value, _PLACE, str(value)))
