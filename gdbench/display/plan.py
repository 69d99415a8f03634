"""A plan before it is trained: its points, runs and programs, and what the ledger holds of them."""

from collections.abc import Mapping
from typing import Any

from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.records import Record, Run
from gdbench.text import duration, printable


def describe(plan: Plan, records: Mapping[str, Record], todo: list[Run]) -> dict[str, Any]:
    """Return a plan as JSON values; `todo` are the runs that a sweep would train.

    `estimated_seconds` are of one core, and `estimated_from_records` how many measured runs they are derived from.
    """
    programs = len({program_key(run) for run in todo})
    expectation = Expectation(plan.runs, records)
    points = sum(len(comparison.points) for comparison in plan.experiment.comparisons)
    return {
        "experiment": plan.experiment.name,
        "title": plan.experiment.title,
        "points": points,
        "runs": len(plan.runs),
        "in_ledger": len(plan.runs) - len(todo),
        "to_train": len(todo),
        "programs": programs,
        "estimated_seconds": round(expectation.total(todo, programs), 1),
        "estimated_from_records": expectation.known,
        "comparisons": [_comparison(comparison, records) for comparison in plan.experiment.comparisons],
        "settings": {run.id: {"seed": run.seed, **run.settings} for run in plan.runs},
    }


def text(described: Mapping[str, Any]) -> str:
    """Return what `describe` gave as lines for people."""
    lines = []
    for comparison in described["comparisons"]:
        lines.append(f"{printable(comparison['title'])}: {len(comparison['points'])} points")
        rows = [["/".join(comparison["axes"]) or "point", "runs", "in ledger", "run ids"]]
        rows += [_row(point) for point in comparison["points"]]
        widths = [max(len(row[index]) for row in rows) for index in range(3)]
        lines += [
            f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip() for row in rows
        ]
        lines.append("")
    counts = f"{described['points']} points, {described['runs']} runs, {described['in_ledger']} in the ledger"
    todo = f"{described['to_train']} to train with {described['programs']} programs"
    lines.append(f"{described['experiment']}: {counts}, {todo}{_estimated(described)}")
    return "\n".join(lines) + "\n"


def _estimated(described: Mapping[str, Any]) -> str:
    """Say how long the runs would take, and what that is worth."""
    if not described["to_train"]:
        return ""
    records = described["estimated_from_records"]
    basis = f"from the times of {records} finished runs" if records else "before any run, to a factor of two"
    return f"; {duration(described['estimated_seconds'])} of one core, estimated {basis}"


def _comparison(comparison: Comparison, records: Mapping[str, Record]) -> dict[str, Any]:
    points = [
        {
            "labels": list(point.labels),
            "runs": [{"id": run, "status": _status(run, records)} for run in point.runs],
        }
        for point in comparison.points
    ]
    axes = [axis.key for axis in comparison.axes]
    return {"name": comparison.name, "title": comparison.title, "axes": axes, "points": points}


def _status(run: str, records: Mapping[str, Record]) -> str:
    return records[run].outcome.status if run in records else "missing"


def _row(point: Mapping[str, Any]) -> list[str]:
    present = sum(run["status"] in ("done", "diverged", "failed") for run in point["runs"])
    ids = " ".join(run["id"] for run in point["runs"])
    return [printable(" / ".join(point["labels"])) or "-", str(len(point["runs"])), str(present), ids]
