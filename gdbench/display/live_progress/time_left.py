"""The time left of a sweep: estimates of the remaining runs, scaled by the ratio of measured to estimated times."""

from collections.abc import Sequence
from itertools import islice

from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.records import Record, Run


class TimeLeft:
    """The time that is left for `runs`, a list that may grow, whatever comparison they belong to."""

    def __init__(self, runs: Sequence[Run]) -> None:
        """Take no run as finished."""
        self._runs = runs
        self._seen = 0
        self._keys = ProgramKeys()
        self._expected = Expectation((), {})
        # By program: the estimates for its unfinished runs, and the estimated and measured times of finished ones.
        self._left: dict[str, float] = {}
        self._estimated: dict[str, float] = {}
        self._measured: dict[str, float] = {}

    @property
    def programs(self) -> int:
        """How many programs the runs need."""
        self._take_new()
        return len(self._left)

    def add(self, record: Record) -> None:
        """Take note of a run that has ended."""
        self._take_new()
        program, estimate = self._keys.of(record.run), self._expected.seconds(record.run)
        self._left[program] -= estimate
        if record.outcome.is_done and record.outcome.seconds:
            self._estimated[program] = self._estimated.get(program, 0.0) + estimate
            self._measured[program] = self._measured.get(program, 0.0) + record.outcome.own_seconds

    def seconds(self, workers: int) -> float | None:
        """Return the seconds that are left with as many workers; None before the first run is done."""
        if not self._measured:
            return None
        factor = sum(self._measured.values()) / sum(self._estimated.values())
        factors = {program: self._measured[program] / self._estimated[program] for program in self._measured}
        left = sum(seconds * factors.get(program, factor) for program, seconds in self._left.items())
        return max(0.0, left) / max(1, workers)

    def _take_new(self) -> None:
        for run in islice(self._runs, self._seen, None):
            program = self._keys.of(run)
            self._left[program] = self._left.get(program, 0.0) + self._expected.seconds(run)
            self._seen += 1
