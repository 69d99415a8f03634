"""The rows that a claim is about, and the tests of any pairs of them."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from gdbench.comparison.images_seen import images_seen
from gdbench.comparison.judgment.paired_differences import PairedDifferences, paired_differences
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.pair_tests import Floats, Indices
from gdbench.comparison.resolution import resolution
from gdbench.experiment.experiment import Claim
from gdbench.metrics import METRICS

# Pairs of rows that are tested at once: those of thousands of rows would take gigabytes.
_PART = 20_000

PairTest = Callable[[PairedDifferences], Floats]


class Pairs(NamedTuple):
    """Pairs of rows by their positions, (pairs,)."""

    ones: Indices
    others: Indices

    def mirrored(self) -> "Pairs":
        """Return the second row of each pair first."""
        return Pairs(self.others, self.ones)


class ComparedRows:
    """The rows of a comparison by key, of one metric at one moment; their logarithms under `compare: ratio`."""

    def __init__(self, claim: Claim, measurement: Measurement, metric: str, *, ratio: bool = False) -> None:
        self.metric = METRICS[metric]
        points = measurement.comparison.points
        samples = measurement.samples(metric, claim.at)
        seen = images_seen(measurement, self.metric)
        self.keys = tuple(samples)
        self._index = {key: index for index, key in enumerate(samples)}
        # One column a row; NaN where a seed has no value.
        columns = [map(_log, sample) if ratio else sample for sample in samples.values()]
        self._samples = np.array(list(zip(*columns, strict=True)), float).reshape(-1, len(samples))
        self._steps = np.array([0.0 if ratio else resolution(measurement, point, self.metric) for point in points])
        self._images = np.array([-1 if (images := seen.get(key)) is None else images for key in samples])

    def pairs(self, keys: Iterable[tuple[str, str]]) -> Pairs:
        """Return pairs of rows that are named by their keys."""
        indices = np.array([(self._index[one], self._index[other]) for one, other in keys], int).reshape(-1, 2)
        return Pairs(indices[:, 0], indices[:, 1])

    def all_pairs(self) -> Pairs:
        """Return every pair of rows once."""
        return Pairs(*np.triu_indices(len(self.keys), 1))

    def test(self, pairs: Pairs, *tests: PairTest) -> list[Floats]:
        """Return the p-values of tests of the first row of each pair minus the second."""
        starts = range(0, max(1, len(pairs.ones)), _PART)
        parts = (self._differences(Pairs(*(side[start : start + _PART] for side in pairs))) for start in starts)
        found = [[test(part) for test in tests] for part in parts]
        return [np.concatenate(p_values) for p_values in zip(*found, strict=True)]

    def advantage(self, pairs: Pairs, *tests: PairTest) -> list[Floats]:
        """Return the p-values of tests of how much better the first row of each pair is than the second."""
        return self.test(pairs if self.metric.higher_is_better else pairs.mirrored(), *tests)

    def _differences(self, pairs: Pairs) -> PairedDifferences:
        first, second = (self._samples[:, side] for side in pairs)
        # Losses of different images are no pair.
        first[:, self._images[pairs.ones] != self._images[pairs.others]] = np.nan
        return paired_differences(first, second, (self._steps[pairs.ones], self._steps[pairs.others]))


def _log(number: float | None) -> float | None:
    # A diverged run is worse than any number; one of zero or less has no logarithm.
    if number is None or math.isinf(number):
        return number
    return math.log(number) if number > 0 else None
