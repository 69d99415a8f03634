"""Which run a free worker trains next, so that each worker compiles a program at most once."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence

from gdbench.execution.orders import Order
from gdbench.experiment.cost.estimate import estimate
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.experiment.cost.worker_memory import MOST_DATA_BYTES, WorkerNeeds, worker_needs
from gdbench.records import Outcome, Run


class RunQueue:
    """The runs still to be assigned, grouped by program, the program with the longest run first.

    In the order `seeds` a worker trains the first seed of all the programs that it keeps compiled, then the second, and
    so on, so that a sweep that is interrupted leaves whole tables of fewer seeds. In the order `longest` it finishes
    one program after the other, the longest run first, so that a sweep does not end with a single long run. Runs that
    are equal in this keep the order of the plan.
    """

    def __init__(
        self, runs: Iterable[Run] = (), expected: Callable[[Run], float] = estimate, order: Order = "seeds"
    ) -> None:
        """Group the runs by program; `expected` gives the seconds that a run is likely to take."""
        self._expected = expected
        self._order = order
        self._groups: dict[str, deque[Run]] = {}
        self._keys = ProgramKeys()
        self._needs: dict[str, WorkerNeeds] = {}
        self._compile_seconds: dict[str, float] = {}
        self._run_seconds: dict[str, float] = {}
        self.add(runs)

    def __len__(self) -> int:
        return sum(len(group) for group in self._groups.values())

    def add(self, runs: Iterable[Run]) -> None:
        """Queue more runs."""
        added = list(runs)
        if not added:
            return
        left = [run for group in self._groups.values() for run in group]
        groups: dict[str, list[Run]] = {}
        # Sorting is stable, so that equal runs keep the order of the plan.
        for run in sorted([*left, *added], key=self._expected, reverse=True):
            groups.setdefault(self._keys.of(run), []).append(run)
        if self._order == "seeds":
            for group in groups.values():
                group.sort(key=lambda run: run.seed)
        self._groups = {program: deque(group) for program, group in groups.items()}

    def next(self, held: Sequence[str], owned: Collection[str], *, has_room: bool = True) -> tuple[str, Run] | None:
        """Return a program and run for a worker that holds these programs compiled; None if it should rest.

        The worker goes on with its programs, else starts one that no worker owns, else helps with the one that has most
        left. In the order `seeds` it starts one before a later seed of its own, if it `has_room` for that.
        """
        left = [program for program, group in self._groups.items() if group]
        own = self._earliest(program for program in left if program in held)
        free = self._earliest(program for program in left if program not in owned)
        if own and free and self._order == "seeds" and has_room and self._comes_first(free, own, held):
            own = None
        chosen = own or free or self._helpable()
        return (chosen, self._groups[chosen].popleft()) if chosen is not None else None

    def batch(self, seconds: float, most: int) -> tuple[str, list[Run]]:
        """Return a program and some of its runs, which take about `seconds`: at least one, and at most `most`.

        Raises:
            LookupError: no run is left.
        """
        program = self._earliest(program for program, group in self._groups.items() if group)
        if program is None:
            raise LookupError("no run is left")
        group, runs, left = self._groups[program], list[Run](), seconds
        while group and len(runs) < most and (not runs or left >= self._seconds_of(program, group[0])):
            runs.append(group.popleft())
            left -= self._seconds_of(program, runs[-1])
        return program, runs

    def seconds_left(self, most: float) -> float:
        """Return how long one worker is likely to need for all runs that are left, or `most` if that is less."""
        seconds = 0.0
        for program, group in self._groups.items():
            for run in group:
                seconds += self._seconds_of(program, run)
                if seconds >= most:
                    return most
        return seconds

    def _seconds_of(self, program: str, run: Run) -> float:
        """Return what the last run of the program took, if one has ended, else what the run is expected to take."""
        return self._run_seconds.get(program) or self._expected(run)

    def finished(self, program: str, outcome: Outcome) -> None:
        """Learn from an outcome how long a program takes to compile and its runs to train; failed ones tell nothing."""
        if not outcome.seconds:
            return
        compiling = outcome.seconds.get("compile", 0.0)
        # Only the first run of a worker compiles; the others report next to nothing.
        self._compile_seconds[program] = max(compiling, self._compile_seconds.get(program, 0.0))
        # A resumed run has the seconds of the shorter one as well.
        self._run_seconds[program] = outcome.own_seconds - compiling

    def _earliest(self, programs: Iterable[str]) -> str | None:
        """Return the program whose next run has the earliest seed, or the first one in the order `longest`."""
        if self._order == "longest":
            return next(iter(programs), None)
        return min(programs, key=lambda program: self._groups[program][0].seed, default=None)

    def _comes_first(self, free: str, own: str, held: Iterable[str]) -> bool:
        """Whether a free program has an earlier seed than a worker's own, and the worker can keep it beside these."""
        if self._groups[free][0].seed >= self._groups[own][0].seed:
            return False
        # What is finished may be dropped.
        needs = [self._needs_of(program) for program in (free, *held) if self._groups.get(program)]
        sizes = {need.data: need.data_bytes for need in needs}
        # A worker with another number of threads is another process.
        return len({need.threads for need in needs}) == 1 and (
            len(sizes) == 1 or sum(sizes.values()) <= MOST_DATA_BYTES
        )

    def _needs_of(self, program: str) -> WorkerNeeds:
        if program not in self._needs:
            self._needs[program] = worker_needs(self._groups[program][0])
        return self._needs[program]

    def _helpable(self) -> str | None:
        """Return the program with most left to train, if its owner needs longer for that than a helper to compile."""
        left = {key: self._seconds_left(key) for key, group in self._groups.items() if group}
        worthwhile = [key for key, seconds in left.items() if seconds > self._compile_seconds.get(key, 0.0)]
        return max(worthwhile, key=lambda key: (left[key], len(self._groups[key])), default=None)

    def _seconds_left(self, program: str) -> float:
        """Return how long its owner needs for the runs of a program that are left; infinite, if none has ended yet."""
        return len(self._groups[program]) * self._run_seconds.get(program, float("inf"))
