"""Whether measurements show a claim, or its opposite."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations, product
from typing import Literal

from gdbench.comparison.samples import Measured, mean
from gdbench.comparison.significance import Sample, differences, holm, interval, p_above
from gdbench.experiment.experiment import Claim
from gdbench.metrics import METRICS

ClaimVerdict = Literal["holds", "fails", "undecided"]
Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim with what it takes to judge it: the tolerance of its block, as a factor under `compare: ratio`.

    `groups` are the ranks of an order that a source implies, the smallest metric first; rows of one group are tied.
    """

    claim: Claim
    tolerance: float | None = None
    ratio: bool = False
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim and what the measurement says of it.

    `p_holds` and `p_fails` are the p-values of the two tests before Holm's correction, None where the claim is not
    judged by that test.
    """

    claim: Claim
    verdict: ClaimVerdict
    p_holds: float | None
    p_fails: float | None


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for and against a claim: p-values, or where there is no test a plain yes or no."""

    holds: float | bool
    fails: float | bool
    # What must be so beside the test for the claim to hold.
    condition: bool = True


def judge_claims(statements: Sequence[Statement], measured: Measured) -> tuple[Judged, ...]:
    """Judge the claims of a comparison together: 5 % is the chance of any wrong word over all of them."""
    evidence = [_KINDS[statement.claim.kind](statement, measured) for statement in statements]
    holds = _shown([each.holds for each in evidence])
    fails = _shown([each.fails for each in evidence])
    judged = []
    for statement, each, shown, refuted in zip(statements, evidence, holds, fails, strict=True):
        verdict: ClaimVerdict = "fails" if refuted else "holds" if shown and each.condition else "undecided"
        judged.append(Judged(statement.claim, verdict, _p(each.holds), _p(each.fails)))
    return tuple(judged)


def _shown(evidence: Sequence[float | bool]) -> list[bool]:
    tested = [index for index, each in enumerate(evidence) if not isinstance(each, bool)]
    shown = dict(zip(tested, holm([evidence[index] for index in tested]), strict=True))
    return [shown.get(index, bool(each)) for index, each in enumerate(evidence)]


def _p(evidence: float | bool) -> float | None:
    return None if isinstance(evidence, bool) else evidence


def _samples(statement: Statement, measured: Measured) -> dict[str, Sample]:
    return measured.samples(statement.claim.metric, statement.claim.at)


def _several(p_values: Iterable[float]) -> float:
    """Return the p-value of any of several tests showing something (Bonferroni)."""
    found = list(p_values)
    return min(1.0, len(found) * min(found)) if found else 1.0


def _compared(sign: int) -> Callable[[Statement, Measured], _Evidence]:
    def judge(statement: Statement, measured: Measured) -> _Evidence:
        samples = _samples(statement, measured)
        one, other = (samples[row] for row in statement.claim.rows)
        above, below = p_above(differences(one, other)), p_above(differences(other, one))
        return _Evidence(above, below) if sign > 0 else _Evidence(below, above)

    return judge


def _equal(statement: Statement, measured: Measured) -> _Evidence:
    samples = {row: _scaled(sample, statement.ratio) for row, sample in _samples(statement, measured).items()}
    one, other = (samples[row] for row in statement.claim.rows)
    low, high = interval(differences(one, other, ties=False))
    tolerance = _tolerance(statement)
    return _Evidence(-tolerance <= low and high <= tolerance, low > tolerance or high < -tolerance)


def _scaled(sample: Sample, ratio: bool) -> Sample:
    """Return the values as differences are taken of them: logarithms where a tolerance is a factor."""
    return tuple(math.log(number) if ratio and number else number for number in sample)


def _tolerance(statement: Statement) -> float:
    tolerance = statement.tolerance or 0.0
    return math.log(tolerance) if statement.ratio and tolerance else tolerance


def _best(statement: Statement, measured: Measured) -> _Evidence:
    claim = statement.claim
    samples = {row: _scaled(sample, statement.ratio) for row, sample in _samples(statement, measured).items()}
    labels = {"/".join(point.labels): point.labels for point in measured.comparison.points}
    outers = dict(claim.best_of)
    better_by: list[float] = []
    near = True
    for row in claim.rows:
        outer = labels[row][0] if outers else None
        rivals = [name for name in samples if name != row and (outer is None or labels[name][0] == outer)]
        better_by += [p_above(_better(samples[rival], samples[row], claim.metric)) for rival in rivals]
        near = near and _is_near_the_best(samples, row, rivals, statement)
    return _Evidence(near, _several(better_by))


def _better(one: Sample, other: Sample, metric: str) -> list[float]:
    """Return by how much one row is better than another, seed by seed."""
    return differences(one, other) if METRICS[metric].higher_is_better else differences(other, one)


def _is_near_the_best(samples: Mapping[str, Sample], row: str, rivals: Sequence[str], statement: Statement) -> bool:
    sign = 1 if METRICS[statement.claim.metric].higher_is_better else -1
    means = {name: mean(samples[name]) for name in (row, *rivals)}
    known = {name: sign * number for name, number in means.items() if number is not None}
    if len(known) < len(means) or min(_count(samples[name]) for name in known) < 2 or math.isinf(known[row]):
        return False
    return known[row] >= max(known.values()) - _tolerance(statement)


def _count(sample: Sample) -> int:
    return sum(number is not None for number in sample)


def _ranked(samples: Mapping[str, Sample], lines: Sequence[Groups]) -> _Evidence:
    """Judge orders of rows, each from the smallest metric to the largest; all must hold."""
    reversed_, apart, condition = [], [], bool(lines)
    for groups in lines:
        pairs = [pair for low, high in combinations(groups, 2) for pair in product(low, high)]
        means = {row: mean(samples[row]) for group in groups for row in group}
        for low, high in pairs:
            reversed_.append(p_above(differences(samples[low], samples[high])))
            low_mean, high_mean = means[low], means[high]
            condition &= low_mean is not None and high_mean is not None and low_mean <= high_mean
        ends = product(groups[0], groups[-1]) if len(groups) > 1 else ()
        apart += [p_above(differences(samples[high], samples[low])) for low, high in ends]
    return _Evidence(max(apart, default=1.0), _several(reversed_), condition)


def _order(statement: Statement, measured: Measured) -> _Evidence:
    groups: Groups = statement.groups
    if not groups:
        best_first = [(row,) for row in statement.claim.rows]
        groups = best_first[::-1] if METRICS[statement.claim.metric].higher_is_better else best_first
    return _ranked(_samples(statement, measured), [groups])


def _along(sign: int) -> Callable[[Statement, Measured], _Evidence]:
    """Judge rising or falling along the innermost axis, at every label of the others."""

    def judge(statement: Statement, measured: Measured) -> _Evidence:
        lines: dict[tuple[str, ...], list[tuple[str]]] = {}
        for point in measured.comparison.points:
            lines.setdefault(point.labels[:-1], []).append(("/".join(point.labels),))
        return _ranked(_samples(statement, measured), [line[::sign] for line in lines.values()])

    return judge


def _spread(statement: Statement, measured: Measured) -> _Evidence:
    """Every pair of rows must be shown nearer than the bound; any pair shown further apart refutes it."""
    bound = statement.claim.bound or 0.0
    samples = _samples(statement, measured).values()
    found = [differences(one, other, ties=False) for one, other in permutations(samples, 2)]
    nearer = [p_above([-each for each in pair], -bound) for pair in found]
    return _Evidence(max(nearer, default=1.0), _several(p_above(pair, bound) for pair in found))


def _opposed(statement: Statement, measured: Measured) -> _Evidence:
    """Judge whether two metrics rank the rows oppositely; a pair shown to go the same way in both refutes it."""
    claim = statement.claim
    one, other = (measured.samples(metric, claim.at) for metric in claim.metrics)
    pairs = list(permutations(one, 2))
    same = [max(p_above(differences(one[a], one[b])), p_above(differences(other[a], other[b]))) for a, b in pairs]
    means = {row: (mean(one[row]), mean(other[row])) for row in one}
    if any(None in pair for pair in means.values()):
        return _Evidence(1.0, _several(same), condition=False)
    rising = sorted(means, key=lambda row: means[row][0] or 0.0)
    opposite = all((means[a][1] or 0.0) > (means[b][1] or 0.0) for a, b in pairwise(rising))
    low, high = rising[0], rising[-1]
    ends = max(p_above(differences(one[high], one[low])), p_above(differences(other[low], other[high])))
    # The ends are those of the measurement itself, one pair of all that there are.
    return _Evidence(min(1.0, len(pairs) * ends), _several(same), opposite)


_KINDS: Mapping[str, Callable[[Statement, Measured], _Evidence]] = {
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
