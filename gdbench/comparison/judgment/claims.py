"""Whether measurements show a claim or its opposite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gdbench.comparison.judgment.evidence import Evidence, Statement, evidence
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.significance import LEVEL, holm_adjusted
from gdbench.experiment.experiment import Claim

ClaimVerdict = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, the tolerance within which it may hold, and the verdict on it.

    `p_value` is that of the word, adjusted for all claims of the comparison: at most 0.05 where something is shown,
    that of the word that is nearer to being shown where nothing is. With `same_runs` both rows that it compares have
    the same runs, as a tuned row and its default have where the default was chosen.
    """

    statement: Statement
    verdict: ClaimVerdict
    p_value: float
    same_runs: bool = False

    @property
    def claim(self) -> Claim:
        """The claim without the tolerance."""
        return self.statement.claim


def judge_claims(statements: Sequence[Statement], measurement: Measurement) -> tuple[JudgedClaim, ...]:
    """Judge the claims of a comparison together: the chance of any wrong word among them is 5 % (Holm 1979)."""
    found = [evidence(statement, measurement) for statement in statements]
    adjusted = iter(holm_adjusted([p_value for item in found for p_value in _entries(item)]))
    claims = []
    for statement, item in zip(statements, found, strict=True):
        verdict, p_value = _decided(item, [next(adjusted) for _ in _entries(item)])
        claims.append(JudgedClaim(statement, verdict, p_value, _is_of_itself(statement, measurement)))
    return tuple(claims)


def _is_of_itself(statement: Statement, measurement: Measurement) -> bool:
    """Whether a claim compares two rows that have the same runs."""
    rows = statement.claim.rows
    if len(rows) != 2:
        return False
    one, other = (point.runs for point in measurement.comparison.points if point.key in rows)
    return bool(one) and one == other


def _entries(item: Evidence) -> tuple[float, ...]:
    return (item.holds, item.fails) if item.either is None else (item.either,)


def _decided(item: Evidence, adjusted: Sequence[float]) -> tuple[ClaimVerdict, float]:
    """Return the word on a claim and its adjusted p-value."""
    if item.either is not None:
        (either,) = adjusted
        word: ClaimVerdict = "holds" if item.holds < item.fails else "fails"
        return word if either <= LEVEL else "undecided", either
    holds, fails = adjusted
    # A rival that is better by less than the tolerance can be shown together with the claim that it refutes.
    if fails <= LEVEL:
        return "fails", fails
    return "holds" if holds <= LEVEL else "undecided", min(holds, fails)
