"""The published comparisons and which of them hold: one row each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.names import short_names
from gdbench.comparison.results import Results
from gdbench.display.multiverse_summary import brief_outcome
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Value
from gdbench.display.sheets.sources_sheet import SourceRow, sources_sheet
from gdbench.display.verdict_summary import cells_summary, claims_summary
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.text import brief_duration, listing


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One comparison that a re-run of a published file trains, with the day of its last run.

    `seconds` are of one core, measured if all runs are in the ledger, else estimated. `runs_of_file` counts the runs of
    all comparisons of the file, each once. `multiverse` says in how many protocols it has which verdict.
    """

    name: str
    comparison: str
    source: str
    axis: str
    runs: int
    runs_of_file: int
    in_ledger: int
    seconds: float
    verdict: str
    cells: str
    claims: str
    multiverse: str
    date: str


@dataclass(frozen=True, slots=True)
class OverviewPrintout(Printout):
    """What `reproduce` prints without a name."""

    rows: Sequence[OverviewRow]
    sources: Sequence[SourceRow]

    def sections(self) -> list[Section]:
        """Return a sheet of all comparisons, at a terminal one of their sources."""
        return [Section((overview_sheet(self.rows),), brief=(sources_sheet(self.sources),))]

    def flat(self) -> list[Sheet]:
        """Return one sheet with all fields."""
        columns = tuple(Column(field.name) for field in fields(OverviewRow))
        return [Sheet("", columns, tuple(tuple(asdict(row).values()) for row in self.rows))]

    def model(self) -> JsonModel:
        """Return the rows."""
        return [asdict(row) for row in self.rows]


def overview(plan: Plan, results: Results) -> list[OverviewRow]:
    """Return a row for each comparison of a plan, which a re-run trains whether anything is published of it or not."""
    verdicts = {verdict.comparison.name: verdict for verdict in results.verdicts()}
    multiverses = {found.comparison.name: brief_outcome(found) for found in results.multiverses()}
    return [
        _overview_row(plan, results, comparison, verdicts.get(comparison.name), multiverses.get(comparison.name, ""))
        for comparison in results.comparisons
    ]


def _overview_row(
    plan: Plan, results: Results, comparison: Comparison, verdict: Verdict | None, multiverse: str
) -> OverviewRow:
    runs = len(comparison.run_ids)
    records = results.finished_records(comparison.run_ids)
    in_ledger = len(records)
    return OverviewRow(
        name=plan.experiment.name,
        comparison=comparison.title,
        source=comparison.published[0].source if comparison.published else "",
        axis=" x ".join(short_names([axis.key for axis in comparison.axes])) or "none",
        runs=runs,
        runs_of_file=len(plan.runs),
        in_ledger=in_ledger,
        seconds=round(_seconds(plan, comparison, results), 1),
        verdict=_word(verdict, is_finished=results.is_finished(comparison)),
        cells=cells_summary(verdict) if verdict and in_ledger else "",
        claims=claims_summary(verdict) if verdict and in_ledger else "",
        multiverse=multiverse,
        date=max((record.started[:10] for record in records), default=""),
    )


def _word(verdict: Verdict | None, *, is_finished: bool) -> str:
    if verdict is None or verdict.verdict is None:
        return "nothing published"
    return verdict.verdict if is_finished else "not re-run"


def _seconds(plan: Plan, comparison: Comparison, results: Results) -> float:
    # Once all runs are there, the measured times are better than any estimate.
    if results.is_finished(comparison):
        return sum(record.outcome.total_seconds for record in results.finished_records(comparison.run_ids))
    wanted = set(comparison.run_ids)
    runs = [run for run in plan.runs if run.id in wanted]
    expectation = Expectation(plan.runs, results.records)
    return expectation.total(runs, expectation.programs(runs))


def overview_sheet(rows: Sequence[OverviewRow]) -> Sheet:
    """Return the rows as people read them."""
    columns = (
        Column("name", align="left", label=True),
        Column("what", align="left"),
        Column("source", align="left", rank=6, detail=True),
        Column("axis", align="left", rank=5, detail=True),
        Column("runs"),
        Column("core time", rank=3),
        Column("cells and claims", align="left", rank=4, detail=True),
        Column("verdict", align="left"),
        Column("protocols", align="left"),
        Column("date", align="left"),
    )
    is_estimated = any(row.in_ledger < row.runs for row in rows)
    notes = ["Core time: the seconds of all runs on one core; ~ is an estimate."] if is_estimated else []
    if sharing := _sharing(rows):
        notes.append(f"A run that comparisons share is trained once: {listing(sharing)}.")
    return Sheet("", columns, tuple(map(_cells, rows)), tuple(notes))


def _sharing(rows: Sequence[OverviewRow]) -> list[str]:
    """Return the files with fewer runs than their comparisons have together."""
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.name] += row.runs
    in_all = {row.name: row.runs_of_file for row in rows}
    return [f"{name} trains {in_all[name]}, not {totals[name]}" for name in totals if in_all[name] < totals[name]]


def _cells(row: OverviewRow) -> tuple[Value, ...]:
    time = f"{'' if row.in_ledger == row.runs else '~'}{brief_duration(row.seconds)}"
    basis = "; ".join(text for text in (row.cells, row.claims) if text) or NOTHING
    last = (row.multiverse or NOTHING, row.date or NOTHING)
    return row.name, row.comparison, row.source, row.axis, row.runs, time, basis, row.verdict, *last
