"""What a report says about published figures and claims, also under other protocols."""

from dataclasses import dataclass

from gdbench.comparison.judgment.multiverse_verdicts import judge_multiverse
from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.results import Results
from gdbench.display.multiverse_summary import brief_outcome, outcome
from gdbench.display.report.page_parts import brief
from gdbench.display.sheets.multiverse_sheets import multiverse_sheets
from gdbench.display.sheets.sheet import Sheet
from gdbench.display.sheets.verdict_sheets import verdict_sheets
from gdbench.display.verdict_summary import summary


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """The verdict on a comparison as one word and as a sentence, in how many protocols it holds, and the tables.

    `counts` and `protocols` say the latter in a few words and as a sentence; all are empty where nothing is published
    or no other protocol has been trained.
    """

    word: str = ""
    text: str = ""
    counts: str = ""
    protocols: str = ""
    sheets: tuple[Sheet, ...] = ()


def published_part(results: Results, verdict: Verdict | None) -> PublishedPart:
    """Return what is published of a comparison beside what was measured."""
    if verdict is None:
        return PublishedPart()
    part = PublishedPart(verdict.verdict or "", brief(summary(verdict), 1000), sheets=tuple(verdict_sheets(verdict)))
    found = judge_multiverse(verdict.comparison, results.records)
    # A part of the protocols may be there by chance, since one can be the comparison's own.
    if found is None or found.missing:
        return part
    return PublishedPart(
        part.word,
        part.text,
        f"{brief_outcome(found)} protocols",
        f"Under other protocols that the source leaves open: {brief(outcome(found, found.words), 1000)}",
        (*part.sheets, *multiverse_sheets(found)),
    )
