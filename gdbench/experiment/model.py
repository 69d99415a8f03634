"""Experiment and Comparison: what was asked, resolved to grid points and the ids of their runs."""

from dataclasses import dataclass
from typing import Any, Literal

from gdbench.experiment.resolve import Plugged
from gdbench.records import Run

At = int | Literal["last", "best_val", "max"]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a grid: its path as the file writes it (`optimizer`, `variants`, `"a, b"`) and a label a row."""

    key: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a grid: a label an axis, outermost first, and the ids of its runs, one a seed."""

    labels: tuple[str, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """A figure that a source prints: a number in the metric's unit (fractions for percent), or an outcome in words.

    `spread` is the standard deviation over the source's runs, where it gives one.
    """

    value: float | str
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source that a measurement can show or refute.

    `kind` is greater, less, equal, best, order, rising, falling, spread or opposed. `rows` are grid rows as
    `outer/inner` labels; for `best` on two axes, `best_of` maps a label of the one to the best label of the other.
    `bound` is the largest spread, in the metric's unit; `metrics` are the two opposed metrics.
    """

    kind: str
    text: str
    metric: str
    at: At
    rows: tuple[str, ...] = ()
    best_of: tuple[tuple[str, str], ...] = ()
    bound: float | None = None
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """One table of a source: its values by point labels, one value for each epoch of `at`."""

    source: str
    metric: str
    at: tuple[At, ...]
    runs: int
    compare: Literal["value", "ratio", "order"]
    tolerance: float | None
    values: tuple[tuple[tuple[str, ...], tuple[PublishedValue, ...]], ...]
    words: tuple[str, ...]
    assumed: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One grid of an experiment: its axes, outermost first, its points in order, and what a source says of them."""

    name: str
    title: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    seeds: tuple[int, ...]
    target: float | None = None
    published: tuple[Published, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Experiment:
    """What one configuration asks for; its name is the folder of its results."""

    name: str
    title: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment with every run that it means: each once, in the order of the file.

    `resolved` is the configuration with every default filled in, as JSON values. `alone` are the runs whose times are
    compared: they are trained one by one. `plugins` are the components that name a user's own code, each once.
    """

    experiment: Experiment
    runs: tuple[Run, ...]
    resolved: dict[str, Any]
    alone: frozenset[str] = frozenset()
    plugins: tuple[Plugged, ...] = ()
