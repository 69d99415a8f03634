"""Measures what 100,000 runs cost whoever asks about them, and the process that hands them out.

Prints two Markdown tables: processor seconds and memory of whole commands beside a ledger of 100,000 records of ten
epochs each, 10 seeds a point; and the memory of a sweep of as many runs, whose executor trains nothing, as its runs
end, beside the memory that the outcomes alone take. `large driver` measures the second alone.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from gdbench.execution.environment import environment
from gdbench.execution.executor import Ended, now
from gdbench.execution.run_queue import RunQueue
from gdbench.execution.sweep import SweepOptions, sweep
from gdbench.experiment.experiment import Plan
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Outcome, Record, Run
from tests.benchmarks.ledger import CONFIG, CURVE, SECONDS
from tests.benchmarks.report import heading, table

POINTS = 10_000
BATCH = 1_000
SHOWN = (1_000, 10_000, 50_000, 100_000)
MEGABYTE = 1e6


def main(only: str = "") -> None:
    """Print the tables."""
    if only == "outcomes":
        print(outcomes_alone())
        return
    print(heading(environment()))
    for part in (driver,) if only == "driver" else (commands, driver):
        print(part.__name__, file=sys.stderr)
        with TemporaryDirectory() as folder:
            print(f"\n{part(Path(folder))}", end="", flush=True)


def planned(folder: Path) -> Plan:
    """Write the configuration and plan it."""
    path = folder / "benchmark.yaml"
    path.write_text(CONFIG.format(0.0099 / (POINTS - 1)), encoding="utf-8")
    return load_plan(path)


def outcome() -> Outcome:
    """Return an outcome that shares nothing with any other."""
    history = {name: [number * 1 for number in curve] for name, curve in CURVE.items()}
    metrics = {name: curve[-1] for name, curve in history.items() if name not in ("epoch", "update")}
    return Outcome("done", {**metrics, "collapsed": False}, history, dict(SECONDS), images=600_000)


def commands(folder: Path) -> str:
    """Return what whole commands take beside a full ledger."""
    plan = planned(folder)
    results = folder / "results" / plan.experiment.name
    write_experiment(results, plan)
    where = environment()
    with Ledger(results) as ledger:
        for begin in range(0, len(plan.runs), BATCH):
            runs = plan.runs[begin : begin + BATCH]
            ledger.extend([Record(run, outcome(), "2026-01-02T03:04:05Z", where) for run in runs])
    config, place = str(folder / "benchmark.yaml"), ["--results", str(folder / "results")]
    asked = {
        "`tables`": ["tables", str(results)],
        "`show RUN`": ["show", str(results), plan.runs[0].id],
        "`plan`": ["plan", config, *place],
        "`plan --json`": ["plan", config, *place, "--json"],
        "`sweep --dry-run`": ["sweep", config, *place, "--dry-run"],
        "`sweep`, with tables to write": ["sweep", config, *place, "--yes"],
        "`sweep`, with nothing to do": ["sweep", config, *place, "--yes"],
    }
    rows = [[name, *measured(arguments)] for name, arguments in asked.items()]
    return table((f"gdbench, {len(plan.runs):,} runs", "s of processor", "MB"), rows)


def measured(arguments: list[str]) -> list[str]:
    """Return the processor seconds and the most memory of `gdbench ARGUMENTS`."""
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "gdbench", *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)],
    )
    _process, status, used = os.wait4(process, 0)
    assert status == 0, arguments
    return [f"{used.ru_utime + used.ru_stime:.1f}", f"{used.ru_maxrss / 1000:.0f}"]


class Instant:
    """An executor whose runs have ended as soon as they are asked for."""

    def __init__(self, _count: int, *, queue: RunQueue) -> None:
        self._queue = queue

    def submit(self, runs: Iterable[Run]) -> None:
        self._queue.add(runs)

    def next_outcome(self) -> Ended | None:
        return Ended(self._queue.batch(0.0, 1)[1][0], outcome(), now()) if self._queue else None

    def left(self) -> Iterable[Ended]:
        return ()

    def close(self) -> None:
        pass


def driver(folder: Path) -> str:
    """Return the memory of a sweep as its runs end."""
    sizes: dict[int, float] = {}

    @contextmanager
    def watch(_runs: Sequence[Run]) -> Iterator[Callable[[Record], None]]:
        count, sizes[0] = 0, resident()

        def report(_record: Record) -> None:
            nonlocal count
            count += 1
            if count in SHOWN:
                sizes[count] = resident()

        yield report

    sweep(
        planned(folder),
        folder / "results",
        SweepOptions(workers=1),
        executor=Instant,
        watch=watch,
        say=lambda _text: None,
    )
    command = f"{sys.executable} -m tests.benchmarks.large outcomes"
    alone = [float(size) for size in os.popen(command).read().split()]
    rows = [
        [f"{count:,}", f"{sizes[count]:.0f}", f"{sizes[count] - sizes[0]:.0f}", f"{size:.0f}"]
        for count, size in zip(SHOWN, alone, strict=True)
    ]
    return table(("runs that have ended", "MB of the sweep", "MB grown", "MB of outcomes alone"), rows)


def outcomes_alone() -> str:
    """Return how much the process grows with outcomes that it only keeps."""
    before, kept, sizes = resident(), [], []
    for count in range(1, SHOWN[-1] + 1):
        kept.append(outcome())
        if count in SHOWN:
            sizes.append(f"{resident() - before:.1f}")
    return " ".join(sizes)


def resident() -> float:
    """Return the megabytes of this process."""
    return float(psutil.Process().memory_info().rss / MEGABYTE)


if __name__ == "__main__":
    main(*sys.argv[1:])
