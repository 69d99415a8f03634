"""The published comparisons and which of them hold: one row each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from gdbench.comparison.names import short_names
from gdbench.comparison.results import Results
from gdbench.comparison.verdicts import Verdict
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Value
from gdbench.display.verdict_summary import cells_summary, claims_summary
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.text import brief_duration


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One published comparison; `seconds` are of one core, measured if all runs are in the ledger, else estimated."""

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


@dataclass(frozen=True, slots=True)
class OverviewPrintout(Printout):
    """What `reproduce` prints without a name."""

    rows: Sequence[OverviewRow]

    def sections(self) -> list[Section]:
        """Return one sheet."""
        return [Section((overview_sheet(self.rows),))]

    def flat(self) -> list[Sheet]:
        """Return one sheet with all fields."""
        columns = tuple(Column(field.name) for field in fields(OverviewRow))
        return [Sheet("", columns, tuple(tuple(asdict(row).values()) for row in self.rows))]

    def model(self) -> JsonModel:
        """Return the rows."""
        return [asdict(row) for row in self.rows]


def overview(plan: Plan, results: Results) -> list[OverviewRow]:
    """Return a row for each comparison of a plan that has something published."""
    return [_overview_row(plan, results, verdict) for verdict in results.verdicts()]


def _overview_row(plan: Plan, results: Results, verdict: Verdict) -> OverviewRow:
    comparison = verdict.comparison
    runs = len(comparison.run_ids)
    in_ledger = len(results.finished_records(comparison.run_ids))
    return OverviewRow(
        name=plan.experiment.name,
        comparison=comparison.title,
        source=comparison.published[0].source if comparison.published else "",
        axis=" x ".join(short_names([axis.key for axis in comparison.axes])) or "none",
        runs=runs,
        in_ledger=in_ledger,
        seconds=round(_seconds(plan, comparison, results), 1),
        # A verdict on half of the runs could still turn.
        verdict=verdict.verdict if in_ledger == runs else "not re-run",
        cells=cells_summary(verdict) if in_ledger else "",
        claims=claims_summary(verdict) if in_ledger else "",
    )


def _seconds(plan: Plan, comparison: Comparison, results: Results) -> float:
    records = results.finished_records(comparison.run_ids)
    # Once all runs are there, what was measured is better than any estimate.
    if len(records) == len(comparison.run_ids):
        return sum(record.outcome.total_seconds for record in records)
    wanted = set(comparison.run_ids)
    runs = [run for run in plan.runs if run.id in wanted]
    return Expectation(plan.runs, results.records).total(runs, len({program_key(run) for run in runs}))


def overview_sheet(rows: Sequence[OverviewRow]) -> Sheet:
    """Return the rows as people read them."""
    columns = (
        Column("name", align="left", label=True),
        Column("what", align="left"),
        Column("source", align="left", detail=True),
        Column("axis", align="left", detail=True),
        Column("runs"),
        Column("core time"),
        Column("cells and claims", align="left", detail=True),
        Column("verdict", align="left"),
    )
    is_estimated = any(row.in_ledger < row.runs for row in rows)
    note = ("Core time: the seconds of all runs on one core; ~ is an estimate.",) if is_estimated else ()
    return Sheet("", columns, tuple(map(_cells, rows)), note)


def _cells(row: OverviewRow) -> tuple[Value, ...]:
    time = f"{'' if row.in_ledger == row.runs else '~'}{brief_duration(row.seconds)}"
    basis = "; ".join(text for text in (row.cells, row.claims) if text) or NOTHING
    return row.name, row.comparison, row.source, row.axis, row.runs, time, basis, row.verdict
