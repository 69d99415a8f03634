"""Results as tidy pandas frames: a row for each run, for each evaluation of a run, for each run of a row of a table."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat

import pandas

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.comparison.values import value
from gdbench.experiment.experiment import Comparison, Experiment
from gdbench.metrics import METRICS
from gdbench.records import SECTIONS, Outcome, Record, Run

# The columns before and after those of settings.
_FIRST = ("seed", "status")


def runs_frame(results: Results, runs: Iterable[Run] = (), ids: Sequence[str] | None = None) -> pandas.DataFrame:
    """Return a row for each run that counts, or for those of `ids`: seed, status, settings, metrics and seconds.

    A setting has the path that a file gives it; of a component, `optimizer` is its name and `optimizer.momentum` an
    argument. Metrics are those at the end of the run, under the names of `--metric`, as fractions, losses and seconds.
    A run that is not in the ledger is `missing`, and has settings only if it is among `runs`.
    """
    planned = {run.id: run for run in runs}
    seeds = _seeds(results.experiment)
    chosen = results.run_ids if ids is None else ids
    rows = [_run_row(seeds.get(run), results.records.get(run), planned.get(run)) for run in chosen]
    # Components differ in their arguments; those of one section stand side by side.
    columns = sorted(dict.fromkeys(chain.from_iterable(rows)), key=_rank)
    frame = pandas.DataFrame({name: [row.get(name) for row in rows] for name in columns})
    return frame.set_axis(pandas.Index(chosen, name="id", dtype=object))


def history_frame(results: Results) -> pandas.DataFrame:
    """Return a row for each run and evaluation, by the run's id: epoch, update, metrics and the seconds of training."""
    records = results.own_records
    outcomes = [record.outcome for record in records]
    counts, columns = _curves(outcomes, _kinds(outcomes))
    ids = chain.from_iterable(repeat(record.run.id, count) for record, count in zip(records, counts, strict=True))
    return pandas.DataFrame(columns).set_axis(pandas.Index(list(ids), name="id", dtype=object))


def rows_frame(comparisons: Iterable[Comparison]) -> pandas.DataFrame:
    """Return which comparison and row each run belongs to, by id: a run that comparisons share has several rows."""
    items = [
        (run, comparison.name, point.key)
        for comparison in comparisons
        for point in comparison.points
        for run in point.runs
    ]
    frame = pandas.DataFrame(items, columns=["id", "comparison", "row"], dtype=object)
    return frame.set_index("id")


def curves_frames(measurement: Measurement, runs: int = 5_000) -> Iterator[pandas.DataFrame]:
    """Yield the learning curves of a comparison: a row for each run and evaluation, with the labels of its axes.

    Each frame has the curves of at most `runs` runs, since the whole table may not fit into memory.
    """
    axes = [axis.key for axis in measurement.comparison.axes]
    found = [
        (point.labels, measurement.records[run])
        for point in measurement.comparison.points
        for run in point.runs
        if run in measurement.records
    ]
    kinds = _kinds([record.outcome for _labels, record in found])
    for begin in range(0, max(1, len(found)), runs):
        yield _curves_frame(axes, found[begin : begin + runs], kinds)


def _curves_frame(
    axes: Sequence[str], found: Sequence[tuple[Sequence[str], Record]], kinds: Mapping[str, type[float] | None]
) -> pandas.DataFrame:
    counts, curves = _curves([record.outcome for _labels, record in found], kinds)

    def repeated(values: Iterable[object]) -> list[object]:
        return list(chain.from_iterable(map(repeat, values, counts)))

    columns: dict[str, list[object]] = {
        axis: repeated(labels[index] for labels, _record in found) for index, axis in enumerate(axes)
    }
    columns["seed"] = repeated(record.run.seed for _labels, record in found)
    columns["id"] = repeated(record.run.id for _labels, record in found)
    columns["status"] = repeated(record.outcome.status for _labels, record in found)
    return pandas.DataFrame(columns | {name: pandas.Series(curves[name], dtype=kinds[name]) for name in kinds})


def _kinds(outcomes: Sequence[Outcome]) -> dict[str, type[float] | None]:
    """Return the columns of the histories, with float for those that have anything but whole numbers.

    With the type of the whole column, each part of it is written alike.
    """
    evaluated = [outcome for outcome in outcomes if outcome.history]
    kinds: dict[str, type[float] | None] = {"epoch": None, "update": None}
    found = Counter[str]()
    for outcome in evaluated:
        for name, curve in outcome.history.items():
            found[name] += 1
            if kinds.setdefault(name, None) is None and set(map(type, curve)) != {int}:
                kinds[name] = float
    kinds |= {name: float for name in kinds if found[name] < len(evaluated)}
    # Early records have none.
    return kinds | ({"train_seconds": float} if any(outcome.clock for outcome in outcomes) else {})


def _curves(outcomes: Sequence[Outcome], names: Iterable[str]) -> tuple[list[int], dict[str, list[object]]]:
    """Return how many evaluations each run has, and the columns of all histories, one below the other.

    A run without a metric has none in its rows.
    """
    # A history of a ledger is decoded at each look: once here, not once a column.
    histories = [dict(outcome.history) for outcome in outcomes]
    counts = [max(map(len, history.values()), default=0) for history in histories]
    columns: dict[str, list[object]] = {
        name: list(
            chain.from_iterable(
                history.get(name) or repeat(None, count) for history, count in zip(histories, counts, strict=True)
            )
        )
        for name in names
    }
    if "train_seconds" in columns:
        clocks = (_clock(outcome, count) for outcome, count in zip(outcomes, counts, strict=True))
        columns["train_seconds"] = list(chain.from_iterable(clocks))
    return counts, columns


def _clock(outcome: Outcome, count: int) -> Iterable[float | None]:
    return outcome.clock if outcome.clock is not None and len(outcome.clock) == count else repeat(None, count)


def _seeds(experiment: Experiment) -> dict[str, int]:
    """Return the seed of each run by its place in a point."""
    return {
        run: seed
        for comparison in experiment.comparisons
        for point in comparison.points
        for run, seed in zip(point.runs, comparison.seeds, strict=False)
    }


def _run_row(seed: int | None, record: Record | None, planned: Run | None) -> dict[str, object]:
    run = record.run if record else planned
    row: dict[str, object] = {
        "seed": run.seed if run else seed,
        "status": record.outcome.status if record else "missing",
    }
    if run is not None:
        row |= (item for section in SECTIONS for item in _settings(section, run.settings[section]))
    return row | _measured(record) if record else row


def _settings(path: str, setting: object) -> Iterator[tuple[str, object]]:
    """Yield the path and the value of each setting at or below a path; lists become tuples, which can be grouped by."""
    if not isinstance(setting, Mapping):
        yield path, _hashable(setting)
        return
    if "name" in setting:
        yield path, setting["name"]
    for key, child in setting.items():
        # The code of a plug-in is told apart by its hash alone; no file can give the rest.
        if key == "code" and "name" in setting:
            yield f"{path}.code", child["sha256"]
        elif key != "name":
            yield from _settings(f"{path}.{key}", child)


def _hashable(setting: object) -> object:
    if not isinstance(setting, list):
        # Components in a list, such as layers, are too deep for columns.
        return json.dumps(setting) if isinstance(setting, Mapping) else setting
    return tuple(map(_hashable, setting))


def _measured(record: Record) -> dict[str, object]:
    outcome = record.outcome
    metrics = {
        metric.name: number
        for metric in METRICS.values()
        # The target belongs to a comparison, not to the run.
        if not metric.to_target and (number := value(record, metric, "last")) is not None
    }
    ending: dict[str, object] = {"diverged_epoch": outcome.diverged["epoch"]} if outcome.diverged else {}
    ending |= {"error": outcome.error} if outcome.error else {}
    collapsed = {"collapsed": outcome.has_collapsed} if outcome.is_done else {}
    environment = {f"environment.{name}": entry for name, entry in record.environment.items()}
    times = {"seconds": outcome.total_seconds, "timing": record.timing, "started": record.started}
    return metrics | collapsed | ending | times | environment


def _rank(column: str) -> int:
    """Return the place of a column: the first ones, the sections in their order, then what was measured."""
    if column in _FIRST:
        return -1
    section = column.partition(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)
