"""Which run a free worker trains next: the longest first, and each worker compiles a program at most once."""

from collections import deque
from collections.abc import Callable, Collection, Iterable

from gdbench.experiment.cost.estimate import estimate
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.records import Outcome, Run


class RunQueue:
    """The runs still to be assigned, grouped by program.

    The program with the longest run comes first, with that run, so that a sweep does not end with a single long run;
    runs of equal length keep the order of the plan.
    """

    def __init__(self, runs: Iterable[Run], expected: Callable[[Run], float] = estimate) -> None:
        """Group the runs by program; `expected` gives the seconds that a run is likely to take."""
        self._groups: dict[str, deque[Run]] = {}
        keys = ProgramKeys()
        # Sorting is stable, so that equal runs keep the order of the plan.
        for run in sorted(runs, key=expected, reverse=True):
            self._groups.setdefault(keys.of(run), deque()).append(run)
        self._compile_seconds: dict[str, float] = {}
        self._run_seconds: dict[str, float] = {}

    def __len__(self) -> int:
        return sum(len(group) for group in self._groups.values())

    def next(self, program: str | None, owned: Collection[str | None]) -> tuple[str, Run] | None:
        """Return a program and run for a worker whose last program was `program`; None if it should rest.

        The worker goes on with its program, else starts one that no worker owns, else helps with the one that has most
        left.
        """
        chosen = program if program is not None and self._groups.get(program) else None
        chosen = chosen or self._free(owned) or self._helpable()
        return (chosen, self._groups[chosen].popleft()) if chosen is not None else None

    def finished(self, program: str, outcome: Outcome) -> None:
        """Learn from an outcome how long a program takes to compile and its runs to train; failed ones tell nothing."""
        if not outcome.seconds:
            return
        seconds = dict(outcome.seconds)
        compiling = seconds.pop("compile", 0.0)
        # Only the first run of a worker compiles; the others report next to nothing.
        self._compile_seconds[program] = max(compiling, self._compile_seconds.get(program, 0.0))
        self._run_seconds[program] = sum(seconds.values())

    def _free(self, owned: Collection[str | None]) -> str | None:
        return next((key for key, group in self._groups.items() if group and key not in owned), None)

    def _helpable(self) -> str | None:
        """Return the program with most left to train, if its owner needs longer for that than a helper to compile."""
        left = {key: self._seconds_left(key) for key, group in self._groups.items() if group}
        worthwhile = [key for key, seconds in left.items() if seconds > self._compile_seconds.get(key, 0.0)]
        return max(worthwhile, key=lambda key: (left[key], len(self._groups[key])), default=None)

    def _seconds_left(self, program: str) -> float:
        """Return how long its owner needs for the runs of a program that are left; infinite, if none has ended yet."""
        return len(self._groups[program]) * self._run_seconds.get(program, float("inf"))
