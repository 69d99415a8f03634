"""What a reader must know about a row beyond its numbers."""

from collections.abc import Sequence

from gdbench.comparison.selection import Selection
from gdbench.comparison.statistics import Statistics
from gdbench.records import Record

ORIGINS = ("python", "keras", "tensorflow", "machine")


def origin_notes(points: Sequence[Sequence[Record]], timed: bool) -> list[tuple[str, ...]]:
    """Return for each grid point where its records come from, in each respect in which the comparison mixes origins.

    Shared and exclusive timing is a respect only of tables that show times (`timed`).
    """
    names = [*ORIGINS, "timing"] if timed else ORIGINS
    rows: list[list[str]] = [[] for _ in points]
    for name in names:
        own = [sorted({_origin(record, name) for record in records if _measured(record)}) for records in points]
        everything = sorted({origin for origins in own for origin in origins})
        if len(everything) > 1:
            for row, origins in zip(rows, own, strict=True):
                if origins:
                    mixed = ", ".join(everything)
                    row.append(f"{name} {' and '.join(origins)} (this comparison mixes {mixed})")
    return [tuple(row) for row in rows]


def row_notes(
    runs: int, done: int, collapsed: int, selections: Sequence[Selection], statistics: Sequence[Statistics]
) -> tuple[str, ...]:
    """Return what a row says of its collapsed runs, and of means over other runs than those that are done."""
    notes = []
    if collapsed:
        notes.append(
            f"collapsed {collapsed} of {runs}: at least 99 % of the last test predictions of such a run are one class"
        )
    for selection, figures in zip(selections, statistics, strict=True):
        if selection.metric.to_target and figures.median is not None and figures.n < runs:
            notes.append(f"{selection.name}: {figures.n} of {runs} runs have reached the target")
        elif figures.n != done and not selection.metric.to_target:
            notes.append(f"{selection.name}: {figures.n} of {runs} runs have a value, {done} are done")
    return tuple(notes)


def _measured(record: Record) -> bool:
    return record.outcome.status in ("done", "diverged")


def _origin(record: Record, name: str) -> str:
    return record.timing if name == "timing" else str(record.environment.get(name, "unknown"))
