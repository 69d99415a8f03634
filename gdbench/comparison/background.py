"""What a table's numbers rest on: the epoch they are of, the images behind them, and what differs between seeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Noun
from gdbench.catalog.datasets.surfaces import surface_of
from gdbench.catalog.optimizers import METHODS
from gdbench.catalog.optimizers.wrappers import optimizers_in
from gdbench.comparison.class_measures import answers_at, class_labels, largest_class
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.resolution import resolution
from gdbench.comparison.selection import Selection
from gdbench.records import SECTIONS, Record, Settings

# How many times its equal part the largest class has, where classes are called unequal.
UNEQUAL = 1.2
# Layers of Keras that draw random numbers while training.
_DROPOUT, _NOISE = "Dropout", "GaussianNoise"
_SECTIONS_OF = attrgetter(*SECTIONS)


@dataclass(frozen=True, slots=True)
class Background:
    """Facts about the runs of a comparison that the sentences around its table state.

    `epoch` is the last one of every finished run, None where they differ or none is finished. `images` are behind the
    metric of each selection, None where that is no share of images or rows differ. `drawn` is what a seed decides.
    `overrides` are settings, as `path=value`, that replaced those of the configuration. `target` is the accuracy whose
    cost is counted, of the split `target_split`; `counts_whole_epochs` where no run is evaluated within an epoch.
    `has_shared_times` where a run may have shared the machine with another.
    `largest` is the largest class of the test images and its share, where it is much larger than in equal parts.
    """

    seeds: int
    epoch: float | None = None
    images: tuple[int | None, ...] = ()
    drawn: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    target: float | None = None
    target_split: Literal["val", "test"] = "test"
    counts_whole_epochs: bool = False
    has_shared_times: bool = False
    largest: tuple[str, float] | None = None
    noun: Noun = "images"


def background(
    measurement: Measurement, selections: Sequence[Selection], overrides: tuple[str, ...] = ()
) -> Background:
    """Return the facts about a comparison as measured."""
    points = measurement.comparison.points
    records = [record for point in points for record in measurement.records_of(point)]
    epochs = {_last_epoch(record) for record in records if record.outcome.is_done}
    steps = [{resolution(measurement, point, selection.metric) for point in points} for selection in selections]
    target = measurement.comparison.target
    has_validation = target is not None and any(record.outcome.history.get("val_accuracy") for record in records)
    return Background(
        seeds=max(len(point.runs) for point in points),
        epoch=epochs.pop() if len(epochs) == 1 else None,
        images=tuple(round(1 / max(found)) if len(found) == 1 and max(found) else None for found in steps),
        drawn=_drawn(records),
        overrides=overrides,
        target=target,
        target_split="val" if has_validation else "test",
        counts_whole_epochs=all(record.run.training.get("evaluate_every", 1) >= 1 for record in records),
        has_shared_times=measurement.has_shared_times,
        largest=_largest(records),
        noun=noun_of(records),
    )


def _last_epoch(record: Record) -> float | None:
    epochs = record.outcome.history.get("epoch")
    return epochs[-1] if epochs else None


def noun_of(records: Iterable[Record]) -> Noun:
    """Return what the examples are called that runs are trained and evaluated on: `images` if all of them are."""
    # Runs that were read from a ledger share their sections.
    datasets = {id(record.run.dataset): record.run.dataset for record in records}.values()
    return "examples" if "examples" in map(DATASETS.examples_of, datasets) else "images"


def _largest(records: Sequence[Record]) -> tuple[str, float] | None:
    """Return the largest class and its share, None where classes are about equal, unknown, or not the same in all rows.

    Equal to a fifth, as those of MNIST are: what always answers the largest class is hardly better than chance there.
    """
    matrices = [answers.get("confusion", []) for record in records if (answers := answers_at(record, "last"))]
    found = {(largest_class(matrix), len(matrix)) for matrix in matrices}
    if len(found) != 1:
        return None
    largest, classes = found.pop()
    if not largest or largest[1] * classes <= UNEQUAL:
        return None
    labels = class_labels(records, classes)
    return labels[largest[0]] if labels else str(largest[0]), largest[1]


def _drawn(records: Sequence[Record]) -> tuple[str, ...]:
    """Return what differs between the seeds of a row, in any of the rows."""
    # Runs that were read from a ledger share their sections: those of a row differ in the seed alone.
    distinct = {tuple(map(id, _SECTIONS_OF(record.run))): record.run for record in records}.values()
    runs = [replace(run, optimizer=optimizer) for run in distinct for optimizer in optimizers_in(run.optimizer)]
    methods = [METHODS.get(run.optimizer.get("name", "")) for run in runs]
    surfaces = [surface_of(run.dataset) is not None for run in runs]
    names = ["initial weights"] if any(run.dataset.get("start", "random") == "random" for run in runs) else []
    by_steps = (run for run, by, alone in zip(runs, methods, surfaces, strict=True) if not (by or alone))
    if any(run.training.get("batch_size") != "full" for run in by_steps):
        names.append("batch order")
    if any(method is not None and method.draws for method in methods):
        names.append("draws of methods")
    regularizations = {id(run.regularization): run.regularization for run in runs}.values()
    architectures = {id(run.architecture): run.architecture for run in runs}.values()
    for name, layer in (("dropout", _DROPOUT), ("gaussian_noise", _NOISE)):
        by_option = any(_is_on(regularization.get(name)) for regularization in regularizations)
        if by_option or any(_has_layer(architecture, layer) for architecture in architectures):
            names.append(name.replace("gaussian_", ""))
    return tuple(names)


def _is_on(option: object) -> bool:
    return any(option.values()) if isinstance(option, Mapping) else bool(option)


def _has_layer(architecture: Settings, kind: str) -> bool:
    layers = architecture.get("layers") or ()
    return any(isinstance(layer, Mapping) and kind in str(layer.get("name")) for layer in layers)
