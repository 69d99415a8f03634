"""Records to tables: one table per comparison, one row per grid point."""

import math
from collections import Counter
from dataclasses import dataclass

from gdbench.comparison.background import Background, background
from gdbench.comparison.measurement import Measurement, is_partly_collapsed
from gdbench.comparison.notes import method_notes, origin_notes, row_notes
from gdbench.comparison.pair_tests import Test
from gdbench.comparison.selection import Selection
from gdbench.comparison.separation import Separation, separate
from gdbench.comparison.sequential import Stopping
from gdbench.comparison.statistics import Statistics, summarize
from gdbench.comparison.tuned_rows_table import TableTuning, table_tuning
from gdbench.comparison.values import value
from gdbench.experiment.experiment import Axis, Point
from gdbench.experiment.settings.setting_labels import setting_at
from gdbench.records import Record

Selections = tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One grid point: its key, one label per axis, how its runs ended, and the statistics of each selection.

    `runs` were asked for; `collapsed` of the `done` ones predict a single class. Where only some have collapsed, means
    have no interval, since it would contain the true mean too rarely. `numbers` are the settings behind the labels,
    None where an axis does not vary a single number or no run has been trained. `notes` are whole sentences.
    """

    key: str
    labels: tuple[str, ...]
    runs: int
    done: int
    diverged: int
    failed: int
    collapsed: int
    statistics: tuple[Statistics, ...]
    numbers: tuple[float | None, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_partly_collapsed(self) -> bool:
        """Whether some of the runs that are done have collapsed, and some have not."""
        return 0 < self.collapsed < self.done


COUNTS = ("runs", "done", "diverged", "failed")


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison as measured; `axes` are the full axis paths, outermost first.

    `separations`, one a selection, are of the whole comparison, whichever of its rows the table has left. `stopping`
    says where a comparison with looks stands, `tuning` what tuned rows have chosen.
    """

    comparison: str
    title: str
    axes: tuple[str, ...]
    selections: Selections
    rows: tuple[Row, ...]
    separations: tuple[Separation, ...]
    background: Background
    stopping: Stopping | None = None
    tuning: TableTuning | None = None


def make_table(
    measurement: Measurement,
    selections: Selections,
    test: Test = "moderated",
    baseline: str | None = None,
    stopping: Stopping | None = None,
    overrides: tuple[str, ...] = (),
) -> Table:
    """Return the table of a comparison, with a column group per selection.

    `baseline` is the key of a row, and `overrides` are the experiment's.
    """
    comparison = measurement.comparison
    records = [measurement.records_of(point) for point in comparison.points]
    origins = origin_notes(records, any(selection.timed for selection in selections))
    rows = [
        _row(point, measurement, selections, origin) for point, origin in zip(comparison.points, origins, strict=True)
    ]
    axes = tuple(axis.key for axis in comparison.axes)
    # Of whichever metric: the number of seeds was chosen at these looks.
    looks = max(1, len(comparison.looks))
    separations = tuple(separate(measurement, selection, test, baseline, looks) for selection in selections)
    return Table(
        comparison.name,
        comparison.title or comparison.name,
        axes,
        selections,
        tuple(rows),
        separations,
        background(measurement, selections, overrides),
        stopping,
        table_tuning(measurement),
    )


def _row(point: Point, measurement: Measurement, selections: Selections, origin: tuple[str, ...]) -> Row:
    records, target = measurement.records_of(point), measurement.comparison.target
    endings = Counter(record.outcome.status for record in records)
    collapsed = sum(record.outcome.has_collapsed for record in records)
    statistics = tuple(_statistics(records, selection, target) for selection in selections)
    return Row(
        key=point.key,
        labels=point.labels,
        runs=len(point.runs),
        done=endings["done"],
        diverged=endings["diverged"],
        failed=endings["failed"],
        collapsed=collapsed,
        statistics=statistics,
        numbers=tuple(_number(axis, records) for axis in measurement.comparison.axes),
        notes=(
            *row_notes(records, len(point.runs), selections, statistics),
            *method_notes(records),
            *origin,
        ),
    )


def _number(axis: Axis, records: list[Record]) -> float | None:
    """Return the number that the runs of a point have at the axis' path."""
    # All seeds of a point share its settings.
    setting = setting_at(records[0].run.settings, axis.key) if records else None
    # To Python, True is a number as well.
    return setting if isinstance(setting, int | float) and not isinstance(setting, bool) else None


def _statistics(records: list[Record], selection: Selection, target: float | None) -> Statistics:
    values = [(record, value(record, selection.metric, selection.at, target)) for record in records]
    # A run that missed a target or diverged before this epoch is worse than any number.
    infinite = sum(
        math.isinf(number) if number is not None else record.outcome.has_diverged for record, number in values
    )
    numbers = [number for _record, number in values if number is not None and math.isfinite(number)]
    metric = selection.metric
    return summarize(
        numbers,
        infinite,
        metric.higher_is_better,
        kind=metric.kind,
        interval=metric.timed or not is_partly_collapsed(records),
    )
