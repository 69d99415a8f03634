"""Performance profiles (Dolan and More 2002): how often a row reaches the target within x times the fastest row's cost.

A problem is one seed of one comparison, since rows of one seed start from the same weights.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.catalog.optimizers import METHODS, WRAPPERS
from gdbench.comparison.measurement import Measurement
from gdbench.metrics import METRICS

# Where the area ends, as in AlgoPerf (Dahl et al. 2023).
LARGEST_RATIO = 4.0
COSTS = {"updates": "updates_to_target", "epochs": "epochs_to_target", "seconds": "seconds_to_target"}


@dataclass(frozen=True, slots=True)
class RowProfile:
    """The ratios of a row's cost to that of the fastest row, one a problem in increasing order; a miss is infinite."""

    key: str
    ratios: tuple[float, ...]

    def share_within(self, ratio: float) -> float:
        """Return the share of the problems that took at most `ratio` times the cost of the fastest row."""
        return sum(each <= ratio for each in self.ratios) / len(self.ratios)

    @property
    def area(self) -> float:
        """The mean of this share over ratios from 1 to LARGEST_RATIO: 1 for a row that is always the fastest."""
        left = [LARGEST_RATIO - each for each in self.ratios if each < LARGEST_RATIO]
        return math.fsum(left) / ((LARGEST_RATIO - 1) * len(self.ratios))


@dataclass(frozen=True, slots=True)
class PerformanceProfile:
    """The profiles of the rows that all comparisons with a target have; `missing` counts problems with runs to come.

    `comparisons` maps their names to their titles.
    """

    cost: str
    comparisons: Mapping[str, str]
    problems: int
    missing: int
    rows: tuple[RowProfile, ...]


def performance_profile(measurements: Sequence[Measurement], cost: str | None = None) -> PerformanceProfile | None:
    """Return the profile over the comparisons with a target; None with fewer than two of them, or of common rows.

    Unless `cost` says otherwise it counts updates, or epochs where a row has a method, whose updates are whole passes.
    """
    cost = cost or ("epochs" if any(map(_has_methods, measurements)) else "updates")
    targeted = [each for each in measurements if each.comparison.target is not None]
    keys = [point.key for point in targeted[0].comparison.points] if targeted else []
    for each in targeted[1:]:
        known = {point.key for point in each.comparison.points}
        keys = [key for key in keys if key in known]
    if len(targeted) < 2 or len(keys) < 2:
        return None
    metric = METRICS[COSTS[cost]]
    ratios: dict[str, list[float]] = {key: [] for key in keys}
    missing = 0
    for each in targeted:
        points = {point.key: point for point in each.comparison.points}
        samples = [each.sample(points[key], metric, "last") for key in keys]
        seeds = len(each.comparison.seeds)
        for costs in zip(*(sample or (None,) * seeds for sample in samples), strict=True):
            known_costs = [number for number in costs if number is not None]
            if len(known_costs) < len(costs):
                missing += 1
                continue
            fastest = min(known_costs)
            for key, number in zip(keys, known_costs, strict=True):
                ratios[key].append(number / fastest if math.isfinite(number) else math.inf)
    problems = len(ratios[keys[0]])
    if not problems:
        return None
    rows = tuple(RowProfile(key, tuple(sorted(found))) for key, found in ratios.items())
    titles = {each.comparison.name: each.comparison.title or each.comparison.name for each in targeted}
    return PerformanceProfile(cost, titles, problems, missing, rows)


def _has_methods(measurement: Measurement) -> bool:
    """Whether some row is trained by a method, or by a wrapper that may hold one."""
    firsts = (measurement.records.get(point.runs[0]) for point in measurement.comparison.points if point.runs)
    return any(record is not None and record.run.optimizer.get("name") in {*METHODS, *WRAPPERS} for record in firsts)
