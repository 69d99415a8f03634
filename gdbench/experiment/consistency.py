"""Whether the parts of a stored experiment fit together, as those of a planned one always do."""

import math
from collections.abc import Collection
from dataclasses import astuple

from gdbench.experiment.experiment import CLAIM_KINDS, Claim, Comparison, Experiment, Published, PublishedValue
from gdbench.experiment.sequential_seeds import FEWEST_SEEDS
from gdbench.experiment.tuning.tuned_rows import Tuning
from gdbench.metrics import METRICS

# The kinds of claims about exactly two rows.
_PAIRS = ("greater", "less", "equal")


def is_consistent(experiment: Experiment) -> bool:
    """Whether an experiment can be tabulated and judged: a file may have been damaged or edited by hand."""
    return all(map(_comparison, experiment.comparisons))


def _comparison(comparison: Comparison) -> bool:
    points = comparison.points
    keys = {point.key for point in points}
    return (
        bool(points)
        and len(keys) == len(points)
        and all(len(point.labels) == len(comparison.axes) for point in points)
        and all(point.images is None or min(astuple(point.images)) >= 0 for point in points)
        # What is judged is compared seed by seed.
        and (not comparison.is_published or comparison.tuning or len({len(point.runs) for point in points}) == 1)
        and (comparison.tuning is None or _tuning(comparison.tuning, keys, comparison.looks))
        and (not comparison.looks or _looks(comparison))
        and _is_finite(comparison.target)
        and all(_universe(universe, comparison) for universe in comparison.in_universes)
        and all(_published(block, comparison) for block in comparison.published)
        and all(_claim(claim, keys) for claim in comparison.claims)
    )


def _universe(universe: Comparison, comparison: Comparison) -> bool:
    """Whether a comparison can be judged in a universe as it is by itself."""
    return (
        comparison.is_published
        and [point.labels for point in universe.points] == [point.labels for point in comparison.points]
        and all(len(point.runs) == len(universe.seeds) for point in universe.points)
    )


def _looks(comparison: Comparison) -> bool:
    """Whether rows can be compared at each look; the last one takes all seeds."""
    looks = comparison.looks
    return (
        looks == tuple(sorted(set(looks)))
        and looks[0] >= FEWEST_SEEDS
        and looks[-1] == len(comparison.seeds)
        and all(len(point.runs) == looks[-1] for point in comparison.points)
        and not comparison.is_published
    )


def _tuning(tuning: Tuning, keys: Collection[str], looks: Collection[int]) -> bool:
    """Whether every row has the same number of candidates, each with all of its trials."""
    rows, trials = tuning.rows, (len(tuning.epochs), {len(tuning.seeds)})
    return (
        bool(rows)
        and not looks
        and tuning.metric in METRICS
        and min(len(tuning.seeds), len(tuning.epochs), tuning.factor, tuning.budget) >= 1
        and {row.key for row in rows} | {row.default for row in rows if row.default} <= set(keys)
        and all(len(row.candidates) == tuning.budget for row in rows)
        and all(
            (len(tried.trials), set(map(len, tried.trials))) == trials
            and len(tried.labels) == len(tried.edges) == len(row.paths)
            for row in rows
            for tried in row.candidates
        )
    )


def _published(block: Published, comparison: Comparison) -> bool:
    points = [point.labels for point in comparison.points]
    values = dict(block.values)
    return (
        block.metric in METRICS
        and bool(block.at)
        and block.runs >= 1
        and _is_finite(block.tolerance)
        and values.keys() <= set(points)
        and all(len(row) == len(block.at) and all(map(_value, row)) for row in values.values())
        and (block.compare != "ratio" or _has_ratios(block, points[0]))
        and all(_claim(claim, {point.key for point in comparison.points}) for claim in block.claims)
    )


def _value(value: PublishedValue) -> bool:
    return _is_finite(value.spread) and (isinstance(value.value, str) or math.isfinite(value.value))


def _has_ratios(block: Published, first: tuple[str, ...]) -> bool:
    """Whether ratios to the first row can be taken."""
    figures = [figure.value for _, row in block.values for figure in row]
    return (
        (not figures or first in dict(block.values))
        and all(isinstance(figure, float) and figure > 0 for figure in figures)
        and (block.tolerance is None or block.tolerance >= 1)
    )


def _claim(claim: Claim, keys: Collection[str]) -> bool:
    return (
        claim.kind in CLAIM_KINDS
        and claim.metric in METRICS
        and set(claim.rows) <= set(keys)
        and (claim.kind not in _PAIRS or len(claim.rows) == 2)
        and (claim.kind not in ("best", "order") or bool(claim.rows))
        and (claim.kind != "opposed" or (len(claim.metrics) == 2 and set(claim.metrics) <= METRICS.keys()))
        and _is_finite(claim.bound)
        and (claim.tolerance is None or 0 <= claim.tolerance < math.inf)
    )


def _is_finite(number: float | None) -> bool:
    return number is None or math.isfinite(number)
