"""Comparisons made of numbers, one a seed and row, and what is published of them, for tests of verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.experiment.experiment import (
    Axis,
    Comparison,
    Experiment,
    Multiverse,
    Point,
    Published,
    PublishedValue,
    Universe,
)
from gdbench.records import Record
from tests.builders import a_record

Number = float | str


def measured(rows: Mapping[str, Sequence[Number | Mapping[str, Number]]], **keys: Any) -> Measurement:
    """A comparison over rows `outer/inner`: a test accuracy a seed, several metrics, or diverged, failed, collapsed."""
    records: dict[str, Record] = {}
    points = []
    for row, numbers in rows.items():
        ids = tuple(f"{row}:{seed}" for seed in range(len(numbers)))
        points.append(Point(tuple(row.split("/")), ids))
        records |= {run: _record(run, number) for run, number in zip(ids, numbers, strict=True) if number != "missing"}
    depth = len(points[0].labels)
    axes = tuple(
        Axis(f"axis{index}", tuple(dict.fromkeys(point.labels[index] for point in points))) for index in range(depth)
    )
    seeds = tuple(range(len(next(iter(rows.values())))))
    return Measurement(Comparison("table", "Table", axes, tuple(points), seeds, **keys), records)


def _record(run: str, number: Number | Mapping[str, Number]) -> Record:
    if number in ("diverged", "failed"):
        return a_record(run, number)
    if number == "collapsed":
        return a_record(run, metrics={"test_accuracy": 0.1, "collapsed": True})
    metrics = dict(number) if isinstance(number, Mapping) else {"test_accuracy": number}
    seconds = {"train": metrics.pop("train_seconds")} if "train_seconds" in metrics else {}
    return a_record(run, metrics={**metrics, "collapsed": False}, seconds=seconds)


def _figure(value: Any) -> PublishedValue:
    return PublishedValue(*value) if isinstance(value, tuple) else PublishedValue(value)


def a_block(values: Mapping[str, Any], **keys: Any) -> Published:
    """A published block of rows `outer/inner`: figures, (figure, spread) pairs, words, or a list of these."""
    cells = tuple(
        (tuple(row.split("/")) if row else (), tuple(map(_figure, value if isinstance(value, list) else [value])))
        for row, value in values.items()
    )
    given = {
        "source": "Table 1",
        "metric": "test_accuracy",
        "at": ("last",),
        "runs": 1,
        "compare": "value",
        "tolerance": 0.003,
        "words": (),
        "assumed": (),
        "claims": (),
    }
    return Published(values=cells, **(given | keys))


def in_universes(
    axes: Mapping[str, Sequence[str]],
    universes: Mapping[tuple[str, ...], Mapping[str, Sequence[Number | Mapping[str, Number]]]],
    **keys: Any,
) -> Results:
    """One comparison under protocols, by a label for each axis; numbers as those of `measured`.

    The comparison itself has the rows of the first protocol.
    """
    records: dict[str, Record] = {}
    made = []
    for labels, rows in universes.items():
        own = measured(rows)
        named = {run: f"{'/'.join(labels)}@{run}" for run in own.comparison.run_ids}
        records |= {named[run]: record for run, record in own.records.items()}
        points = tuple(replace(point, runs=tuple(named[run] for run in point.runs)) for point in own.comparison.points)
        made.append(Universe(labels, points))
    first = measured(next(iter(universes.values()))).comparison
    multiverse = Multiverse(tuple(Axis(key, tuple(values)) for key, values in axes.items()), first.seeds, tuple(made))
    comparison = replace(first, points=made[0].points, multiverse=multiverse, **keys)
    return Results(Experiment("experiment", "Experiment", (comparison,)), records)


def results_of(measurement: Measurement, *blocks: Published) -> Results:
    """The results of that one comparison, with what is published of it."""
    comparison = replace(measurement.comparison, published=blocks)
    return Results(Experiment("experiment", "Experiment", (comparison,)), measurement.records)
