"""A comparison with the records of its runs, and one metric of each row, run by run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gdbench.comparison.statistics import mean_of
from gdbench.comparison.values import value
from gdbench.experiment.experiment import Comparison, Point
from gdbench.experiment.moment import At
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record

# One metric of a row, a value per seed; None where the seed has none.
Sample = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A comparison and the records of its runs by id."""

    comparison: Comparison
    records: Mapping[str, Record]

    def records_of(self, point: Point) -> list[Record]:
        """Return the records of a point, one per seed; runs without one are left out."""
        return [self.records[run] for run in point.runs if run in self.records]

    @property
    def has_shared_times(self) -> bool:
        """Whether a run may have shared the machine with another while it was timed."""
        records = (record for point in self.comparison.points for record in self.records_of(point))
        return any(record.timing == "shared" for record in records if record.outcome.was_measured)

    def is_whole(self, point: Point, metric: Metric) -> bool:
        """Whether every run of a point is done, and all or none of them have collapsed, which leaves times as they are.

        The mean of some models that tell the classes apart and some that do not describes neither.
        """
        records = self.records_of(point)
        done = all(record.outcome.is_done for record in records) and len(records) == len(point.runs)
        return done and (metric.timed or not is_partly_collapsed(records))

    def samples(self, metric: str, at: At) -> dict[str, Sample]:
        """Return a metric of each row by its key: one value per seed."""
        return {point.key: self.sample(point, METRICS[metric], at) for point in self.comparison.points}

    def sample(self, point: Point, metric: Metric, at: At) -> Sample:
        """Return a metric of a point, one value per seed.

        None where the run is missing, has failed or was not evaluated then; infinite, as worse than any number, where
        it had diverged.
        """
        return tuple(self._value(run, metric, at) for run in point.runs)

    def _value(self, run: str, metric: Metric, at: At) -> float | None:
        record = self.records.get(run)
        if record is None:
            return None
        number = value(record, metric, at, self.comparison.target)
        if number is None and record.outcome.has_diverged:
            return -math.inf if metric.higher_is_better else math.inf
        return number


def is_partly_collapsed(records: Sequence[Record]) -> bool:
    """Whether some of the runs that are done have collapsed, and some have not."""
    return len({record.outcome.has_collapsed for record in records if record.outcome.is_done}) > 1


def mean(sample: Sample) -> float | None:
    """Return the mean of the runs that have a value; infinite with a diverged run."""
    values = [number for number in sample if number is not None]
    return mean_of(values) if values else None
