"""The setting that each tuned row has chosen, which follows from the records of its trials alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.statistics import mean_of
from gdbench.comparison.values import value
from gdbench.experiment.experiment import Comparison
from gdbench.experiment.tuning.tuned_rows import Candidate, TunedRow, Tuning
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record, finished_records

Records = Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class RowChoice:
    """Where a tuned row stands.

    `scores` are the metric of each candidate, the mean over its trials, at the end of the last rung that it took part
    in: infinite, as worse than any number, where a trial diverged or failed, and None before its trials have ended.
    `reached` is how many rungs each has ended, `begun` how many the row has come to, and `due` are the trials of those.
    `chosen` is the index of the best candidate, the earliest of equals, None until all trials have ended.
    """

    row: TunedRow
    scores: tuple[float | None, ...]
    reached: tuple[int, ...]
    begun: int
    due: tuple[str, ...]
    chosen: int | None

    @property
    def candidate(self) -> Candidate | None:
        """The setting that was chosen."""
        return None if self.chosen is None else self.row.candidates[self.chosen]


def choices(comparison: Comparison, records: Records) -> tuple[RowChoice, ...]:
    """Return where each tuned row of a comparison stands; none where nothing is tuned."""
    tuning = comparison.tuning
    return tuple(_choice(row, tuning, records) for row in tuning.rows) if tuning else ()


def _choice(row: TunedRow, tuning: Tuning, records: Records) -> RowChoice:
    """Take the rungs of a row in order: after each, the best candidates go on."""
    metric = METRICS[tuning.metric]
    scores: list[float | None] = [None] * len(row.candidates)
    reached = [0] * len(row.candidates)
    due: list[str] = []
    left = list(range(len(row.candidates)))
    for rung in range(len(tuning.epochs)):
        # Stable: of equal candidates the earlier one goes on.
        left = sorted(sorted(left, key=lambda index: _rank(scores[index], metric))[: tuning.survivors(rung)])
        due += [run for index in left for run in row.candidates[index].trials[rung]]
        found = {index: score(row.candidates[index].trials[rung], metric, records) for index in left}
        for index, number in found.items():
            scores[index] = number if number is not None else scores[index]
            reached[index] += number is not None
        if None in found.values():
            return RowChoice(row, tuple(scores), tuple(reached), rung + 1, tuple(due), None)
    chosen = min(left, key=lambda index: _rank(scores[index], metric))
    return RowChoice(row, tuple(scores), tuple(reached), len(tuning.epochs), tuple(due), chosen)


def score(trials: Sequence[str], metric: Metric, records: Records) -> float | None:
    """Return the mean of a metric over some trials; None before they have ended, infinitely bad if one has no value."""
    ended = finished_records(records, trials)
    if len(ended) < len(trials):
        return None
    values = [value(record, metric, "last") for record in ended]
    numbers = [number for number in values if number is not None]
    # A trial that diverged or failed has none.
    return mean_of(numbers) if len(numbers) == len(values) else worst(metric)


def worst(metric: Metric) -> float:
    """Return what is worse than any number."""
    return -math.inf if metric.higher_is_better else math.inf


def _rank(number: float | None, metric: Metric) -> float:
    if number is None:
        return 0.0
    return -number if metric.higher_is_better else number


def tuned(comparison: Comparison, records: Records) -> Comparison:
    """Return a comparison whose tuned rows have the final runs of what they chose; none before."""
    if comparison.tuning is None:
        return comparison
    chosen = {choice.row.key: choice.candidate for choice in choices(comparison, records)}
    runs = {key: candidate.runs for key, candidate in chosen.items() if candidate is not None}
    return replace(
        comparison, points=tuple(replace(point, runs=runs.get(point.key, point.runs)) for point in comparison.points)
    )


def without_repeated_defaults(comparison: Comparison) -> Comparison:
    """Return a tuned comparison without the untuned row of those that chose these settings.

    One row stands for both: a test of a row against its own runs says nothing, and all others would have to pay for it.
    """
    runs = {point.key: point.runs for point in comparison.points}
    rows = comparison.tuning.rows if comparison.tuning else ()
    repeated = {row.default for row in rows if row.default and runs[row.key] == runs[row.default]}
    return replace(comparison, points=tuple(point for point in comparison.points if point.key not in repeated))
