"""One sweep: what the ledger lacks is trained and recorded."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from gdbench.execution.environment import environment
from gdbench.execution.pool import Pool
from gdbench.execution.schedule import Schedule
from gdbench.experiment.model import Plan
from gdbench.experiment.stored import write_experiment
from gdbench.ledger import Ledger, missing, read, set_aside
from gdbench.records import Outcome, Record, Run

Report = Callable[[Record], None]
Watch = Callable[[Sequence[Run]], AbstractContextManager[Report]]


def sweep(
    plan: Plan,
    folder: Path,
    pool: Callable[[], Pool],
    watch: Watch,
    say: Callable[[str], None],
    *,
    fresh: bool = False,
    retry_failed: bool = False,
) -> dict[str, Record]:
    """Train the runs of a plan that its folder lacks, and return the records of the folder.

    `pool` makes the workers, if there is something to train; `watch` shows the progress of the runs it is given; `say`
    gets single lines.

    Raises:
        SweepError: another sweep holds the folder, it cannot be written, or no worker can be started.
    """
    if fresh and (moved := set_aside(folder)):
        say(f"the old results are kept in {moved}")
    with Ledger(folder) as ledger:
        if ledger.notice:
            say(ledger.notice)
        write_experiment(folder, plan)
        todo = missing(plan.runs, read(folder), retry_failed)
        say(f"{plan.experiment.name}: {len(plan.runs)} runs, {len(plan.runs) - len(todo)} in the ledger")
        if todo:
            with watch(todo) as report, pool() as workers:
                train(todo, workers, ledger, environment(), report)
        return read(folder)


def train(runs: Sequence[Run], workers: Pool, ledger: Ledger, environment: Mapping[str, Any], report: Report) -> None:
    """Train every run and record each as soon as it is finished, a failed one as well.

    Raises:
        LedgerError: a record cannot be written; training stops, since its results would be lost.
        KeyboardInterrupt: the runs under way are recorded as interrupted, which counts as missing.
    """

    def record(run: Run, outcome: Outcome, started: str) -> Record:
        made = Record(run, outcome, started, {**environment, "threads": run.training["threads"]})
        ledger.append(made)
        return made

    try:
        for run, outcome, started in workers.outcomes(Schedule(runs)):
            report(record(run, outcome, started))
    except KeyboardInterrupt:
        for run, started in workers.in_hand():
            record(run, Outcome("interrupted"), started)
        raise
