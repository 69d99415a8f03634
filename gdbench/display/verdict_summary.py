"""A verdict in one sentence: how many cells and claims it rests on."""

from collections import Counter

from gdbench.comparison.judgment.cells import AS_PUBLISHED, OFF
from gdbench.comparison.judgment.verdicts import Verdict


def summary(verdict: Verdict) -> str:
    """Return the verdict on a comparison and its basis: `Table 1: reproduced (4 cells: 4 reproduced)`.

    A quick look has none.
    """
    if verdict.verdict is None:
        return f"{verdict.comparison.title}: no verdict"
    basis = "; ".join(text for text in (cells_summary(verdict), claims_summary(verdict)) if text)
    return f"{verdict.comparison.title}: {verdict.verdict} ({basis})"


def cells_summary(verdict: Verdict) -> str:
    """Return how many cells have which verdict: `4 cells: 2 reproduced, 1 off, 1 undecided`."""
    cells = [cell.verdict for cell in verdict.cells]
    if not cells:
        return ""
    counts = {
        "reproduced": sum(cell in AS_PUBLISHED for cell in cells),
        "off": sum(cell in OFF for cell in cells),
        "undecided": cells.count("undecided"),
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    return f"{len(cells)} cell{'s' * (len(cells) > 1)}: {', '.join(parts)}"


def claims_summary(verdict: Verdict) -> str:
    """Return how many claims hold, fail and are undecided: `3 claims: 2 hold, 1 fails`."""
    total = len(verdict.claims)
    if not total:
        return ""
    counts = Counter(str(claim.verdict) for claim in verdict.claims)
    words = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "undecided": ("undecided", "undecided")}
    parts = [
        f"{counts[name]} {one if counts[name] == 1 else many}" for name, (one, many) in words.items() if counts[name]
    ]
    return f"{total} claim{'s' * (total > 1)}: {', '.join(parts)}"
