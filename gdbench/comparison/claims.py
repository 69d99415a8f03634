"""Whether measurements show a claim or its opposite."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations, product
from typing import Literal

from gdbench.comparison.samples import Measurement, mean
from gdbench.comparison.significance import Sample, differences, holm, interval, p_above
from gdbench.experiment.experiment import Claim
from gdbench.metrics import METRICS

ClaimVerdict = Literal["holds", "fails", "undecided"]
Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim with the tolerance of its block, which is a factor under `compare: ratio`.

    `groups` are the ranks that the figures of a source imply, the smallest metric first; rows of one group are tied.
    """

    claim: Claim
    tolerance: float | None = None
    ratio: bool = False
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim and the verdict on it.

    `p_holds` and `p_fails` are the p-values of the tests for and against it, before Holm's correction; None where no
    test decides.
    """

    claim: Claim
    verdict: ClaimVerdict
    p_holds: float | None
    p_fails: float | None


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The evidence for and against a claim: p-values, or a plain yes or no where there is no test.

    The claim holds only if the `condition` is met as well.
    """

    holds: float | bool
    fails: float | bool
    condition: bool = True


def judge_claims(statements: Sequence[Statement], measurement: Measurement) -> tuple[JudgedClaim, ...]:
    """Judge the claims of a comparison together: 5 % is the probability of any wrong verdict among them."""
    evidence = [_KINDS[statement.claim.kind](statement, measurement) for statement in statements]
    # Tests for and tests against are separate families of hypotheses.
    shown = _decide([item.holds for item in evidence])
    refuted = _decide([item.fails for item in evidence])
    claims = []
    for statement, item, is_shown, is_refuted in zip(statements, evidence, shown, refuted, strict=True):
        verdict: ClaimVerdict = "fails" if is_refuted else "holds" if is_shown and item.condition else "undecided"
        claims.append(JudgedClaim(statement.claim, verdict, _p_value(item.holds), _p_value(item.fails)))
    return tuple(claims)


def _decide(evidence: Sequence[float | bool]) -> list[bool]:
    """Return what is shown: by the tests together, or by a plain yes."""
    tested = [index for index, item in enumerate(evidence) if not isinstance(item, bool)]
    # Only p-values count for the correction; a plain yes or no cannot be wrong by chance.
    shown = dict(zip(tested, holm([evidence[index] for index in tested]), strict=True))
    return [shown.get(index, bool(item)) for index, item in enumerate(evidence)]


def _p_value(evidence: float | bool) -> float | None:
    return None if isinstance(evidence, bool) else evidence


def _samples(statement: Statement, measurement: Measurement) -> dict[str, Sample]:
    return measurement.samples(statement.claim.metric, statement.claim.at)


def _bonferroni(p_values: Iterable[float]) -> float:
    """Return the p-value for at least one of several hypotheses being true."""
    tests = list(p_values)
    return min(1.0, len(tests) * min(tests)) if tests else 1.0


def _compared(sign: int) -> Callable[[Statement, Measurement], _Evidence]:
    def judge(statement: Statement, measurement: Measurement) -> _Evidence:
        samples = _samples(statement, measurement)
        one, other = (samples[row] for row in statement.claim.rows)
        above, below = p_above(differences(one, other)), p_above(differences(other, one))
        return _Evidence(above, below) if sign > 0 else _Evidence(below, above)

    return judge


def _equal(statement: Statement, measurement: Measurement) -> _Evidence:
    samples = {row: _scaled(sample, statement.ratio) for row, sample in _samples(statement, measurement).items()}
    one, other = (samples[row] for row in statement.claim.rows)
    # Two diverged runs are no evidence that two rows are equal.
    low, high = interval(differences(one, other, ties=False))
    tolerance = _tolerance(statement)
    return _Evidence(-tolerance <= low and high <= tolerance, low > tolerance or high < -tolerance)


def _scaled(sample: Sample, ratio: bool) -> Sample:
    """Return the values on the scale of the tolerance: logarithms where it is a factor."""
    return tuple(map(_log, sample)) if ratio else sample


def _log(number: float | None) -> float | None:
    # A diverged run is worse than any number; one of zero or less has no logarithm.
    if number is None or math.isinf(number):
        return number
    return math.log(number) if number > 0 else None


def _tolerance(statement: Statement) -> float:
    tolerance = statement.tolerance or 0.0
    return math.log(tolerance) if statement.ratio and tolerance else tolerance


def _best(statement: Statement, measurement: Measurement) -> _Evidence:
    claim = statement.claim
    samples = {row: _scaled(sample, statement.ratio) for row, sample in _samples(statement, measurement).items()}
    labels = {point.key: point.labels for point in measurement.comparison.points}
    # With two axes, the rivals of a row are those of the same outer label.
    outers = dict(claim.best_of)
    better_by: list[float] = []
    near = True
    for row in claim.rows:
        outer = labels[row][0] if outers else None
        rivals = [name for name in samples if name != row and (outer is None or labels[name][0] == outer)]
        better_by += [p_above(_better(samples[rival], samples[row], claim.metric)) for rival in rivals]
        near = near and _is_near_the_best(samples, row, rivals, statement)
    return _Evidence(near, _bonferroni(better_by))


def _better(one: Sample, other: Sample, metric: str) -> list[float]:
    """Return how much better one row is than another, seed by seed."""
    return differences(one, other) if METRICS[metric].higher_is_better else differences(other, one)


def _is_near_the_best(samples: Mapping[str, Sample], row: str, rivals: Sequence[str], statement: Statement) -> bool:
    sign = 1 if METRICS[statement.claim.metric].higher_is_better else -1
    means = {name: mean(samples[name]) for name in (row, *rivals)}
    known = {name: sign * number for name, number in means.items() if number is not None}
    # A single run, or a row that was not measured, is too little to be near anything.
    if len(known) < len(means) or min(_count(samples[name]) for name in known) < 2 or math.isinf(known[row]):
        return False
    return known[row] >= max(known.values()) - _tolerance(statement)


def _count(sample: Sample) -> int:
    return sum(number is not None for number in sample)


def _ranked(samples: Mapping[str, Sample], lines: Sequence[Groups]) -> _Evidence:
    """Judge orders of rows from the smallest metric to the largest; all of them must hold."""
    reversals, ends_apart, condition = [], [], bool(lines)
    for groups in lines:
        pairs = [pair for low, high in combinations(groups, 2) for pair in product(low, high)]
        means = {row: mean(samples[row]) for group in groups for row in group}
        for low, high in pairs:
            reversals.append(p_above(differences(samples[low], samples[high])))
            # No pair may be in the wrong order, even where the difference is not shown.
            low_mean, high_mean = means[low], means[high]
            condition &= low_mean is not None and high_mean is not None and low_mean <= high_mean
        ends = product(groups[0], groups[-1]) if len(groups) > 1 else ()
        # To hold, it is enough to show the first rank below the last while every pair of means is in order.
        ends_apart += [p_above(differences(samples[high], samples[low])) for low, high in ends]
    return _Evidence(max(ends_apart, default=1.0), _bonferroni(reversals), condition)


def _order(statement: Statement, measurement: Measurement) -> _Evidence:
    groups: Groups = statement.groups
    if not groups:
        # A claim lists the best row first, a ranking the smallest metric.
        best_first = [(row,) for row in statement.claim.rows]
        groups = best_first[::-1] if METRICS[statement.claim.metric].higher_is_better else best_first
    return _ranked(_samples(statement, measurement), [groups])


def _along(sign: int) -> Callable[[Statement, Measurement], _Evidence]:
    """Judge rising or falling along the innermost axis, at every label of the others."""

    def judge(statement: Statement, measurement: Measurement) -> _Evidence:
        lines: dict[tuple[str, ...], list[tuple[str]]] = {}
        for point in measurement.comparison.points:
            lines.setdefault(point.labels[:-1], []).append((point.key,))
        return _ranked(_samples(statement, measurement), [line[::sign] for line in lines.values()])

    return judge


def _spread(statement: Statement, measurement: Measurement) -> _Evidence:
    """Judge whether all rows are near each other; any pair shown to be further apart than the bound refutes it."""
    bound = statement.claim.bound or 0.0
    samples = _samples(statement, measurement).values()
    pairs = [differences(one, other, ties=False) for one, other in permutations(samples, 2)]
    nearer = [p_above([-difference for difference in pair], -bound) for pair in pairs]
    return _Evidence(max(nearer, default=1.0), _bonferroni(p_above(pair, bound) for pair in pairs))


def _opposed(statement: Statement, measurement: Measurement) -> _Evidence:
    """Judge whether two metrics rank the rows in opposite orders; a pair shown in the same order by both refutes it."""
    claim = statement.claim
    one, other = (measurement.samples(metric, claim.at) for metric in claim.metrics)
    pairs = list(permutations(one, 2))
    same = [max(p_above(differences(one[a], one[b])), p_above(differences(other[a], other[b]))) for a, b in pairs]
    means = {row: (mean(one[row]), mean(other[row])) for row in one}
    if any(None in pair for pair in means.values()):
        return _Evidence(1.0, _bonferroni(same), condition=False)
    # The order of the rows by the first metric; the second has to fall along it.
    rising = sorted(means, key=lambda row: means[row][0] or 0.0)
    opposite = all((means[a][1] or 0.0) > (means[b][1] or 0.0) for a, b in pairwise(rising))
    low, high = rising[0], rising[-1]
    ends = max(p_above(differences(one[high], one[low])), p_above(differences(other[low], other[high])))
    # The measurement itself chose the ends among all pairs, so their p-value is corrected for all of them.
    return _Evidence(min(1.0, len(pairs) * ends), _bonferroni(same), opposite)


_KINDS: Mapping[str, Callable[[Statement, Measurement], _Evidence]] = {
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
