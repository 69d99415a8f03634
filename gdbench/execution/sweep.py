"""One sweep: the runs that the ledger lacks are trained and recorded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gdbench.errors import SweepError
from gdbench.execution.environment import environment
from gdbench.execution.failures import FirstFailures
from gdbench.execution.old_results import old_results
from gdbench.execution.pool import Pool, cores
from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.experiment import Plan
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.stored import refuse_other_config, write_experiment
from gdbench.ledger import Ledger, has_ledger, missing, set_aside
from gdbench.records import Outcome, Record, Run, Settings, Timing
from gdbench.text import counted

Records = Mapping[str, Record]
Report = Callable[[Record], None]
Watch = Callable[[Sequence[Run]], AbstractContextManager[Report]]
Prepare = Callable[[Records, Sequence[Run]], None]


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How to train: processes (None: one per core), the most seconds of a run, and what to do with earlier results.

    `memory_limit` is the most gigabytes of a worker process. `trust` runs code of the user without asking; `quiet`
    shows no progress.
    """

    workers: int | None = None
    timeout: float | None = None
    memory_limit: float | None = None
    fresh: bool = False
    retry_failed: bool = False
    trust: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The records of a folder after a sweep, and the runs that gave other numbers when trained again, alone."""

    records: Records
    unequal: tuple[str, ...]


def sweep(
    plan: Plan,
    folder: Path,
    options: SweepOptions,
    *,
    pool: Callable[[int], Pool],
    watch: Watch,
    say: Callable[[str], None],
    prepare: Prepare = lambda _records, _todo: None,
) -> SweepResult:
    """Train the runs of a plan that its folder lacks; those whose times are compared come last, one by one.

    `pool` makes a pool with that number of workers; `watch` shows the progress of runs; `say` gets single lines;
    `prepare` gets the records of the folder and the runs to be trained, before anything is moved or written.

    Raises:
        RequestError: the folder has the results of another configuration.
        SweepError: another sweep holds the folder, it cannot be written, or no worker can be started.
    """
    with ExitStack() as stack:
        # A folder is made only once `prepare` has gone well, and an old one is set aside only then.
        goes_on = not options.fresh and has_ledger(folder)
        ledger = stack.enter_context(_opened(plan, folder, say)) if goes_on else None
        before = ledger.read() if ledger else {}
        prepare(before, missing(plan.runs, before, options.retry_failed, plan.exclusive_runs))
        if options.fresh and (moved := set_aside(folder)):
            say(f"the old results are kept in {moved}")
        elif not goes_on and (notice := old_results(plan, folder)):
            say(notice)
        if ledger is None:
            ledger = stack.enter_context(_opened(plan, folder, say))
            # Empty, unless another sweep has begun in the meantime.
            before = ledger.read()
        for notice in ledger.repair():
            say(notice)
        write_experiment(folder, plan)
        return _Sweep(plan, ledger, before, options, pool, watch).run(say)


@contextmanager
def _opened(plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[Ledger]:
    with Ledger(folder) as ledger:
        # Under the lock, since a sweep of another configuration may have begun.
        if notice := refuse_other_config(plan, folder):
            say(notice)
        yield ledger


class _Sweep:
    """The sweep of a folder whose lock is held; `records` are those of its ledger, read once and added to."""

    def __init__(
        self,
        plan: Plan,
        ledger: Ledger,
        records: Records,
        options: SweepOptions,
        pool: Callable[[int], Pool],
        watch: Watch,
    ) -> None:
        self.plan = plan
        self.ledger = ledger
        self.records = dict(records)
        self.options = options
        self.pool = pool
        self.watch = watch
        self.failures = FirstFailures()
        self.left = 0

    @cached_property
    def environment(self) -> Settings:
        """Where this sweep trains; looked up only if it does."""
        return environment()

    def run(self, say: Callable[[str], None]) -> SweepResult:
        plan, before = self.plan, dict(self.records)
        # Worked out under the lock, so that no other sweep can have trained any of these since.
        todo = missing(plan.runs, before, self.options.retry_failed, plan.exclusive_runs)
        say(f"{plan.experiment.name}: {counted(len(plan.runs), 'run')}, {len(plan.runs) - len(todo)} in the ledger")
        self.left = len(todo)
        if todo:
            expected = Expectation(plan.runs, before).seconds
            shared = RunQueue((run for run in todo if run.id not in plan.exclusive_runs), expected)
            exclusive = RunQueue((run for run in todo if run.id in plan.exclusive_runs), expected)
            with self.watch(todo) as report:
                self._train("shared", shared, self.options.workers or cores(), report)
                self._train("exclusive", exclusive, 1, report)
            self.ledger.confirm()
        unequal = (run.id for run in todo if not _are_equal(before.get(run.id), self.records[run.id]))
        return SweepResult(self.records, tuple(unequal))

    def _train(self, timing: Timing, queue: RunQueue, workers: int, report: Report) -> None:
        """Train the runs of a queue on a pool and record each as soon as it has ended, a failed one as well.

        At Ctrl-C the runs under way are recorded as interrupted, which counts as missing.

        Raises:
            LedgerError: a record cannot be written; training stops, since its results would be lost.
            SweepError: the first runs all fail alike, and so would the rest.
        """
        if not queue:
            return
        with self.pool(workers) as pool:
            try:
                for run, outcome, started in pool.outcomes(queue):
                    record = self._record(run, outcome, started, timing)
                    report(record)
                    self.left -= 1
                    if (reason := self.failures.add(record)) and self.left:
                        raise SweepError(self._advice(reason, run))
            except KeyboardInterrupt:
                # A run that was to be trained again, alone, keeps its earlier record.
                for run, started in pool.running() if timing == "shared" else ():
                    self._record(run, Outcome("interrupted"), started, timing)
                raise

    def _record(self, run: Run, outcome: Outcome, started: str, timing: Timing) -> Record:
        record = Record(
            run, outcome, started, {**self.environment, "threads": settings_of(run).training.threads}, timing
        )
        # First on the disk, then in memory: a record that cannot be written does not count.
        self.ledger.append(record)
        self.records[run.id] = record
        return record

    def _advice(self, reason: str, failed: Run) -> str:
        return (
            f"stopped, {self.left} runs are left: {reason}; gdbench show {self.ledger.folder} {failed.id} prints it in "
            "full; the same command goes on with what is left, with --retry-failed also with the runs that failed"
        )


def _are_equal(before: Record | None, after: Record) -> bool:
    """Whether a run that was trained again gave the same numbers; without numbers on both sides nothing differs."""
    if before is None or not (before.outcome.was_measured and after.outcome.was_measured):
        return True
    old, new = before.outcome, after.outcome
    return (old.metrics, old.history, old.diverged) == (new.metrics, new.history, new.diverged)
