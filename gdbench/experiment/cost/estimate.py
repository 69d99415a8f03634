"""How long runs are likely to take: by their multiply-adds and updates, and by the records of runs like them."""

import math
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any

from gdbench.catalog.architecture_spec import ArchitectureSpec, Layer, Residual, shape_in
from gdbench.catalog.datasets.dataset import Facts
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Record, Run

# Fitted to the reference results, of one core of an AMD EPYC; what matters for the order of runs is how they compare.
MULTIPLY_ADDS_A_SECOND = 4e10
# How many times slower than that other kinds of layers are.
CONVOLUTION, RECURRENCE = 1.5, 1.4
# Products of an input and of a state that a recurrent layer makes at each step.
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
SECONDS_AN_UPDATE = 1e-4
SECONDS_A_WEIGHT = 1.2e-9
COMPILE_SECONDS = 3.0
LIKE_MNIST = Facts(60_000, 10_000, (28, 28), 10, "")
LIKE_MLP = ArchitectureSpec("flat", (Layer("Dense", {"units": 128}),))


class Expectation:
    """What runs are expected to take, learnt from those of the same plan that are in a ledger."""

    def __init__(self, runs: Iterable[Run], records: Mapping[str, Record]) -> None:
        """Compare what is measured of a program with its estimate; other programs are off by the same factor."""
        measured: dict[str, float] = {}
        estimated: dict[str, float] = {}
        compiling = []
        for run in runs:
            record = records.get(run.id)
            seconds = record.outcome.seconds if record and record.outcome.is_done else {}
            if "train" not in seconds:
                continue
            program = program_key(run)
            measured[program] = measured.get(program, 0.0) + seconds["train"] + seconds.get("evaluate", 0.0)
            estimated[program] = estimated.get(program, 0.0) + estimate(run)
            compiling.append(seconds.get("compile", 0.0))
        self.known = len(compiling)
        self.compile_seconds = median([each for each in compiling if each] or [COMPILE_SECONDS])
        self._factors = {program: measured[program] / estimated[program] for program in measured}
        self._factor = sum(measured.values()) / sum(estimated.values()) if estimated else 1.0

    def seconds(self, run: Run) -> float:
        """Return the seconds that a run is expected to train and evaluate on one core."""
        if not self._factors:
            return estimate(run)
        return estimate(run) * self._factors.get(program_key(run), self._factor)

    def total(self, runs: Iterable[Run], programs: int) -> float:
        """Return the seconds of one core that runs are expected to take, with as many programs to compile."""
        return sum(map(self.seconds, runs)) + self.compile_seconds * programs


def estimate(run: Run) -> float:
    """Return the seconds that a run would take on the core that the constants are measured on, to a factor of two.

    A step costs three forward passes, and time for each update that grows with the weights; a run that may stop early
    is taken to go on to its end, and data and layers of a user's own code to be like MNIST and the default network.
    """
    settings = settings_of(run)
    training = settings.training
    facts = settings.dataset.facts() or LIKE_MNIST
    counts = settings.dataset.counts(facts)
    spec = settings.architecture.preview or LIKE_MLP
    work, weights = _work(spec, facts.shape, facts.classes)
    batch = training.batch_size_for(counts.train)
    updates = training.updates_for(math.ceil(counts.train / batch))
    epochs = updates * batch / counts.train
    evaluations = math.ceil(epochs / training.evaluate_every)
    evaluated = evaluations * (counts.validation + counts.test + (counts.train if training.evaluate_train else 0))
    passes = 3 * updates * batch + evaluated
    return passes * work / MULTIPLY_ADDS_A_SECOND + updates * (SECONDS_AN_UPDATE + weights * SECONDS_A_WEIGHT)


def _work(spec: ArchitectureSpec, image: tuple[int, ...], classes: int) -> tuple[float, int]:
    """Return the multiply-adds of one image's forward pass, those of convolutions weighed, and the weights."""
    shape = shape_in(spec.form, image) or (math.prod(image),)
    work, weights = 0.0, 0
    for layer in (*_chain(spec), Layer("Dense", {"units": classes})):
        after, repeats, size, slowness = _layer(layer, shape)
        work += repeats * size * slowness
        weights += size
        shape = after
    return work, weights


def _chain(spec: ArchitectureSpec) -> Iterator[Layer]:
    """Yield the layers without their shortcuts, which cost little."""
    for layer in spec.layers:
        if isinstance(layer, Residual):
            yield from layer.layers
        elif isinstance(layer, Layer):
            yield layer


def _layer(layer: Layer, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int, int, float]:
    """Return a layer's output shape, how often an image uses its kernel, the weights in that, and its slowness.

    Kinds that are not listed count as free and leave the shape as it is.
    """
    given = layer.arguments
    rows, columns, channels = (*shape, 1, 1)[:3]
    if layer.kind == "Dense":
        return (*shape[:-1], given["units"]), math.prod(shape[:-1]), shape[-1] * given["units"], 1.0
    if layer.kind in GATES:
        units = given["units"]
        size = GATES[layer.kind] * (columns + units) * units
        return ((rows, units) if given["return_sequences"] else (units,)), rows, size, RECURRENCE
    if layer.kind == "Conv2D":
        sides, strides = _pair(given["kernel_size"]), _pair(given.get("strides", 1))
        rows, columns = (
            max(1, math.ceil((length - (side - 1 if given.get("padding") != "same" else 0)) / stride))
            for length, side, stride in zip((rows, columns), sides, strides, strict=True)
        )
        size = math.prod(sides) * channels * given["filters"]
        return (rows, columns, given["filters"]), rows * columns, size, CONVOLUTION
    if layer.kind in ("MaxPooling2D", "AveragePooling2D"):
        down, across = _pair(given["pool_size"])
        return (max(1, rows // down), max(1, columns // across), channels), 0, 0, 1.0
    if layer.kind == "GlobalAveragePooling2D":
        return (channels,), 0, 0, 1.0
    return ((math.prod(shape),) if layer.kind == "Flatten" else shape), 0, 0, 1.0


def _pair(value: Any) -> tuple[int, int]:
    """Return the two sides of a window given by one or both."""
    return (value[0], value[1]) if isinstance(value, list) else (value, value)
