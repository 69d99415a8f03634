"""One sweep: what the ledger lacks is trained and recorded."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from gdbench.execution.environment import environment
from gdbench.execution.pool import Pool
from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.experiment import Plan
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.experiment.stored import write_experiment
from gdbench.ledger import Ledger, missing, read, set_aside
from gdbench.records import Outcome, Record, Run, Timing

Report = Callable[[Record], None]
Watch = Callable[[Sequence[Run]], AbstractContextManager[Report]]


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The records of a folder after a sweep, and the runs that gave other numbers when trained again, alone."""

    records: Mapping[str, Record]
    unequal: tuple[str, ...]


def sweep(
    plan: Plan,
    folder: Path,
    pool: Callable[[int], Pool],
    workers: int,
    watch: Watch,
    say: Callable[[str], None],
    *,
    prepare: Callable[[Sequence[Run]], None] = lambda _runs: None,
    fresh: bool = False,
    retry_failed: bool = False,
) -> SweepResult:
    """Train the runs of a plan that its folder lacks; those whose times are compared come last, one by one.

    `pool` makes a pool of a number of workers; `watch` shows the progress of the runs it is given; `say` gets single
    lines; `prepare` is given the runs to be trained before anything is moved or written.

    Raises:
        SweepError: another sweep holds the folder, it cannot be written, or no worker can be started.
    """
    prepare(missing(plan.runs, {} if fresh else read(folder), retry_failed, plan.exclusive_runs))
    if fresh and (moved := set_aside(folder)):
        say(f"the old results are kept in {moved}")
    with Ledger(folder) as ledger:
        if ledger.notice:
            say(ledger.notice)
        write_experiment(folder, plan)
        before = read(folder)
        todo = missing(plan.runs, before, retry_failed, plan.exclusive_runs)
        say(f"{plan.experiment.name}: {len(plan.runs)} runs, {len(plan.runs) - len(todo)} in the ledger")
        if todo:
            expected = Expectation(plan.runs, before).seconds
            shared = RunQueue((run for run in todo if run.id not in plan.exclusive_runs), expected)
            alone = RunQueue((run for run in todo if run.id in plan.exclusive_runs), expected)
            with watch(todo) as report:
                _train(ledger, "shared", shared, pool, workers, report)
                _train(ledger, "exclusive", alone, pool, 1, report)
        records = read(folder)
        return SweepResult(records, tuple(run.id for run in todo if not _equal(before.get(run.id), records[run.id])))


def _equal(before: Record | None, after: Record) -> bool:
    """Whether a run that was trained again gave the same numbers; without numbers on both sides nothing differs."""
    if before is None or not {before.outcome.status, after.outcome.status} <= {"done", "diverged"}:
        return True
    old, new = before.outcome, after.outcome
    return (old.metrics, old.history, old.diverged) == (new.metrics, new.history, new.diverged)


def _train(
    ledger: Ledger, timing: Timing, schedule: RunQueue, pool: Callable[[int], Pool], workers: int, report: Report
) -> None:
    """Train the runs of a schedule on a pool and record each as soon as it is finished, a failed one as well.

    At Ctrl-C those under way are recorded as interrupted, which counts as missing.

    Raises:
        LedgerError: a record cannot be written; training stops, since its results would be lost.
    """
    if not schedule:
        return
    here = environment()

    def record(run: Run, outcome: Outcome, started: str) -> Record:
        made = Record(run, outcome, started, {**here, "threads": settings_of(run).training.threads}, timing)
        ledger.append(made)
        return made

    with pool(workers) as started_pool:
        try:
            for run, outcome, started in started_pool.outcomes(schedule):
                report(record(run, outcome, started))
        except KeyboardInterrupt:
            # A run that was to be trained again, alone, keeps the record that it has.
            for run, started in started_pool.in_hand() if timing == "shared" else ():
                record(run, Outcome("interrupted"), started)
            raise
