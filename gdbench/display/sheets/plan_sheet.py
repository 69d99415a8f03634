"""A plan before it is trained: its points, runs and programs, and which runs the ledger already has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.display.sheets.data_text import DEFAULT_DATA, data_text
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Value
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.experiment import Comparison, Plan, Point
from gdbench.records import Record, Run
from gdbench.text import counted, duration

# A line lists no more points than this.
MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class PlanPrintout(Printout):
    """What `plan` prints; `todo` are the runs that a sweep would train."""

    plan: Plan
    records: Mapping[str, Record]
    todo: Sequence[Run]

    def sections(self) -> list[Section]:
        """Return a sheet for each comparison, and the counts and the estimate in a sentence."""
        experiment = self.plan.experiment
        runs = {run.id: run for run in self.plan.runs}
        sheets = tuple(_sheet(comparison, self.records, runs) for comparison in experiment.comparisons)
        done = len(self.plan.runs) - len(self.todo)
        counts = f"{counted(self._points, 'point')}, {counted(len(self.plan.runs), 'run')}, {done} in the ledger"
        todo = f"{len(self.todo)} to train with {counted(self._programs, 'program')}"
        return [Section(sheets, f"{experiment.name}: {counts}, {todo}{self._estimate_text()}")]

    def model(self) -> JsonModel:
        """Return counts, the estimate, every point and the settings of every run.

        `estimated_seconds` are of one core, and `estimated_from_records` is the number of runs measured for that.
        """
        experiment = self.plan.experiment
        return {
            "experiment": experiment.name,
            "title": experiment.title,
            "points": self._points,
            "runs": len(self.plan.runs),
            "in_ledger": len(self.plan.runs) - len(self.todo),
            "to_train": len(self.todo),
            "programs": self._programs,
            "estimated_seconds": self._estimated_seconds,
            "estimated_from_records": self._expectation.known,
            "comparisons": [_comparison(comparison, self.records) for comparison in experiment.comparisons],
            "settings": {run.id: {"seed": run.seed, **run.settings} for run in self.plan.runs},
        }

    @property
    def _points(self) -> int:
        return sum(len(comparison.points) for comparison in self.plan.experiment.comparisons)

    @property
    def _programs(self) -> int:
        return len({program_key(run) for run in self.todo})

    @property
    def _expectation(self) -> Expectation:
        return Expectation(self.plan.runs, self.records)

    @property
    def _estimated_seconds(self) -> float:
        return round(self._expectation.total(self.todo, self._programs), 1)

    def _estimate_text(self) -> str:
        """Return how long the runs would take, and how far that can be trusted."""
        if not self.todo:
            return ""
        known = self._expectation.known
        basis = f"from the times of {counted(known, 'finished run')}" if known else "before any run, to a factor of two"
        return f"; {duration(self._estimated_seconds)} of one core, estimated {basis}"


def _sheet(comparison: Comparison, records: Mapping[str, Record], runs: Mapping[str, Run]) -> Sheet:
    axes = "/".join(axis.key for axis in comparison.axes) or "point"
    columns = (
        Column(axes, align="left", label=True),
        Column("runs"),
        Column("in ledger"),
        Column("run ids", align="left", rank=1),
    )
    rows = tuple(_row(point, records) for point in comparison.points)
    title = f"{comparison.title}: {counted(len(comparison.points), 'point')}"
    return Sheet(title, columns, rows, _data_notes(comparison, runs))


def _row(point: Point, records: Mapping[str, Record]) -> tuple[Value, ...]:
    outcomes = [records[run].outcome for run in point.runs if run in records]
    # An interrupted run will be trained again, so it counts as missing.
    in_ledger = sum(not outcome.was_interrupted for outcome in outcomes)
    return " / ".join(point.labels) or NOTHING, len(point.runs), in_ledger, " ".join(point.runs)


def _data_notes(comparison: Comparison, runs: Mapping[str, Run]) -> tuple[str, ...]:
    """Return a line for each dataset that is not the default as it stands, with the points that it is the data of."""
    points: dict[str, list[Point]] = {}
    texts: dict[int, str] = {}
    for point in comparison.points:
        dataset = runs[point.runs[0]].dataset
        # Points share the sections that they do not vary.
        if id(dataset) not in texts:
            texts[id(dataset)] = data_text(dataset)
        points.setdefault(texts[id(dataset)], []).append(point)
    if len(points) == 1:
        return tuple(f"data: {text}" for text in points if text != DEFAULT_DATA)
    return tuple(f"data of {_listed(users)}: {text}" for text, users in points.items())


def _listed(points: Sequence[Point]) -> str:
    labels = [" / ".join(point.labels) for point in points]
    more = f" and {counted(len(labels) - MOST_LISTED, 'more point')}" if len(labels) > MOST_LISTED else ""
    return ", ".join(labels[:MOST_LISTED]) + more


def _comparison(comparison: Comparison, records: Mapping[str, Record]) -> JsonModel:
    points: list[JsonModel] = [
        {"labels": list(point.labels), "runs": [{"id": run, "status": _status(run, records)} for run in point.runs]}
        for point in comparison.points
    ]
    axes = [axis.key for axis in comparison.axes]
    return {"name": comparison.name, "title": comparison.title, "axes": axes, "points": points}


def _status(run: str, records: Mapping[str, Record]) -> str:
    return records[run].outcome.status if run in records else "missing"
