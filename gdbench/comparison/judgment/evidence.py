"""What measurements say for and against each kind of claim, as p-values of paired tests over the seeds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from gdbench.comparison.judgment.compared_rows import ComparedRows, Pairs, PairTest
from gdbench.comparison.judgment.paired_differences import PairedDifferences
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.pair_tests import Floats
from gdbench.experiment.experiment import Claim
from gdbench.metrics import METRICS

Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim with the tolerance within which it may hold: in the metric's unit, or a factor under `compare: ratio`.

    `groups` are the ranks that the figures of a source imply, the smallest metric first; rows of one group are tied.
    """

    claim: Claim
    tolerance: float | None = None
    ratio: bool = False
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def tolerated(self) -> float:
        """The tolerance on the scale of the differences; 0 without one."""
        tolerance = self.tolerance or 0.0
        return math.log(tolerance) if self.ratio and tolerance else tolerance


@dataclass(frozen=True, slots=True)
class Evidence:
    """The p-values of the tests for and against a claim, each of which may reject something false with its own error.

    `either` is that of both together where the two cannot err at once: then they are one entry in Holm's correction.
    """

    holds: float
    fails: float
    either: float | None = None


def evidence(statement: Statement, measurement: Measurement) -> Evidence:
    """Return the p-values for and against a claim; 1 where fewer than three seeds have both rows of a pair."""
    return _KINDS[statement.claim.kind](statement, measurement)


def _rows(statement: Statement, measurement: Measurement) -> ComparedRows:
    return ComparedRows(statement.claim, measurement, statement.claim.metric, ratio=statement.ratio)


def _any_of(p_values: Floats) -> float:
    """Return the p-value for at least one of several hypotheses (Bonferroni)."""
    return min(1.0, len(p_values) * float(p_values.min())) if len(p_values) else 1.0


def _all_of(*p_values: Floats) -> float:
    """Return the p-value for all of several hypotheses: the weakest decides."""
    return max((float(some.max()) for some in p_values if len(some)), default=1.0)


def _below(pair: PairedDifferences) -> Floats:
    return pair.mirrored().above()


def _compared(sign: int) -> Callable[[Statement, Measurement], Evidence]:
    def judge(statement: Statement, measurement: Measurement) -> Evidence:
        rows, (one, other) = _rows(statement, measurement), statement.claim.rows[::sign]
        above, below = (
            p_value.item() for p_value in rows.test(rows.pairs([(one, other)]), PairedDifferences.above, _below)
        )
        return Evidence(above, below, min(1.0, 2 * min(above, below)))

    return judge


def _alike(rows: ComparedRows, pairs: Pairs, tolerance: float) -> Evidence:
    p_values = rows.test(
        pairs,
        lambda pair: np.maximum(pair.near(tolerance), pair.mirrored().near(tolerance)),
        lambda pair: pair.apart(tolerance),
    )
    near, apart = _all_of(p_values[0]), _any_of(p_values[1])
    # Of differences that are all within the tolerance and one beyond it, only one can be false.
    return Evidence(near, apart, min(near, apart))


def _equal(statement: Statement, measurement: Measurement) -> Evidence:
    rows, (one, other) = _rows(statement, measurement), statement.claim.rows
    return _alike(rows, rows.pairs([(one, other)]), statement.tolerated)


def _spread(statement: Statement, measurement: Measurement) -> Evidence:
    """Judge whether all rows are near each other; any pair shown to be further apart than the bound refutes it."""
    # The bound is in the unit of the metric, even beside ratios.
    rows = ComparedRows(statement.claim, measurement, statement.claim.metric)
    return _alike(rows, rows.all_pairs(), statement.claim.bound or 0.0)


def _best(statement: Statement, measurement: Measurement) -> Evidence:
    claim, rows = statement.claim, _rows(statement, measurement)
    labels = {point.key: point.labels for point in measurement.comparison.points}
    pairs = rows.pairs(
        (row, rival)
        for row in claim.rows
        for rival in rows.keys
        # With two axes, the rivals of a row are those of the same outer label.
        if rival != row and (not claim.best_of or labels[rival][0] == labels[row][0])
    )
    near, worse = rows.advantage(pairs, lambda pair: pair.near(statement.tolerated), _below)
    # A rival that is shown better by less than the tolerance refutes it too.
    return Evidence(_all_of(near), _any_of(worse))


def _ranked(statement: Statement, measurement: Measurement, lines: Sequence[Groups]) -> Evidence:
    """Judge orders of rows from the smallest metric to the largest; all of them must hold."""
    rows, tolerance = _rows(statement, measurement), statement.tolerated
    pairs = rows.pairs(
        pair for groups in lines for low, high in combinations(groups, 2) for pair in product(low, high)
    ).mirrored()
    ends = rows.pairs(pair for groups in lines if len(groups) > 1 for pair in product(groups[-1], groups[0]))
    # The ends must be apart; between them, no pair may be reversed by more than the tolerance.
    between: PairTest = (lambda pair: pair.near(tolerance)) if tolerance else PairedDifferences.above
    shown, reverse = rows.test(pairs, between, _below)
    return Evidence(_all_of(*rows.test(ends, PairedDifferences.above), shown), _any_of(reverse))


def _order(statement: Statement, measurement: Measurement) -> Evidence:
    groups: Groups = statement.groups
    if not groups:
        # A claim lists the best row first, a ranking the smallest metric.
        best_first = [(row,) for row in statement.claim.rows]
        groups = best_first[::-1] if METRICS[statement.claim.metric].higher_is_better else best_first
    return _ranked(statement, measurement, [groups])


def _along(sign: int) -> Callable[[Statement, Measurement], Evidence]:
    """Judge rising or falling along the innermost axis, at every label of the others."""

    def judge(statement: Statement, measurement: Measurement) -> Evidence:
        lines: dict[tuple[str, ...], list[tuple[str]]] = {}
        for point in measurement.comparison.points:
            lines.setdefault(point.labels[:-1], []).append((point.key,))
        return _ranked(statement, measurement, [line[::sign] for line in lines.values()])

    return judge


def _opposed(statement: Statement, measurement: Measurement) -> Evidence:
    """Judge whether two metrics rank the rows in opposite orders; a pair shown in the same order by both refutes it."""
    first, second = (ComparedRows(statement.claim, measurement, metric) for metric in statement.claim.metrics)
    pairs = first.all_pairs()
    above, below = first.test(pairs, PairedDifferences.above, _below)
    second_above, second_below = second.test(pairs, PairedDifferences.above, _below)
    same = np.concatenate([np.maximum(above, second_above), np.maximum(below, second_below)])
    # The measurement itself chooses the direction of each pair.
    opposite = np.minimum(np.maximum(above, second_below), np.maximum(below, second_above))
    return Evidence(_all_of(np.minimum(1.0, 2 * opposite)), _any_of(same))


_KINDS: Mapping[str, Callable[[Statement, Measurement], Evidence]] = {
    "greater": _compared(1),
    "less": _compared(-1),
    "equal": _equal,
    "best": _best,
    "order": _order,
    "rising": _along(1),
    "falling": _along(-1),
    "spread": _spread,
    "opposed": _opposed,
}
