"""The sources of published comparisons, a row each: an index of the overview."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gdbench.comparison.judgment.multiverse_verdicts import MultiverseVerdict, depends_on_protocol
from gdbench.comparison.results import Results
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Value
from gdbench.experiment.experiment import Plan
from gdbench.text import counted

_ORDER = ("reproduced", "partly reproduced", "contradicted", "undecided")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One file: the verdicts on its comparisons, those under other protocols, and the date of its last run."""

    name: str
    title: str
    runs: int
    verdicts: str
    protocols: str
    date: str


def source_row(plan: Plan, results: Results) -> SourceRow:
    """Return the row of a file; only comparisons whose runs have all come to an end have a verdict."""
    records = results.finished_records(run.id for run in plan.runs)
    judged = [each for each in results.verdicts() if each.verdict is not None]
    words = [str(each.verdict) for each in judged if results.is_finished(each.comparison)]
    absent = len(judged) - len(words)
    return SourceRow(
        name=plan.experiment.name,
        title=plan.experiment.title,
        runs=len(plan.runs),
        verdicts=", ".join([*_counts(words), *([f"{absent} not re-run"] if words and absent else [])]) or "not re-run",
        protocols=_protocols(results.multiverses()),
        date=max((record.started[:10] for record in records), default=""),
    )


def _counts(words: Sequence[str]) -> list[str]:
    counts = Counter(words)
    return [f"{counts[word]} {word}" for word in _ORDER if word in counts]


def _protocols(multiverses: Sequence[MultiverseVerdict]) -> str:
    """Return how many comparisons have one verdict in all of their protocols, and how many don't.

    `4 contradicted in all, 1 depends on the protocol, 2 undecided in some`.
    """
    if missing := sum(found.missing for found in multiverses):
        total = sum(len(found.multiverse.universes) for found in multiverses)
        return f"{total - missing} of {total} trained"
    same = [found.words[0] for found in multiverses if len(set(found.words)) == 1]
    depending = sum(depends_on_protocol(found.words) for found in multiverses)
    parts = [f"{text} in all" for text in _counts(same)]
    parts += [f"{depending} {'depends' if depending == 1 else 'depend'} on the protocol"] if depending else []
    undecided = len(multiverses) - len(same) - depending
    return ", ".join([*parts, *([f"{undecided} undecided in some"] if undecided else [])])


def sources_sheet(rows: Sequence[SourceRow]) -> Sheet:
    """Return the rows as people read them."""
    columns = (
        Column("name", align="left", label=True),
        Column("runs"),
        Column("verdicts", align="left"),
        Column("protocols", align="left"),
        Column("date", align="left"),
        # Last, since it is long: in a pipe, where a row is one line for `grep`, the others stand on the first screen.
        Column("what", align="left", detail=True),
    )
    notes = (
        f"{counted(len(rows), 'source')}. gdbench reproduce NAME trains what is missing and prints published beside "
        "measured figures; gdbench plan NAME says how long that takes. --format markdown prints each comparison.",
        "Protocols: the verdicts when what a source leaves open is varied, by gdbench reproduce NAME --multiverse.",
    )
    return Sheet("", columns, tuple(map(_cells, rows)), notes)


def _cells(row: SourceRow) -> tuple[Value, ...]:
    return row.name, row.runs, row.verdicts, row.protocols or NOTHING, row.date or NOTHING, row.title
