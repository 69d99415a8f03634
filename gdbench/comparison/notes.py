"""Notes on a row: what its numbers do not show."""

from collections.abc import Sequence

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.surfaces import surface_of
from gdbench.catalog.optimizers import METHODS
from gdbench.comparison.selection import Selection
from gdbench.comparison.statistics import Statistics
from gdbench.experiment.moment import Seconds, moment_text
from gdbench.records import Record

# Numbers are bit-identical on one machine with one set of versions only.
ORIGINS = ("python", "keras", "tensorflow", "machine")


def origin_notes(points: Sequence[Sequence[Record]], timed: bool) -> list[tuple[str, ...]]:
    """Return notes for each grid point on the versions and machines of its records, where the comparison mixes them.

    In tables that show times (`timed`), shared and exclusive timing count as well.
    """
    names = [*ORIGINS, "timing"] if timed else ORIGINS
    rows: list[list[str]] = [[] for _ in points]
    measured = [[record for record in records if record.outcome.was_measured] for records in points]
    # The records of a ledger share what they have in common, and there may be 100,000 of them.
    distinct = {(id(record.environment), record.timing): record for records in measured for record in records}.values()
    for name in names:
        all_origins = sorted({_origin(record, name) for record in distinct})
        # Where all records agree, there is nothing to note.
        if len(all_origins) > 1:
            by_point = [sorted({_origin(record, name) for record in records}) for records in measured]
            mixed = ", ".join(all_origins)
            for row, origins in zip(rows, by_point, strict=True):
                if origins:
                    row.append(f"{name} {' and '.join(origins)} (this comparison mixes {mixed})")
    return [tuple(row) for row in rows]


def method_notes(records: Sequence[Record]) -> tuple[str, ...]:
    """Return what an update of a row is, where its runs have a method, and what those of a wrapper are made of."""
    optimizer = records[0].run.optimizer if records else {}
    if optimizer.get("name") == "restarts":
        return (f"{optimizer['count']} starts share the epochs: the best by training loss counts, at the cost of all",)
    if optimizer.get("name") == "chain":
        stages = (f"{stage['optimizer']['name']} for {stage['epochs']}" for stage in optimizer["stages"])
        return (f"epochs of its stages: {', then '.join(stages)}",)
    if optimizer.get("name") not in METHODS:
        return ()
    if surface_of(records[0].run.dataset):
        return ("an update is one evaluation of the function, whatever is computed in it",)
    images, noun = optimizer["images"], DATASETS.examples_of(records[0].run.dataset)
    seen = f"all training {noun}" if images == "full" else f"the first {images:,} training {noun}"
    loss = (
        ""
        if images == "full"
        else f"; the training loss and accuracy are of these, and are not compared with those of other {noun}"
    )
    return (f"an update is one pass over {seen}, whatever is computed in it: training.batch_size does not apply{loss}",)


def row_notes(
    records: Sequence[Record], runs: int, selections: Sequence[Selection], statistics: Sequence[Statistics]
) -> tuple[str, ...]:
    """Return the notes of a row on collapsed runs, and on means over other runs than those that are done."""
    notes = [note for selection in selections if (note := _ended_before(selection, records))]
    done = sum(record.outcome.is_done for record in records)
    if collapsed := [record for record in records if record.outcome.has_collapsed]:
        images = "test" if "test_accuracy" in (collapsed[0].outcome.metrics or {}) else "validation"
        counts = f"{len(collapsed)} of {runs}"
        notes.append(f"collapsed {counts}: at least 99 % of the last {images} predictions are one class")
    for selection, figures in zip(selections, statistics, strict=True):
        # A missed target is expected and has words of its own.
        if selection.metric.to_target and figures.median is not None and figures.n < runs:
            notes.append(f"{selection.name}: {figures.n} of {runs} runs have reached the target")
        elif figures.n != done and not selection.metric.to_target:
            notes.append(f"{selection.name}: {figures.n} of {runs} runs have a value, {done} are done")
    return tuple(notes)


def _ended_before(selection: Selection, records: Sequence[Record]) -> str:
    """Return how many runs were over before the time that they are compared at."""
    at = selection.at
    if not isinstance(at, Seconds):
        return ""
    spent = [record.outcome.seconds["train"] for record in records if record.outcome.is_done]
    ended = sum(seconds < at.seconds for seconds in spent)
    if not ended:
        return ""
    runs = "all runs" if ended == len(records) else f"{ended} of {len(records)} runs"
    return f"{selection.name}: {runs} ended before {moment_text(at)}, and count as they were at their end"


def _origin(record: Record, name: str) -> str:
    return record.timing if name == "timing" else str(record.environment.get(name, "unknown"))
