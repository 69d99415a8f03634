"""The frozen types of what a configuration asks for: experiments, comparisons, points, and what a source prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.moment import At, Seconds
from gdbench.experiment.settings.resolved import PluginUse
from gdbench.experiment.tuning.tuned_rows import Tuning
from gdbench.metrics import METRICS
from gdbench.records import Run, Settings

CLAIM_KINDS = ("greater", "less", "equal", "best", "order", "rising", "falling", "spread", "opposed")
# Those that may hold within a tolerance.
TOLERANT_KINDS = ("equal", "best", "order", "rising", "falling")
# The label of a row on an axis that it has no value for, such as that of another row's own range.
NO_VALUE = "-"


def row_key(labels: Sequence[str]) -> str:
    """Return the name of a row in claims and published values: its labels as `outer/inner`."""
    return "/".join(labels)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a grid: its path as the file writes it (`optimizer`, `variants`, `"a, b"`) and a label per row."""

    key: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a grid: one label per axis, outermost first, and the ids of its runs, one per seed.

    `images` are None where a plan cannot know them, such as for a dataset that user code makes.
    """

    labels: tuple[str, ...]
    # Ids rather than runs: comparisons share runs, and tables look them up in a ledger.
    runs: tuple[str, ...]
    # Not compared: a file that was written before they were kept holds the same experiment.
    images: ImageCounts | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """The name of its row: its labels as `outer/inner`."""
        return row_key(self.labels)


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """A figure that a source prints: a number in the metric's unit (fractions for percent), or an outcome in words.

    `spread` is the standard deviation over the source's runs, where it prints one.
    """

    # Text is collapsed, diverged, or one of the words of its block.
    value: float | str
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source that a measurement can show or refute.

    `kind` is one of CLAIM_KINDS, `rows` are keys of rows; for `best` on two axes `best_of` pairs each label of one axis
    with the best label of the other. `bound` is the largest spread, in the metric's unit; `metrics` are the two opposed
    metrics. `tolerance` is the claim's own: in the metric's unit, or a factor for a ratio; None where that of its block
    or the default applies.
    """

    kind: str
    text: str
    metric: str
    at: At
    rows: tuple[str, ...] = ()
    best_of: tuple[tuple[str, str], ...] = ()
    bound: float | None = None
    metrics: tuple[str, ...] = ()
    tolerance: float | None = None

    @property
    def timed(self) -> bool:
        """Whether what it says depends on the machine and its load."""
        return _is_timed(self.metrics or (self.metric,), (self.at,))


@dataclass(frozen=True, slots=True)
class Published:
    """One table of a source: its figures by the labels of a point, one for each moment of `at`."""

    source: str
    metric: str
    at: tuple[At, ...]
    runs: int
    compare: Literal["value", "ratio", "order"]
    tolerance: float | None
    # Pairs, not a dictionary: frozen like the rest, and in the order of the source.
    values: tuple[tuple[tuple[str, ...], tuple[PublishedValue, ...]], ...]
    words: tuple[str, ...]
    assumed: tuple[str, ...]
    claims: tuple[Claim, ...]

    @property
    def has_timed_figures(self) -> bool:
        """Whether its figures depend on the machine and its load."""
        return _is_timed((self.metric,), self.at)


def _is_timed(metrics: Sequence[str], moments: Sequence[At]) -> bool:
    return any(METRICS[name].timed for name in metrics) or any(isinstance(at, Seconds) for at in moments)


@dataclass(frozen=True, slots=True)
class Universe:
    """One protocol of a multiverse: a label for each of its axes, and the points of the comparison under it."""

    labels: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Multiverse:
    """The protocols that a source leaves open, under each of which a comparison is judged (Steegen et al. 2016).

    `left_out` are the keys that do not apply to the comparison, since its own grid varies these paths.
    """

    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    universes: tuple[Universe, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One grid of an experiment: its axes, outermost first, its points in order, and what a source prints of them.

    `looks` are the numbers of seeds, increasing to all of them, at which its rows are compared, and after which it
    ends once the best row is separated from all others; none where every seed is trained. With `tuning`, the points of
    tuned rows have no runs until their settings are chosen. One that `is_quick`, with runs too short to decide
    anything, gets figures but no verdict.
    """

    name: str
    title: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    seeds: tuple[int, ...]
    # A target is no setting of a run: it stops nothing and is not in the run's id.
    target: float | None = None
    published: tuple[Published, ...] = ()
    claims: tuple[Claim, ...] = ()
    looks: tuple[int, ...] = ()
    multiverse: Multiverse | None = None
    is_quick: bool = False
    tuning: Tuning | None = None

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The distinct ids of the runs of its points."""
        return tuple(dict.fromkeys(run for point in self.points for run in point.runs))

    @property
    def final_run_ids(self) -> tuple[str, ...]:
        """The distinct ids of the runs that its table may show: those of its points, and of what rows may choose."""
        return tuple(dict.fromkeys((*self.run_ids, *(self.tuning.final_ids if self.tuning else ()))))

    @property
    def all_run_ids(self) -> tuple[str, ...]:
        """The distinct ids of all runs that it may take, those of tuning included."""
        return tuple(dict.fromkeys((*self.run_ids, *(self.tuning.run_ids if self.tuning else ()))))

    @property
    def is_published(self) -> bool:
        """Whether a source prints figures or makes claims about it."""
        return bool(self.published or self.claims)

    @property
    def timed(self) -> bool:
        """Whether a source's figures, or what is claimed of it, depend on the machine and its load."""
        claims = (*self.claims, *(claim for block in self.published for claim in block.claims))
        return any(block.has_timed_figures for block in self.published) or any(claim.timed for claim in claims)

    def with_first(self, seeds: int) -> "Comparison":
        """Return the comparison with only its first `seeds` seeds."""
        points = tuple(replace(point, runs=point.runs[:seeds]) for point in self.points)
        return replace(self, points=points, seeds=self.seeds[:seeds])

    @property
    def in_universes(self) -> tuple["Comparison", ...]:
        """The comparison under each protocol of its multiverse, which are ordinary comparisons."""
        if self.multiverse is None:
            return ()
        own = replace(self, seeds=self.multiverse.seeds, multiverse=None)
        return tuple(replace(own, points=universe.points) for universe in self.multiverse.universes)


@dataclass(frozen=True, slots=True)
class Experiment:
    """What one configuration asks for; its name is the folder of its results.

    `overrides` are the `path=value` texts that replaced settings of the file.
    """

    name: str
    title: str
    comparisons: tuple[Comparison, ...]
    overrides: tuple[str, ...] = ()

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The distinct ids of all runs that it may take, in file order."""
        return tuple(dict.fromkeys(run for comparison in self.comparisons for run in comparison.all_run_ids))


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment with all of its distinct runs, in file order.

    `resolved` holds the sections of each comparison with every default filled in. `exclusive_runs` are the ids of runs
    whose times are compared: they are trained one at a time. `plugins` are the distinct components that name user code.
    `path` is the configuration's. `universe_runs` are those that only universes need; a plan that `has_universes`
    trains them, and has them among its `runs`.
    """

    experiment: Experiment
    runs: tuple[Run, ...]
    resolved: Mapping[str, Mapping[str, Settings]]
    exclusive_runs: frozenset[str] = frozenset()
    plugins: tuple[PluginUse, ...] = ()
    path: Path | None = None
    universe_runs: tuple[Run, ...] = ()
    has_universes: bool = False

    @property
    def trained(self) -> tuple[Comparison, ...]:
        """The comparisons whose runs a sweep trains; with universes, each of them as well."""
        own = self.experiment.comparisons
        return (*own, *(each for comparison in own for each in comparison.in_universes)) if self.has_universes else own

    def with_universes(self) -> "Plan":
        """Return the plan that trains every universe too, after all else."""
        return replace(self, runs=(*self.runs, *self.universe_runs), has_universes=True)
