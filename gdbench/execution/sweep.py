"""One sweep: the runs that the ledger lacks are trained and recorded."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from gdbench.errors import LedgerError, StalePlanError, SweepError
from gdbench.execution.agenda import Agenda, Records
from gdbench.execution.checkpoint_folder import CheckpointFolder
from gdbench.execution.environment import environment
from gdbench.execution.executor import Ended, Executor, MakeExecutor
from gdbench.execution.failures import FirstFailures
from gdbench.execution.full_disk import full_disk_explained
from gdbench.execution.local.pool import cores
from gdbench.execution.model_files import removed_unfinished, without_file
from gdbench.execution.old_results import old_results
from gdbench.execution.orders import Order
from gdbench.execution.run_queue import RunQueue
from gdbench.execution.shard_agenda import agenda_of
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.due_runs import FindDueRuns, every_run
from gdbench.experiment.experiment import Plan
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.shard import Shard
from gdbench.experiment.stored_experiment import refuse_other_config, write_experiment
from gdbench.ledger import Ledger, has_ledger, set_aside
from gdbench.records import Record, Run, Settings, Timing
from gdbench.text import counted

TIMINGS: tuple[Timing, ...] = ("shared", "exclusive")

Report = Callable[[Record], None]
# Gets the runs to be trained, a list that may grow.
Watch = Callable[[Sequence[Run]], AbstractContextManager[Report]]
Prepare = Callable[[Records, Sequence[Run]], None]


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How to train: processes (None: one per core), the most seconds of a run, and what to do with earlier results.

    `memory_limit` is the most gigabytes of a worker process. `trust` runs code of the user without asking; `quiet`
    shows no progress. `order` is that of the runs: seed by seed, or the longest first. `shard` trains a part of them.
    `cache` takes programs that were compiled in earlier sweeps. `cluster` is the scheduler whose workers train.
    """

    workers: int | None = None
    timeout: float | None = None
    memory_limit: float | None = None
    fresh: bool = False
    retry_failed: bool = False
    trust: bool = False
    quiet: bool = False
    order: Order = "seeds"
    shard: Shard | None = None
    cache: bool = True
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The records of a folder after a sweep, and the runs that gave other numbers when trained again, alone."""

    records: Records
    unequal: tuple[str, ...]


@full_disk_explained()
def sweep(
    plan: Plan,
    folder: Path,
    options: SweepOptions,
    *,
    executor: MakeExecutor,
    watch: Watch,
    say: Callable[[str], None],
    prepare: Prepare = lambda _records, _todo: None,
    find_due_runs: FindDueRuns = every_run,
) -> SweepResult:
    """Train the runs of a plan that its folder lacks; those whose times are compared come last, one by one.

    `executor` makes what trains the runs; `watch` shows the progress of runs; `say` gets single lines;
    `prepare` gets the records of the folder and the runs that may be trained, before anything is moved or written.
    `find_due_runs` decides after each stage of a comparison which runs it needs next.

    Raises:
        RequestError: the folder has the results of another configuration.
        SweepError: another sweep holds the folder, it cannot be written, or no worker can be started.
    """
    with ExitStack() as stack:
        # A folder is made only once `prepare` has gone well, and an old one is set aside only then.
        goes_on = not options.fresh and has_ledger(folder)
        ledger = stack.enter_context(_opened(plan, folder, options.shard, say)) if goes_on else None
        before = ledger.read() if ledger else {}
        asked = partial(agenda_of, plan, find_due_runs, options.shard, retry_failed=options.retry_failed)
        agenda = asked(before)
        prepare(before, agenda.possible)
        if options.fresh and (moved := set_aside(folder)):
            say(f"the old results are kept in {moved}")
        elif not goes_on and (notice := old_results(plan, folder)):
            say(notice)
        if ledger is None:
            ledger = stack.enter_context(_opened(plan, folder, options.shard, say))
            # Empty, unless another sweep has begun in the meantime; from now on none can.
            agenda = asked(before := ledger.read())
        for notice in (*ledger.repair(), *removed_unfinished(folder, options.shard)):
            say(notice)
        write_experiment(folder, plan)
        own = _Sweep(plan, ledger, before, agenda, options, executor, watch, say)
        # Whole records take most memory: a sweep that trains looks them up on the disk, and reads all at its end.
        known = None if own.agenda.due else before
        del before
        unequal = own.run()
        return SweepResult(ledger.read() if known is None else known, unequal)


@contextmanager
def _opened(plan: Plan, folder: Path, shard: Shard | None, say: Callable[[str], None]) -> Iterator[Ledger]:
    with Ledger(folder, shard.part if shard else None) as ledger:
        # Under the lock, since a sweep of another configuration may have begun.
        if notice := refuse_other_config(plan, folder):
            say(notice)
        yield ledger


class _Sweep:
    """The sweep of a folder whose lock is held; `records` are those of the folder, in a copy on the disk."""

    def __init__(
        self,
        plan: Plan,
        ledger: Ledger,
        records: Records,
        agenda: Agenda,
        options: SweepOptions,
        executor: MakeExecutor,
        watch: Watch,
        say: Callable[[str], None],
    ) -> None:
        self.plan = plan
        self.ledger = ledger
        self.agenda, self.options = agenda, options
        self.executor = executor
        self.watch = watch
        self.say = say
        self.failures = FirstFailures()
        self.checkpoints = CheckpointFolder(plan, ledger.folder)
        # The runs to be trained, to which each look may add, and how many of them are left.
        self.todo, self.left = list[Run](), 0
        # Runs that a cluster leaves to a single machine, and runs that are due but not submitted yet.
        self.alone: list[Run] = []
        self.waiting: dict[Timing, list[Run]] = {timing: [] for timing in TIMINGS}
        self.unequal: set[str] = set()
        if agenda.due:
            self.expected = Expectation(plan.runs, records, self.checkpoints.beginnings).seconds
            # A shard ends with its stage, for which it needs no records of others.
            self.records: Records = ledger.keep(None if options.shard else records)

    @cached_property
    def environment(self) -> Settings:
        """Where this sweep trains; looked up only if it does."""
        return environment()

    def run(self) -> tuple[str, ...]:
        """Train what is due, and return the runs that gave other numbers than before."""
        self.say(f"{self.plan.experiment.name}: {self.agenda.counts}")
        if self.agenda.due:
            self._add(self.agenda.due)
            with self.watch(self.todo) as report:
                # Times are taken last; a look may then ask for more runs of both kinds.
                while self.left:
                    self._train("shared", self.options.workers or cores(), report)
                    self._train("exclusive", 1, report)
            self.ledger.confirm()
        self.checkpoints.keep(self.agenda.resumable)
        if self.alone:
            self.say(f"{counted(len(self.alone), 'run')} whose times are compared wait for a sweep without --cluster")
        return tuple(run.id for run in self.todo if run.id in self.unequal)

    def _add(self, due: Sequence[Run]) -> None:
        """Take runs that have come due."""
        # Who shares a cluster's machines is not known.
        left_out = self.plan.exclusive_runs if self.options.cluster else frozenset()
        self.alone += (run for run in due if run.id in left_out)
        runs = [run for run in due if run.id not in left_out]
        self.todo += runs
        self.left += len(runs)
        for run in runs:
            self.waiting["exclusive" if run.id in self.plan.exclusive_runs else "shared"].append(run)

    def _train(self, timing: Timing, workers: int, report: Report) -> None:
        """Train the runs that are due and record each as soon as it has ended, a failed one as well.

        If it cannot go on, or at Ctrl-C, the runs under way are recorded as interrupted, which counts as missing.

        Raises:
            LedgerError: a record cannot be written; training stops, since its results would be lost.
            SweepError: the first runs all fail alike, or a file has changed since the plan; the rest would fail too.
        """
        if not self.waiting[timing]:
            return
        with closing(self.executor(workers, queue=RunQueue((), self.expected, self.options.order))) as executor:
            try:
                while (ended := self._next(executor, timing)) is not None:
                    record = self._record(ended, timing)
                    report(record)
                    self.left -= 1
                    if (reason := self.failures.add(record)) and self.left:
                        raise SweepError(self._advice(reason, ended.run))
                    self._add(self.agenda.ended(ended.run.id, self.records, self.say))
            except StalePlanError as error:
                raise SweepError(
                    f"stopped with {counted(self.left, 'run')} left; finished ones are kept: {error}"
                ) from None
            except (KeyboardInterrupt, SweepError) as error:
                if not isinstance(error, LedgerError):
                    self._record_left(executor, timing)
                raise

    def _record_left(self, executor: Executor, timing: Timing) -> None:
        """Record what has ended meanwhile, and which runs are under way."""
        for ended in executor.left():
            # A run that was to be trained again, alone, keeps its earlier record.
            if timing == "shared" or not ended.outcome.was_interrupted:
                self._record(ended, timing)

    def _next(self, executor: Executor, timing: Timing) -> Ended | None:
        """Submit the runs that have come due meanwhile, and wait for the next outcome."""
        if self.waiting[timing]:
            executor.submit(self.checkpoints.ready_for(self.waiting[timing], self.agenda.resumable))
            self.waiting[timing] = []
        return executor.next_outcome()

    def _record(self, ended: Ended, timing: Timing) -> Record:
        run, threads = ended.run, settings_of(ended.run).training.threads
        where = {**(ended.environment or self.environment), "threads": threads}
        record = Record(run, without_file(ended.outcome, run, self.ledger.folder), ended.started, where, timing)
        before = self.records.get(run.id)
        self.ledger.append(record)
        if before is not None and not before.outcome.agrees_with(record.outcome):
            self.unequal.add(run.id)
        return record

    def _advice(self, reason: str, failed: Run) -> str:
        return (
            f"stopped with {counted(self.left, 'run')} left: {reason}; gdbench show {self.ledger.folder} {failed.id} "
            "prints it in full; the same command trains the rest; --retry-failed also trains failed runs again"
        )
