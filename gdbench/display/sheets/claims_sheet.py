"""The claims about a comparison as a sheet for people: the same from `sweep`, `tables` and `reproduce`."""

from collections import Counter

from gdbench.comparison.judgment.claims import JudgedClaim
from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.selection import Selection
from gdbench.display.sheets.sheet import Column, Sheet, Value
from gdbench.display.sheets.units import P_VALUE
from gdbench.experiment.experiment import Claim, Comparison
from gdbench.experiment.sequential_seeds import FEWEST_SEEDS
from gdbench.metrics import METRICS
from gdbench.text import listing


def claims_sheet(verdict: Verdict) -> Sheet | None:
    """Return the claims about a comparison with their verdicts and adjusted p-values; None without any."""
    if not verdict.claims:
        return None
    usual = _usual_subject(verdict)
    columns = (Column("claim", align="left"), Column("verdict", align="left"), Column("adjusted p", P_VALUE))
    rows = tuple(_row(judged, usual) for judged in verdict.claims)
    # The source of a block with values stands below those.
    sources = (
        f"source: {block.published.source}; assumed: {'; '.join(block.published.assumed) or 'nothing'}"
        for block in verdict.blocks
        if not block.published.values
    )
    same = tuple(
        f"Same runs: {listing(judged.claim.rows)} have the same settings, so there is nothing to compare."
        for judged in verdict.claims
        if judged.same_runs
    )
    title = f"{verdict.comparison.title}: claims{f' about {usual}' if usual else ''}"
    times = shared_times_note(verdict, any(judged.claim.timed for judged in verdict.claims))
    return Sheet(title, columns, rows, (*sources, *same, *times, *few_seeds_note(verdict.comparison)))


def shared_times_note(verdict: Verdict, timed: bool) -> tuple[str, ...]:
    """Return a note where what is shown depends on the load of the machine (`timed`), and runs were not alone on it."""
    if not (timed and verdict.has_shared_times):
        return ()
    return ("Times were taken beside other runs, which may have slowed them down; a new sweep takes them alone.",)


def few_seeds_note(comparison: Comparison) -> tuple[str, ...]:
    """Return a note where a comparison has too few seeds for any verdict."""
    seeds = max(len(point.runs) for point in comparison.points)
    if seeds >= FEWEST_SEEDS:
        return ()
    return (f"Nothing is decided with fewer than {FEWEST_SEEDS} seeds; this comparison has {seeds}.",)


def _usual_subject(verdict: Verdict) -> str:
    """Return the metric and moment that most claims are about, which the title names once for all."""
    subjects = Counter(_subject(judged.claim) for judged in verdict.claims if judged.claim.kind != "opposed")
    return subjects.most_common(1)[0][0] if subjects else ""


def _subject(claim: Claim) -> str:
    if claim.kind != "opposed":
        return Selection(METRICS[claim.metric], claim.at).title
    # Its text names the metrics.
    return "" if claim.at == "last" else Selection(METRICS[claim.metrics[0]], claim.at).title.partition(", ")[2]


def _row(judged: JudgedClaim, usual: str) -> tuple[Value, ...]:
    subject = _subject(judged.claim)
    about = f" ({subject})" if subject not in ("", usual) else ""
    return judged.claim.text + about, _word(judged), judged.p_value


def _word(judged: JudgedClaim) -> str:
    """Return the verdict; what holds within a tolerance says so."""
    statement = judged.statement
    if judged.same_runs:
        return f"{judged.verdict} (same runs)"
    if judged.verdict != "holds" or not statement.tolerated:
        return judged.verdict
    tolerance = statement.tolerance or 0.0
    if statement.ratio:
        return f"holds (within a factor of {tolerance:g})"
    is_percent = METRICS[judged.claim.metric].percent
    return f"holds (within {f'{100 * tolerance:g} points' if is_percent else f'{tolerance:g}'})"
