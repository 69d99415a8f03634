"""How much a row's accuracy depends on the number that it tunes, from its trials on the validation images."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.tuned_choice import RowChoice, score
from gdbench.metrics import METRICS

# How far from the best a setting may be: one point of accuracy.
DISTANCE = 0.01
FACTORS = (3, 10)
# Fewer settings draw no curve.
FEWEST = 3
# A setting on a logarithmic scale and its accuracy, minus infinity where a trial diverged.
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the accuracy of a row does along the one number that it tunes, between whose values it is interpolated.

    `decades` is the width of the range that was tried, `within` the part of it, in decades, whose accuracy is within
    DISTANCE of the best; `lost` is for each of FACTORS the most accuracy that a setting loses which is too small or
    too large by up to that factor, inside the range: infinite where a trial diverged.
    """

    decades: float
    within: float
    lost: tuple[float, ...]

    @property
    def share(self) -> float:
        """The share of the range within that distance."""
        return self.within / self.decades


def sensitivity(choice: RowChoice, measurement: Measurement) -> Sensitivity | None:
    """Return the sensitivity of a row that has chosen; None unless it tunes one positive number, and tried enough."""
    spots = _spots(choice, measurement)
    if choice.chosen is None or len(spots) < FEWEST:
        return None
    place, best = max(spots, key=lambda spot: spot[1])
    if math.isinf(best):
        return None
    return Sensitivity(
        spots[-1][0] - spots[0][0],
        math.fsum(_length_above(best - DISTANCE, *pair) for pair in pairwise(spots)),
        tuple(_lost(spots, place, best, math.log10(factor)) for factor in FACTORS),
    )


def _spots(choice: RowChoice, measurement: Measurement) -> list[Spot]:
    """Return the settings of a row in increasing order, none where they are no positive numbers."""
    found: dict[float, float] = {}
    for candidate in choice.row.candidates:
        accuracy = score(candidate.trials[0], METRICS["val_accuracy"], measurement.records)
        number = number_tuned(candidate.labels)
        if number is None or number <= 0:
            return []
        # A halving may have left a setting out after its first rung, when accuracies still compare.
        if accuracy is not None:
            found[math.log10(number)] = accuracy
    return sorted(found.items())


def number_tuned(labels: Sequence[str]) -> float | None:
    """Return the number that a setting has at the one path that its row tunes; None with several, or without one."""
    try:
        return float(labels[0]) if len(labels) == 1 else None
    except ValueError:
        return None


def _length_above(level: float, low: Spot, high: Spot) -> float:
    """Return how much of the line between two spots lies above a level; nothing where a trial diverged."""
    (start, first), (end, last) = low, high
    if math.isinf(first) or math.isinf(last) or max(first, last) < level:
        return 0.0
    if min(first, last) >= level:
        return end - start
    return (end - start) * (max(first, last) - level) / abs(last - first)


def _lost(spots: Sequence[Spot], place: float, best: float, distance: float) -> float:
    """Return the most accuracy that is lost within a distance of the best place, inside of what was tried."""
    low, high = max(spots[0][0], place - distance), min(spots[-1][0], place + distance)
    inside = [accuracy for spot, accuracy in spots if low <= spot <= high]
    return best - min((*inside, _at(spots, low), _at(spots, high)))


def _at(spots: Sequence[Spot], place: float) -> float:
    """Return the accuracy at a place inside of what was tried."""
    for (start, first), (end, last) in pairwise(spots):
        if math.isclose(place, start, abs_tol=1e-9) or math.isclose(place, end, abs_tol=1e-9):
            # On a spot itself, its neighbor says nothing.
            return first if math.isclose(place, start, abs_tol=1e-9) else last
        if start < place < end:
            return -math.inf if math.isinf(first + last) else first + (last - first) * (place - start) / (end - start)
    raise AssertionError("a place inside of the range is between two spots")
