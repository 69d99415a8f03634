"""Records to tables: one table a comparison, one row a grid point."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.comparison.notes import origin_notes, row_notes
from gdbench.comparison.selection import Selection, select
from gdbench.comparison.statistics import Statistics, summarise
from gdbench.comparison.values import value
from gdbench.experiment.experiment import At, Comparison, Experiment
from gdbench.records import Record


@dataclass(frozen=True, slots=True)
class Row:
    """One grid point: a label an axis, how its runs ended, and the statistics of each selection of the table.

    `runs` were asked for; `collapsed` of the `done` ones predict a single class. `notes` are whole sentences.
    """

    labels: tuple[str, ...]
    runs: int
    done: int
    diverged: int
    failed: int
    collapsed: int
    statistics: tuple[Statistics, ...]
    notes: tuple[str, ...] = ()


COUNTS = ("runs", "done", "diverged", "failed")


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison as measured; `axes` are the full axis paths, outermost first."""

    comparison: str
    title: str
    axes: tuple[str, ...]
    selections: tuple[Selection, ...]
    rows: tuple[Row, ...]


def asked_for(experiment: Experiment, records: Mapping[str, Record]) -> list[Record]:
    """Return the records of the experiment's own runs; a ledger may hold others, of points no longer asked for."""
    points = [point for comparison in experiment.comparisons for point in comparison.points]
    ids = dict.fromkeys(run for point in points for run in point.runs)
    return [records[run] for run in ids if run in records]


def tables(
    experiment: Experiment, records: Mapping[str, Record], metrics: Sequence[str], at: Sequence[At]
) -> list[Table]:
    """Return a table for each comparison, with every metric at every epoch of `at`.

    Raises:
        RequestError: an unknown metric, or a metric or epoch that no record has.
    """
    targeted = any(comparison.target is not None for comparison in experiment.comparisons)
    selections = select(metrics, at, asked_for(experiment, records), targeted=targeted)
    return [_table(comparison, records, selections) for comparison in experiment.comparisons]


def _table(comparison: Comparison, records: Mapping[str, Record], selections: tuple[Selection, ...]) -> Table:
    points = [[records[run] for run in point.runs if run in records] for point in comparison.points]
    origins = origin_notes(points, any(selection.metric.timed for selection in selections))
    rows = [
        _row(point.labels, len(point.runs), found, selections, comparison.target, origin)
        for point, found, origin in zip(comparison.points, points, origins, strict=True)
    ]
    axes = tuple(axis.key for axis in comparison.axes)
    return Table(comparison.name, comparison.title or comparison.name, axes, selections, tuple(rows))


def _row(
    labels: tuple[str, ...],
    runs: int,
    records: list[Record],
    selections: tuple[Selection, ...],
    target: float | None,
    origin: tuple[str, ...],
) -> Row:
    ended = Counter(record.outcome.status for record in records)
    collapsed = sum((record.outcome.metrics or {}).get("collapsed") is True for record in records)
    statistics = tuple(_statistics(records, selection, target) for selection in selections)
    notes = row_notes(runs, ended["done"], collapsed, selections, statistics) + origin
    return Row(labels, runs, ended["done"], ended["diverged"], ended["failed"], collapsed, statistics, notes)


def _statistics(records: list[Record], selection: Selection, target: float | None) -> Statistics:
    found = [(record, value(record, selection.metric, selection.at, target)) for record in records]
    without = sum(
        math.isinf(number) if number is not None else record.outcome.status == "diverged" for record, number in found
    )
    numbers = [number for _record, number in found if number is not None and math.isfinite(number)]
    return summarise(numbers, without, selection.metric.higher_is_better)
