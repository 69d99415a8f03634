"""Which published comparisons there are, and which of them hold: one row each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from gdbench.comparison.names import short_names
from gdbench.comparison.verdicts import verdicts
from gdbench.display.provenance import runs_of
from gdbench.display.text_table import TextTable
from gdbench.display.verdicts import cells_text, claims_text
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.records import Record
from gdbench.text import duration, printable


@dataclass(frozen=True, slots=True)
class Line:
    """One published comparison; `seconds` are of one core, measured once all runs are in the ledger, else estimated."""

    name: str
    comparison: str
    source: str
    axis: str
    runs: int
    in_ledger: int
    seconds: float
    verdict: str
    cells: str
    claims: str


def overview(plan: Plan, records: Mapping[str, Record]) -> list[Line]:
    """Return a line for each comparison of a plan that has something published."""
    judged = {verdict.comparison.name: verdict for verdict in verdicts(plan.experiment, records)}
    lines = []
    for comparison in plan.experiment.comparisons:
        if comparison.name not in judged:
            continue
        verdict = judged[comparison.name]
        runs = runs_of([comparison])
        present = [run for run in runs if run in records and records[run].outcome.status != "interrupted"]
        lines.append(
            Line(
                name=plan.experiment.name,
                comparison=comparison.title,
                source=comparison.published[0].source if comparison.published else "",
                axis=" x ".join(short_names([axis.key for axis in comparison.axes])) or "none",
                runs=len(runs),
                in_ledger=len(present),
                seconds=round(_seconds(plan, comparison, records, measured=len(present) == len(runs)), 1),
                verdict=verdict.verdict if len(present) == len(runs) else "not re-run",
                cells=cells_text(verdict) if present else "",
                claims=claims_text(verdict) if present else "",
            )
        )
    return lines


def _seconds(plan: Plan, comparison: Comparison, records: Mapping[str, Record], *, measured: bool) -> float:
    wanted = set(runs_of([comparison]))
    if measured:
        return sum(sum(records[run].outcome.seconds.values()) for run in wanted)
    runs = [run for run in plan.runs if run.id in wanted]
    return Expectation(plan.runs, records).total(runs, len({program_key(run) for run in runs}))


def overview_table(lines: Sequence[Line]) -> TextTable:
    """Return the lines as a table for people."""
    rows = tuple(
        tuple(
            map(
                printable,
                (
                    line.name,
                    line.comparison,
                    line.source,
                    line.axis,
                    str(line.runs),
                    f"{'' if line.in_ledger == line.runs else 'estimated '}{duration(line.seconds)}",
                    "; ".join(text for text in (line.cells, line.claims) if text) or "-",
                    line.verdict,
                ),
            )
        )
        for line in lines
    )
    header = ("name", "comparison", "source", "axis", "runs", "time of one core", "cells and claims", "verdict")
    return TextTable("", header, rows, len(header), ())


def overview_json(lines: Sequence[Line]) -> str:
    """Return the lines as a JSON list."""
    return json.dumps([asdict(line) for line in lines], indent=2) + "\n"


def overview_csv(lines: Sequence[Line]) -> str:
    """Return the lines as CSV."""
    import pandas

    return str(pandas.DataFrame([asdict(line) for line in lines]).to_csv(index=False, lineterminator="\n"))
