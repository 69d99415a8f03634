"""A plan before it is trained: its points, runs and programs, and which runs the ledger already has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gdbench.comparison.sequential import seeds_to_train, stopping
from gdbench.comparison.stages_due import trials_to_come
from gdbench.comparison.tuned_choice import choices
from gdbench.display.sheets.data_text import DEFAULT_DATA, data_text
from gdbench.display.sheets.multiverse_sheets import left_out_text, multiverse_model
from gdbench.display.sheets.plan_remarks import alone_text, models_text, others_text
from gdbench.display.sheets.plan_times import PlanTimes
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Value
from gdbench.display.sheets.stopping_text import stopping_text, until_text
from gdbench.display.sheets.tuning_sheet import halving_notes
from gdbench.execution.agenda import Agenda
from gdbench.execution.local.pool import cores
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.experiment import Comparison, Plan, Point
from gdbench.experiment.tuning.beginnings import beginnings
from gdbench.records import Record, Run
from gdbench.text import counted, duration

# A line lists no more points than this.
MOST_LISTED = 4


# Without slots, which a cached property cannot have.
@dataclass(frozen=True)
class PlanPrintout(Printout):
    """What `plan` prints; `agenda` has the runs that a sweep would train, and those that sequential seeds may add."""

    plan: Plan
    records: Mapping[str, Record]
    agenda: Agenda
    workers: int | None = None

    def sections(self) -> list[Section]:
        """Return a sheet for each comparison, and the counts and the estimate in a sentence."""
        experiment = self.plan.experiment
        runs = {run.id: run for run in self.plan.runs}
        sheets = tuple(
            _sheet(comparison, self.records, runs, tuple(self._notes(comparison)))
            for comparison in experiment.comparisons
        )
        counts = f"{counted(self._points, 'point')}, {self.agenda.counts}"
        programs = f", {counted(self._programs, 'program')} to compile" if self.agenda.possible else ""
        todo = f"{_range(len(self.agenda.due), len(self.agenda.possible))} to train{programs}"
        possible = self.agenda.possible
        remarks = alone_text(self.plan, possible) + models_text(possible) + others_text(self.plan, self.records)
        text = f"{todo}{self._estimate_text()}{self._times.hint(self.agenda.possible)}{remarks}"
        return [Section(sheets, f"{experiment.name}: {counts}, {text}")]

    def model(self) -> JsonModel:
        """Return counts, the estimate, every point and the settings of every run.

        `estimated_seconds` are of one core, `estimated_wall_seconds` of the workers at hand, and
        `estimated_from_records` is the number of runs measured for that. With
        sequential seeds `to_train` and `estimated_seconds` are of the looks that are certain, `..._at_most` of all.
        """
        experiment = self.plan.experiment
        return {
            "experiment": experiment.name,
            "title": experiment.title,
            "points": self._points,
            "runs": self.agenda.most_runs,
            "in_ledger": self.agenda.in_ledger,
            "to_train": len(self.agenda.due),
            "to_train_at_most": len(self.agenda.possible),
            "programs": self._programs,
            "estimated_seconds": self._times.of_core(self.agenda.due),
            "estimated_seconds_at_most": self._times.of_core(self.agenda.possible),
            "workers": self._times.workers,
            "estimated_wall_seconds": self._times.on_workers(self.agenda.due),
            "estimated_from_records": self._expectation.known,
            "comparisons": [_comparison(comparison, self.records) for comparison in experiment.comparisons],
            "settings": {run.id: {"seed": run.seed, **run.settings} for run in self.plan.runs},
        }

    @property
    def _points(self) -> int:
        return sum(len(comparison.points) for comparison in self.plan.experiment.comparisons)

    @cached_property
    def _programs(self) -> int:
        return self._expectation.programs(self.agenda.possible)

    @cached_property
    def _expectation(self) -> Expectation:
        return Expectation(self.plan.runs, self.records, beginnings(self.plan.experiment.comparisons))

    @property
    def _times(self) -> PlanTimes:
        return PlanTimes(self._expectation, self._programs, self.plan.exclusive_runs, self.workers or cores())

    def _estimate_text(self) -> str:
        """Return how long the runs would take, and how far that can be trusted."""
        if not self.agenda.possible:
            return ""
        known = self._expectation.known
        basis = f"from the times of {counted(known, 'finished run')}" if known else "before any run, to a factor of two"
        return f"; {self._times.text(self.agenda.due, self.agenda.possible)}, estimated {basis}"

    def _notes(self, comparison: Comparison) -> Iterator[str]:
        yield from self._look_notes(comparison)
        yield from self._tuning_notes(comparison)
        yield from self._universe_notes(comparison)

    def _universe_notes(self, comparison: Comparison) -> tuple[str, ...]:
        """Return what judging a comparison under the protocols of its multiverse would train."""
        multiverse = comparison.multiverse
        if multiverse is None:
            return ()
        left_out = (left_out_text(multiverse.left_out),) if multiverse.left_out else ()
        wanted = dict.fromkeys(run for universe in comparison.in_universes for run in universe.run_ids)
        finished = {run for run, record in self.records.items() if not record.outcome.was_interrupted}
        missing = wanted.keys() - finished
        todo = [run for run in (*self.plan.runs, *self.plan.universe_runs) if run.id in missing]
        expectation = self._expectation
        seconds = expectation.total(todo, expectation.programs(todo))
        time = f", {duration(seconds)} of one core" if todo else ""
        counts = f"{counted(len(multiverse.universes), 'protocol')}, {counted(len(multiverse.seeds), 'seed')} each"
        runs = f"{counted(len(wanted), 'run')}, {len(wanted) - len(todo)} in the ledger"
        return (*left_out, f"multiverse: {counts}: {runs}{time}; gdbench reproduce --multiverse trains it")

    def _tuning_notes(self, comparison: Comparison) -> tuple[str, ...]:
        """Return what is left of the two stages of a tuned comparison, and how long that takes at most."""
        if comparison.tuning is None:
            return ()
        rows = comparison.tuning.rows
        own, trials = set(comparison.all_run_ids), {run for row in rows for run in row.trial_ids}
        left = [run for run in self.agenda.possible if run.id in own]
        stages = {
            "stage 1, trials": [run for run in left if run.id in trials],
            "stage 2, final runs": [run for run in left if run.id not in trials],
        }
        seconds = {name: sum(map(self._expectation.seconds, runs)) for name, runs in stages.items() if runs}
        tried = counted(comparison.tuning.budget, "setting")
        return (
            f"tuned: {tried} a row, chosen by {comparison.tuning.metric}",
            *halving_notes(comparison.tuning),
            *(f"{name}: {len(stages[name])} to train, {duration(time)} of one core" for name, time in seconds.items()),
        )

    def _look_notes(self, comparison: Comparison) -> tuple[str, ...]:
        """Return where a comparison with looks stands, and what each look that it has not taken would train."""
        stands = stopping(comparison, self.records)
        if stands is None:
            return ()
        if stands.ending:
            return (stopping_text(stands),)
        expectation = self._expectation
        missing = {run.id: run for run in self.agenda.possible}
        notes = [f"looks: {until_text(comparison.looks)}"]
        for look in comparison.looks:
            new = [missing.pop(run) for run in comparison.with_first(look).run_ids if run in missing]
            if new:
                time = duration(sum(map(expectation.seconds, new)))
                more = "" if look == comparison.looks[0] else "more "
                notes.append(f"look at {look} seeds: {counted(len(new), f'{more}run')} to train, {time} of one core")
        return tuple(notes)


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _sheet(
    comparison: Comparison, records: Mapping[str, Record], runs: Mapping[str, Run], look_notes: tuple[str, ...]
) -> Sheet:
    axes = "/".join(axis.key for axis in comparison.axes) or "point"
    columns = (
        Column(axes, align="left", label=True),
        Column("runs"),
        Column("in ledger"),
        Column("run ids", align="left", rank=1),
    )
    needed = comparison.with_first(seeds_to_train(comparison, records))
    rows = tuple(_row(point, records) for point in _points(needed, records))
    title = f"{comparison.title}: {counted(len(comparison.points), 'point')}"
    return Sheet(title, columns, rows, (*_data_notes(comparison, runs), *look_notes))


def _points(comparison: Comparison, records: Mapping[str, Record]) -> Iterator[Point]:
    """Yield the points of a comparison, and before each tuned one a point for its trials."""
    rows, tuning = {choice.row.key: choice for choice in choices(comparison, records)}, comparison.tuning
    for point in comparison.points:
        if tuning and (choice := rows.get(point.key)):
            *outer, last = point.labels
            trials = (*choice.due, *trials_to_come(choice, tuning))
            yield replace(point, labels=(*outer, f"{last}, trials"), runs=trials)
            # Any candidate stands for the one that will be chosen.
            point = replace(point, runs=(choice.candidate or choice.row.candidates[0]).runs)
        yield point


def _row(point: Point, records: Mapping[str, Record]) -> tuple[Value, ...]:
    outcomes = [records[run].outcome for run in point.runs if run in records]
    # An interrupted run will be trained again, so it counts as missing.
    in_ledger = sum(not outcome.was_interrupted for outcome in outcomes)
    return " / ".join(point.labels) or NOTHING, len(point.runs), in_ledger, " ".join(point.runs)


def _data_notes(comparison: Comparison, runs: Mapping[str, Run]) -> tuple[str, ...]:
    """Return a line for each dataset that is not the default as it stands, with the points that it is the data of."""
    points: dict[str, list[Point]] = {}
    texts: dict[int, str] = {}
    for point in _points(comparison, {}):
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
        for point in _points(comparison, records)
    ]
    axes = [axis.key for axis in comparison.axes]
    looks = list(comparison.looks)
    return {
        "name": comparison.name,
        "title": comparison.title,
        "axes": axes,
        "looks": looks,
        "points": points,
        "multiverse": multiverse_model(comparison),
    }


def _status(run: str, records: Mapping[str, Record]) -> str:
    return records[run].outcome.status if run in records else "missing"
