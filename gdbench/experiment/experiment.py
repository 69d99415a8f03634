"""Experiment and Comparison: what was asked, resolved to grid points and the ids of their runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.experiment.published.published import Claim, Published
from gdbench.experiment.settings.resolved import PluginUse
from gdbench.records import Run, Settings


def row_key(labels: Sequence[str]) -> str:
    """Return the name of a row in claims and published values: its labels as `outer/inner`."""
    return "/".join(labels)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a grid: its path as the file writes it (`optimizer`, `variants`, `"a, b"`) and a label a row."""

    key: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a grid: one label per axis, outermost first, and the ids of its runs, one per seed."""

    labels: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of its row: its labels as `outer/inner`."""
        return row_key(self.labels)


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

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The ids of all its runs, each once."""
        return tuple(dict.fromkeys(run for point in self.points for run in point.runs))

    @property
    def is_published(self) -> bool:
        """Whether a source says something about it: figures or claims."""
        return bool(self.published or self.claims)


@dataclass(frozen=True, slots=True)
class Experiment:
    """What one configuration asks for; its name is the folder of its results."""

    name: str
    title: str
    comparisons: tuple[Comparison, ...]

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The ids of all its runs, each once, in the order of the file."""
        return tuple(dict.fromkeys(run for comparison in self.comparisons for run in comparison.run_ids))


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment with all of its distinct runs, in the order of the file.

    `resolved` holds the sections of each comparison with every default filled in. `exclusive_runs` are the ids of runs
    whose times are compared: they are trained one at a time. `plugins` are the distinct components that name user code.
    """

    experiment: Experiment
    runs: tuple[Run, ...]
    resolved: Mapping[str, Mapping[str, Settings]]
    exclusive_runs: frozenset[str] = frozenset()
    plugins: tuple[PluginUse, ...] = ()
