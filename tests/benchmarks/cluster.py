"""Measures what a run costs beyond its training on a Dask cluster and through shards.

Prints, as Markdown: sleeping runs with 1, 10, 100 and 1,000 of them at a time, in one dask worker with as many threads;
tiny real runs on one worker of a cluster beside one local worker, alternating; what the ledgers of shards and their
merge cost a record; and what 10,000 runs of an MLP would take on 1, 10 and 100 workers, which is extrapolated.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from gdbench.execution.cluster.dask_executor import DaskExecutor
from gdbench.execution.environment import environment
from gdbench.execution.executor import Executor, outcomes
from gdbench.execution.local.pool import Pool
from gdbench.execution.local.worker import make_trainer
from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.plan import load_plan
from gdbench.experiment.shard import Shard, runs_of
from gdbench.ledger import Ledger
from gdbench.ledger.merging import merge
from gdbench.records import Record, Run
from tests.benchmarks import sleeping
from tests.benchmarks.report import heading, table
from tests.execution.cluster.processes import Cluster
from tests.execution.fakes import sound

# Runs at a time, how many in all, and the seconds that each sleeps.
SLEEPING = ((1, 100, 0.1), (10, 400, 0.25), (100, 1000, 1.0), (1000, 2000, 10.0))
TINY = "dataset: {train: 200, test: 100}\ntraining: {epochs: 1}\n"
# The training of the quick start.
MLP = "training: {epochs: 5, batch_size: 128}\n"
TINY_RUNS, MLP_RUNS, REPEATS = 300, 4, 3
RECORDS, SHARDS = 10_000, 4
EXTRAPOLATED = 10_000


def main() -> None:
    """Measure all and print the tables."""
    print(heading(environment()))
    for part in (asleep, through_shards, trained):
        print(part.__name__, file=sys.stderr)
        print(f"\n{part()}", end="", flush=True)


def runs_in(folder: Path, count: int, text: str = "") -> tuple[Run, ...]:
    """Return as many runs of one program."""
    path = folder / "benchmark.yaml"
    path.write_text(f"{text}seeds: {count}\n", encoding="utf-8")
    return load_plan(path).runs


@contextmanager
def a_cluster(threads: int, *options: str) -> Iterator[Cluster]:
    """Start a scheduler and a worker with so many threads."""
    with TemporaryDirectory() as folder, closing(Cluster(Path(folder))) as cluster:
        cluster.add_worker(threads, *options)
        yield cluster


def asleep() -> str:
    """What a run costs beyond its sleep, by how many sleep at a time; processor times are of all processes together."""
    rows = []
    for at_a_time, count, seconds in SLEEPING:
        print(f"  {at_a_time} at a time", file=sys.stderr)
        os.environ[sleeping.VARIABLE] = str(seconds)
        with a_cluster(at_a_time, "--preload", "tests.benchmarks.sleeping") as cluster, TemporaryDirectory() as folder:
            queue = RunQueue((), lambda _run, seconds=seconds: seconds)
            with closing(DaskExecutor(0, make_trainer, address=cluster.address, queue=queue)) as executor:
                runs = runs_in(Path(folder), count + at_a_time)
                ends, used = ended(executor, runs, at_a_time, [cluster.scheduler.pid, cluster.workers[0].pid])
        wall = 1000 * (ends - seconds * count / at_a_time) / count
        cells = (f"{at_a_time:,}", f"{count:,}", f"{seconds:g}", f"{ends:.1f}", f"{wall:.2f}")
        rows.append([*cells, *(f"{1000 * each / count:.2f}" for each in used)])
    return table(
        (
            *("runs at a time", "runs", "seconds each", "seconds in all", "ms a run beyond"),
            *("ms of driver a run", "ms of scheduler", "ms of worker"),
        ),
        rows,
        words=0,
    )


def ended(
    executor: Executor, runs: tuple[Run, ...], first: int, others: list[int]
) -> tuple[float, tuple[float, float, float]]:
    """Train runs; return the seconds after the `first` have ended, and the processor times of all processes."""
    processes = [psutil.Process(process) for process in (os.getpid(), *others)]
    begin, before = 0.0, [0.0] * len(processes)
    for number, _ in enumerate(outcomes(executor, runs), start=1):
        if number == first:
            begin, before = time.perf_counter(), [used(process) for process in processes]
    seconds = time.perf_counter() - begin
    driver, scheduler, worker = (used(process) - earlier for process, earlier in zip(processes, before, strict=True))
    return seconds, (driver, scheduler, worker)


def used(process: psutil.Process) -> float:
    """Return the processor seconds of a process."""
    times = process.cpu_times()
    return float(times.user + times.system)


def through_shards() -> str:
    """What a record costs in the ledgers of shards, and their merge."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        plan = load_plan(_written(folder, f"seeds: {RECORDS}\n"))
        begin = time.perf_counter()
        own = [runs_of(plan, Shard(number, SHARDS)) for number in range(1, SHARDS + 1)]
        dividing = (time.perf_counter() - begin) / SHARDS
        whole = appending(folder / "whole", None, plan.runs)
        parts = [
            appending(folder / "shards", Shard(number, SHARDS).part, [run for run in plan.runs if run.id in mine])
            for number, mine in enumerate(own, start=1)
        ]
        begin = time.perf_counter()
        merge(folder / "shards")
        merging = time.perf_counter() - begin
    costs = (1000 * dividing / RECORDS, whole, statistics.mean(parts), 1000 * merging / RECORDS)
    columns = (
        "records",
        "ms a run to divide",
        "ms to append, one ledger",
        "in shards",
        "ms a record to merge",
    )
    return table(columns, [[f"{RECORDS:,} in {SHARDS} shards", *(f"{cost:.3f}" for cost in costs)]])


def _written(folder: Path, text: str) -> Path:
    path = folder / "benchmark.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def appending(folder: Path, part: str | None, runs: "tuple[Run, ...] | list[Run]") -> float:
    """Return the milliseconds that appending a record takes, the median."""
    taken = []
    with Ledger(folder, part) as ledger:
        for run in runs:
            record = Record(run, sound(run), "2026-01-02T03:04:05Z", {})
            begin = time.perf_counter()
            ledger.append(record)
            taken.append(time.perf_counter() - begin)
    return 1000 * statistics.median(taken)


def trained() -> str:
    """Real runs on one worker of a cluster beside a local one, and what that means for many."""
    with TemporaryDirectory() as name, a_cluster(1) as cluster:
        on_cluster = partial(DaskExecutor, address=cluster.address)
        pairs = [[measured(make, Path(name), TINY, TINY_RUNS) for make in (on_cluster, Pool)] for _ in range(REPEATS)]
        mlp = measured(on_cluster, Path(name), MLP, MLP_RUNS)
    tiny, local = zip(*pairs, strict=True)
    beyond = statistics.median(tiny) - statistics.median(local)
    columns = ("one worker, ms a run", "local", "cluster", "beyond")
    milliseconds = [f"{1000 * value:.1f}" for value in (statistics.median(local), statistics.median(tiny), beyond)]
    found = table(columns, [[f"tiny runs, {TINY_RUNS}, {REPEATS} times", *milliseconds]])
    rows = [[f"{workers}", f"{EXTRAPOLATED * mlp / workers / 60:,.0f}"] for workers in (1, 10, 100)]
    alone = f"an MLP of 128 units for 5 epochs of MNIST, {mlp:.2f} s a run on one worker"
    columns = ("workers", f"minutes for {EXTRAPOLATED:,} runs, extrapolated")
    return f"{found}\nExtrapolated, not measured, from {alone}:\n\n{table(columns, rows, words=0)}"


def measured(make: Callable[..., Executor], folder: Path, text: str, count: int) -> float:
    """Return the seconds that a run takes on one worker once the first, which compiles, has ended."""
    with closing(make(1, make_trainer, queue=RunQueue())) as executor:
        seconds, _used = ended(executor, runs_in(folder, count + 1, text), 1, [os.getpid(), os.getpid()])
    return seconds / count


if __name__ == "__main__":
    main()
