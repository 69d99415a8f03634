"""Measures what worker processes cost and give.

Prints, as Markdown: two warm workers against one, runs per second, alternating; the largest memory of a worker by
architecture; memory of worker and parent over 200 runs of one program and of 20; and what a run costs beyond its
training steps, over 1,000 tiny runs.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution import executor
from gdbench.execution.environment import environment
from gdbench.execution.local.pool import Pool
from gdbench.execution.local.worker import make_trainer
from gdbench.experiment.plan import load_plan
from gdbench.records import Outcome, Run
from tests.benchmarks.report import heading, table

SCALING = """
training: {epochs: 4, batch_size: 32}
seeds: 8
grid: {optimizer.learning_rate: [0.001]}
"""
# All 60,000 images in memory, a hundred updates, an evaluation.
PEAK = """
architecture: {}
training: {{steps: 100, batch_size: {}}}
seeds: 2
"""
PEAKS = [(name, size) for name in ("mlp", "cnn", "rnn", "lstm", "resnet") for size in (128, 1024)]
MEMORY = {
    "one program": """
dataset: {train: 2000, test: 500}
training: {epochs: 1}
seeds: 200
""",
    "20 programs": """
dataset: {train: 2000, test: 500}
training: {epochs: 1}
seeds: 10
grid: {training.batch_size: {from: 20, to: 58, step: 2}}
""",
}
OVERHEAD = """
dataset: {train: 200, test: 100}
training: {epochs: 1}
seeds: 1000
"""
REPEATS = 5


def main() -> None:
    """Measure all and print the tables."""
    parts = []
    for part in (scaling, peak, memory, overhead):
        print(part.__name__, file=sys.stderr)
        parts.append(part())
    print("\n".join([f"{heading(environment())}\n", *parts]), end="")


def runs_of(text: str) -> tuple[Run, ...]:
    """Return the runs that a configuration means."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.yaml"
        path.write_text(text, encoding="utf-8")
        return load_plan(path).runs


def scaling() -> str:
    """Runs per second of one and of two warm workers, and the ratios of alternating measurements."""
    runs = runs_of(SCALING)
    rates = [[rate(runs, workers) for workers in (1, 2)] for _ in range(REPEATS)]
    ratios = [two / one for one, two in rates]
    medians = (f"{statistics.median(column):.3f}" for column in zip(*rates, strict=True))
    ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    columns = ("mlp, batch 32: 8 runs x 4 epochs", "one worker, runs / s", "two workers, runs / s", "median ratio")
    return table(columns, [[f"{REPEATS} times, alternating", *medians, ratio]])


def rate(runs: tuple[Run, ...], workers: int) -> float:
    """Return the runs per second of a pool, from the second run of each worker on: warm, its program compiled."""
    with Pool(workers, make_trainer) as pool:
        ends = [time.perf_counter() for _ in executor.outcomes(pool, runs)]
    return (len(ends) - workers) / (ends[-1] - ends[workers - 1])


def peak() -> str:
    """The largest memory that a worker has held, by architecture and batch size."""
    rows = []
    for architecture, size in PEAKS:
        with Pool(1, make_trainer) as pool:
            most = [held(pool.workers[0].process.pid, "VmHWM") for _ in outcomes(pool, PEAK.format(architecture, size))]
        rows.append([f"{architecture}, batch {size}", str(max(most))])
    return table(("60,000 images", "largest memory of a worker, MB"), rows)


def memory() -> str:
    """Resident memory after the first runs and at the end."""
    rows = []
    for name, text in MEMORY.items():
        with Pool(1, make_trainer) as pool:
            for count, _ in enumerate(outcomes(pool, text), start=1):
                if count in (20, 100, 200):
                    worker, parent = held(pool.workers[0].process.pid, "VmRSS"), held("self", "VmRSS")
                    rows.append([f"{name}, after {count} runs", str(worker), str(parent)])
    return table(("runs of one worker", "worker, MB", "parent, MB"), rows)


def outcomes(pool: Pool, text: str) -> Iterator[Outcome]:
    """Train the runs of a configuration; one that failed has measured nothing."""
    for _, outcome, *_ in executor.outcomes(pool, runs_of(text)):
        if outcome.error:
            raise SystemExit(outcome.error)
        yield outcome


def held(process: int | str | None, what: str) -> int:
    """Return the memory of a process in megabytes: VmRSS now, VmHWM at most."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(what))


def overhead() -> str:
    """Milliseconds a run takes, and those beyond its training steps, over the first and the last hundred runs."""
    whole, beyond = [], []
    with Pool(1, make_trainer) as pool:
        last = time.perf_counter()
        for outcome in outcomes(pool, OVERHEAD):
            now = time.perf_counter()
            whole.append(now - last)
            beyond.append(now - last - outcome.seconds["train"])
            last = now
    rows = []
    for first in (0, len(whole) - 100):
        hundred = slice(max(first, 1), first + 100)  # The first run compiles.
        medians = (f"{1000 * statistics.median(values[hundred]):.1f}" for values in (whole, beyond))
        rows.append([f"{first + 1} to {first + 100}", *medians])
    return table(("runs of 200 images", "ms a run", "ms beyond its training steps"), rows)


if __name__ == "__main__":
    main()
