"""What measurements say for and against each kind of claim, as p-values of paired tests over the seeds."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product

from gdbench.comparison.images_seen import images_seen
from gdbench.comparison.paired import Paired, paired
from gdbench.comparison.resolution import resolution
from gdbench.comparison.samples import Measurement
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


class _Rows:
    """The rows of a comparison by key, of one metric at one moment; their logarithms under `compare: ratio`."""

    def __init__(self, claim: Claim, measurement: Measurement, metric: str, *, ratio: bool = False) -> None:
        self.metric = METRICS[metric]
        samples = measurement.samples(metric, claim.at)
        self.seen = images_seen(measurement, self.metric)
        self.samples = {row: tuple(map(_log, sample)) for row, sample in samples.items()} if ratio else samples
        self.steps = {
            point.key: 0.0 if ratio else resolution(measurement, point, self.metric)
            for point in measurement.comparison.points
        }
        self._known: dict[tuple[str, str], Paired] = {}

    def difference(self, one: str, other: str) -> Paired:
        """Return one row minus another."""
        if (one, other) not in self._known:
            # Losses of different images are no pair.
            seeds = None if self.seen.get(one) == self.seen.get(other) else 0
            first, second = self.samples[one][:seeds], self.samples[other][:seeds]
            pair = paired(first, second, (self.steps[one], self.steps[other]))
            self._known |= {(one, other): pair, (other, one): pair.mirrored()}
        return self._known[one, other]

    def advantage(self, one: str, other: str) -> Paired:
        """Return how much better one row is than another."""
        return self.difference(one, other) if self.metric.higher_is_better else self.difference(other, one)

    def is_above(self, one: str, other: str) -> float:
        """Return the p-value of one row being above another."""
        return self.difference(one, other).above()


def evidence(statement: Statement, measurement: Measurement) -> Evidence:
    """Return the p-values for and against a claim; 1 where fewer than three seeds have both rows of a pair."""
    return _KINDS[statement.claim.kind](statement, measurement)


def _log(number: float | None) -> float | None:
    # A diverged run is worse than any number; one of zero or less has no logarithm.
    if number is None or math.isinf(number):
        return number
    return math.log(number) if number > 0 else None


def _rows(statement: Statement, measurement: Measurement) -> _Rows:
    return _Rows(statement.claim, measurement, statement.claim.metric, ratio=statement.ratio)


def _any_of(p_values: Iterable[float]) -> float:
    """Return the p-value for at least one of several hypotheses (Bonferroni)."""
    tests = list(p_values)
    return min(1.0, len(tests) * min(tests)) if tests else 1.0


def _all_of(p_values: Iterable[float]) -> float:
    """Return the p-value for all of several hypotheses: the weakest decides."""
    return max(p_values, default=1.0)


def _near_each_other(pair: Paired, tolerance: float) -> float:
    return max(pair.near(tolerance), pair.mirrored().near(tolerance))


def _compared(sign: int) -> Callable[[Statement, Measurement], Evidence]:
    def judge(statement: Statement, measurement: Measurement) -> Evidence:
        rows = _rows(statement, measurement)
        one, other = statement.claim.rows[::sign]
        above, below = rows.is_above(one, other), rows.is_above(other, one)
        return Evidence(above, below, min(1.0, 2 * min(above, below)))

    return judge


def _equal(statement: Statement, measurement: Measurement) -> Evidence:
    pair = _rows(statement, measurement).difference(*statement.claim.rows)
    near, apart = _near_each_other(pair, statement.tolerated), pair.apart(statement.tolerated)
    # Of a difference within the tolerance and one beyond it, only one can be false.
    return Evidence(near, apart, min(near, apart))


def _spread(statement: Statement, measurement: Measurement) -> Evidence:
    """Judge whether all rows are near each other; any pair shown to be further apart than the bound refutes it."""
    claim = statement.claim
    bound = claim.bound or 0.0
    # The bound is in the unit of the metric, even beside ratios.
    rows = _Rows(claim, measurement, claim.metric)
    pairs = [rows.difference(one, other) for one, other in combinations(rows.samples, 2)]
    near = _all_of(_near_each_other(pair, bound) for pair in pairs)
    apart = _any_of(pair.apart(bound) for pair in pairs)
    return Evidence(near, apart, min(near, apart))


def _best(statement: Statement, measurement: Measurement) -> Evidence:
    claim, rows = statement.claim, _rows(statement, measurement)
    labels = {point.key: point.labels for point in measurement.comparison.points}
    pairs = [
        (row, rival)
        for row in claim.rows
        for rival in rows.samples
        # With two axes, the rivals of a row are those of the same outer label.
        if rival != row and (not claim.best_of or labels[rival][0] == labels[row][0])
    ]
    near = _all_of(rows.advantage(row, rival).near(statement.tolerated) for row, rival in pairs)
    # A rival that is shown better by less than the tolerance refutes it too.
    return Evidence(near, _any_of(rows.advantage(rival, row).above() for row, rival in pairs))


def _ranked(statement: Statement, measurement: Measurement, lines: Sequence[Groups]) -> Evidence:
    """Judge orders of rows from the smallest metric to the largest; all of them must hold."""
    rows, tolerance = _rows(statement, measurement), statement.tolerated
    pairs = [pair for groups in lines for low, high in combinations(groups, 2) for pair in product(low, high)]
    ends = [pair for groups in lines if len(groups) > 1 for pair in product(groups[0], groups[-1])]
    # The ends must be apart; between them, no pair may be reversed by more than the tolerance.
    shown = [rows.is_above(high, low) for low, high in ends]
    shown += [
        rows.difference(high, low).near(tolerance) if tolerance else rows.is_above(high, low) for low, high in pairs
    ]
    return Evidence(_all_of(shown), _any_of(rows.is_above(low, high) for low, high in pairs))


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
    first, second = (_Rows(statement.claim, measurement, metric) for metric in statement.claim.metrics)
    above = {pair: first.is_above(*pair) for pair in permutations(first.samples, 2)}
    same = [max(p_value, second.is_above(one, other)) for (one, other), p_value in above.items()]
    opposite = {(one, other): max(p_value, second.is_above(other, one)) for (one, other), p_value in above.items()}
    # The measurement itself chooses the direction of each pair.
    pairs = combinations(first.samples, 2)
    shown = [min(1.0, 2 * min(opposite[one, other], opposite[other, one])) for one, other in pairs]
    return Evidence(_all_of(shown), _any_of(same))


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
