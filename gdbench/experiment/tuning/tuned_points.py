"""Turns the points of a grid into tuned rows: the runs of all trials, and the final runs of every candidate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdbench.catalog.optimizers import METHODS, WRAPPERS
from gdbench.experiment.experiment import Axis, Point, row_key
from gdbench.experiment.grid.grid import MAX_RUNS, Grid
from gdbench.experiment.grid.points import GridPoint
from gdbench.experiment.run_registry import RunRegistry
from gdbench.experiment.settings.merge import Assignment
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.tuning.candidates import Tried
from gdbench.experiment.tuning.halving_rules import refuse_beside_halving
from gdbench.experiment.tuning.tune_keys import Halving
from gdbench.experiment.tuning.tune_parser import TuneRequest, name_in, names_of, parse_tune
from gdbench.experiment.tuning.tuned_rows import FIRST_TRIAL_SEED, Candidate, TunedRow, Tuning
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.text import spelled

DEFAULT = "default"
# The axis of a comparison without a grid.
_ALONE = ("tune", "tuned")


@dataclass(frozen=True, slots=True)
class PlannedPoints:
    """The rows of a comparison and its axes.

    `base` are the points of the grid with runs by which they are told apart: those of a tuned row get their own once
    its setting is chosen. `runs` are the ids of all runs whose test metrics the table may show.
    """

    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    base: tuple[Point, ...]
    runs: tuple[str, ...]
    tuning: Tuning | None = None

    @property
    def tuned_paths(self) -> set[str]:
        """The paths that some row tunes."""
        return {path for row in self.tuning.rows for path in row.paths} if self.tuning else set()


def planned_points(
    node: Node, grid: Grid, sections: Node, seeds: Sequence[int], registry: RunRegistry, mistakes: Mistakes
) -> PlannedPoints:
    """Resolve every point of a comparison's grid, and what `tune` tries for each of them."""
    tune = node.mapping.get("tune")
    request = parse_tune(tune, grid.paths, mistakes) if tune else None
    # The row that a misspelled name is meant for seems to try nothing.
    is_known = not tune or _knows_rows(grid, tune, mistakes)
    tuned = tuned_points(grid, request, sections, seeds, registry, mistakes) if request and is_known else None
    if tuned is None:
        points = registry.points(grid, sections, seeds)
        runs = tuple(run for point in points for run in point.runs)
        tuned = PlannedPoints(grid.named_axes(points), points, points, runs)
    # Where the grid has mistakes, labels may be missing.
    if grid.complete:
        _refuse_equal_names(tuned, node, mistakes)
    return tuned


def _refuse_equal_names(planned: PlannedPoints, node: Node, mistakes: Mistakes) -> None:
    """Refuse two rows of one name, which tables, claims and charts could not tell apart."""
    names = Counter(point.key for point in planned.points)
    twice = next((name for name, times in names.items() if times > 1), None)
    if twice is None:
        return
    rows = planned.tuning.rows if planned.tuning else ()
    note = next((f"the untuned row of '{row.key}' is called so" for row in rows if row.default == twice), "")
    place = node.mapping.get("grid", node).place
    mistakes.repeated(place, "grid", "row names", twice, note or "labels are joined by '/'")


def tuned_points(
    grid: Grid, request: TuneRequest, sections: Node, seeds: Sequence[int], registry: RunRegistry, mistakes: Mistakes
) -> PlannedPoints | None:
    """Resolve every trial and final run of a grid; None where something about its rows is a mistake."""
    untuned = [row_key(point.labels) for point in grid.points if not request.spaces_of(point.labels)]
    asked = len(grid.points) * request.budget * (len(seeds) + request.options.seeds)
    if untuned:
        text = f"expected settings to try for every row, here or in `over`; got none for {spelled(untuned[0])}"
        mistakes.state(request.node.mapping.get("rows", request.node).place, "tune.rows", text)
    elif asked > MAX_RUNS:
        mistakes.add(request.node.place, "tune", f"at most {MAX_RUNS:,} trials and final runs", asked)
    else:
        planned = _Tuner(grid, request, sections, seeds, registry).points()
        settings = [settings_of(registry.by_id[run]) for run in planned.runs]
        if rungs := request.options.rungs:
            refuse_beside_halving(request.node, rungs.first, settings, mistakes)
        if all(each.dataset.options.validation for each in settings):
            return planned
        rule = "validation data to choose by: set dataset.validation"
        if any(each.dataset.surface for each in settings):
            rule = "no tuning on test_function, which has no validation data to choose by"
        mistakes.add(request.node.place, "tune", rule, request.options.metric)
    return None


def _knows_rows(grid: Grid, tune: Node, mistakes: Mistakes) -> bool:
    """Whether some row takes its settings from each key of `tune.rows`; what none does is reported."""
    rows = tune.mapping.get("rows")
    if rows is None or not grid.complete:
        return True
    used = {name_in(rows.mapping, point.labels) for point in grid.points}
    choices = dict.fromkeys(name for point in grid.points for name in names_of(point.labels))
    unused = [key for name, key, _ in rows.items() if name not in used]
    for key in unused:
        if key.text in choices:
            rule = "the outer label of a row that is not named in full beside it"
            mistakes.add(key.place, "tune.rows", rule, key.text)
        else:
            mistakes.add(key.place, "tune.rows", "the name of a row, or its outer label", key.text, choices)
    return not unused


@dataclass(frozen=True, eq=False, slots=True)
class Rung:
    """The length of trials in epochs, None where they are as long as final runs, and the assignments that set it."""

    epochs: int | None
    assignments: tuple[Assignment, ...]


class _Tuner:
    """Makes the runs of one comparison."""

    def __init__(
        self, grid: Grid, request: TuneRequest, sections: Node, seeds: Sequence[int], registry: RunRegistry
    ) -> None:
        self.grid = grid
        self.request = request
        self.sections = sections
        self.seeds = seeds
        self.registry = registry
        self.trial_seeds = tuple(FIRST_TRIAL_SEED + seed for seed in range(request.options.seeds))
        place = request.node.place
        # One object for all trials, by which their points share a section.
        self.of_trials = (
            Assignment("training.evaluate_test", request.node, Node(False, place, "false")),
            Assignment("training.save", request.node, Node("off", place, "off")),
        )
        self.rungs: tuple[Rung, ...] = (Rung(None, ()),)
        self._tried: dict[int, list[tuple[Tried, ...]]] = {}

    def points(self) -> PlannedPoints:
        options = self.request.options
        if options.rungs:
            self.rungs = self._rungs(options.rungs)
        candidates = [[self._candidate(p, tried) for tried in self._tries(p)] for p in self.grid.points]
        # Without defaults, settings that have none may be missing below what is tried.
        first = [] if options.default else [[value.assignment for value in self._tries(p)[0]] for p in self.grid.points]
        base = self.registry.points(self.grid, self.sections, self.seeds, first)
        points: list[Point] = []
        rows: list[TunedRow] = []
        for point, grid_point, tried in zip(base, self.grid.points, candidates, strict=True):
            labels = point.labels or _ALONE[1:]
            tuned, paths = replace(point, labels=labels, runs=()), self._paths(grid_point)
            default = replace(point, labels=self._default_labels(labels))
            points += [tuned, default] if options.default else [tuned]
            rows.append(TunedRow(tuned.key, paths, tuple(tried), default.key if options.default else ""))
        factor = options.rungs.factor if options.rungs else 1
        epochs = tuple(rung.epochs for rung in self.rungs)
        tuning = Tuning(options.metric, options.sampler, self.trial_seeds, epochs, factor, tuple(rows))
        axes = self.grid.named_axes(points) if self.grid.axes else self._axis_alone(points)
        finals = (run for row in rows for candidate in row.candidates for run in candidate.runs)
        runs = (*(run for point in points for run in point.runs), *finals)
        return PlannedPoints(axes, tuple(points), base, runs, tuning)

    def _paths(self, point: GridPoint) -> tuple[str, ...]:
        return tuple(space.path for space in self.request.spaces_of(point.labels))

    def _tries(self, point: GridPoint) -> list[tuple[Tried, ...]]:
        spaces = self.request.spaces_of(point.labels)
        # Rows with the same ranges share their assignments, and so the resolved sections.
        if id(spaces) not in self._tried:
            self._tried[id(spaces)] = self.request.candidates_of(point.labels)
        return self._tried[id(spaces)]

    def _candidate(self, point: GridPoint, tried: Sequence[Tried]) -> Candidate:
        assignments = (*point.assignments, *(value.assignment for value in tried))
        finals = self.registry.runs(self.sections, assignments, self.seeds)
        # Without validation data, which is one mistake of the comparison, no trial can be evaluated.
        has_validation = any(settings_of(self.registry.by_id[run]).dataset.options.validation for run in finals[:1])
        trials = [
            self.registry.runs(self.sections, (*assignments, *self.of_trials, *rung.assignments), self.trial_seeds)
            for rung in self.rungs
            if has_validation
        ]
        labels, edges = tuple(value.label for value in tried), tuple(value.is_edge for value in tried)
        optimizers = {str(self.registry.by_id[run].optimizer["name"]) for run in finals[:1]}
        return Candidate(labels, tuple(trials), finals, edges, resumes=optimizers.isdisjoint((*METHODS, *WRAPPERS)))

    def _rungs(self, halving: Halving) -> tuple[Rung, ...]:
        """Return the lengths of trials, from the first to that of the final runs, which all rows share."""
        first = self.grid.points[0]
        assignments = (*first.assignments, *(value.assignment for value in self._tries(first)[0]))
        found = self.registry.runs(self.sections, assignments, self.seeds[:1])
        if not found:
            return self.rungs
        longest = settings_of(self.registry.by_id[found[0]]).training.epochs
        node, rungs = self.request.node, []
        epochs = halving.first
        while epochs < longest:
            value = Node(epochs, node.place, str(epochs))
            rungs.append(Rung(epochs, (Assignment("training.epochs", node, value),)))
            epochs *= halving.factor
        return (*rungs, Rung(longest, ()))

    def _default_labels(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Return the labels of the row with untuned settings: `SGD (default)` on the axis of what is tuned."""
        if not self.grid.axes:
            return (DEFAULT,)
        section = {path.split(".")[0] for path in self.request.paths}
        varied = [axis.paths[0].split(".")[0] if axis.paths else "" for axis in self.grid.axes]
        index = next((index for index, name in enumerate(varied) if name in section), 0)
        return tuple(f"{label} ({DEFAULT})" if place == index else label for place, label in enumerate(labels))

    def _axis_alone(self, points: Sequence[Point]) -> tuple[Axis, ...]:
        return (Axis(_ALONE[0], tuple(point.labels[0] for point in points)),)
