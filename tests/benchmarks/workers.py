"""Measures what worker processes cost and give. Run from the root of the clone, on a machine that does nothing else.

python -m tests.benchmarks.workers scaling: two workers against one, runs per second, alternating
python -m tests.benchmarks.workers memory: memory of worker and parent over 200 runs of one program, and of 20
python -m tests.benchmarks.workers overhead: what a run costs beyond its training steps, over 1,000 tiny runs
"""

import json
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution.environment import environment
from gdbench.execution.pool import Pool
from gdbench.execution.schedule import Schedule
from gdbench.execution.worker import make_trainer
from gdbench.experiment.plan import load_plan
from gdbench.records import Run

SCALING = """
training: {epochs: 4, batch_size: 32}
seeds: 8
grid: {optimizer.learning_rate: [0.001]}
"""
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
    """Run the benchmark that the command line names and print its figures."""
    measure = {"scaling": scaling, "memory": memory, "overhead": overhead}[sys.argv[1]]
    here = environment()
    print(json.dumps({key: here[key] for key in ("machine", "python", "keras", "tensorflow", "commit")}))
    measure()


def runs_of(text: str) -> tuple[Run, ...]:
    """Return the runs that a configuration means."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.yaml"
        path.write_text(text, encoding="utf-8")
        return load_plan(path).runs


def scaling() -> None:
    """Print runs per second of one and of two warm workers, and the ratios of alternating measurements."""
    runs = runs_of(SCALING)
    ratios = []
    for _ in range(REPEATS):
        rates = [rate(runs, workers) for workers in (1, 2)]
        ratios.append(rates[1] / rates[0])
        print(f"runs per second: 1 worker {rates[0]:.3f}, 2 workers {rates[1]:.3f}, ratio {ratios[-1]:.2f}")
    print(f"median ratio of {REPEATS}: {statistics.median(ratios):.2f}")


def rate(runs: tuple[Run, ...], workers: int) -> float:
    """Return the runs per second of a pool, from the second run of each worker on: warm, its program compiled."""
    with Pool(workers, make_trainer) as pool:
        ends = [time.perf_counter() for _ in pool.outcomes(Schedule(runs))]
    return (len(ends) - workers) / (ends[-1] - ends[workers - 1])


def memory() -> None:
    """Print resident memory after each tenth of the runs."""
    for name, text in MEMORY.items():
        with Pool(1, make_trainer) as pool:
            for count, _ in enumerate(pool.outcomes(Schedule(runs_of(text))), start=1):
                if count % 20 == 0:
                    worker, parent = resident(pool.workers[0].process.pid), resident("self")
                    print(f"{name}, after {count} runs: worker {worker} MB, parent {parent} MB")


def resident(process: int | str | None) -> int:
    """Return the resident memory of a process in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


def overhead() -> None:
    """Print the milliseconds a run takes and those beyond its training steps, for each tenth of the runs."""
    runs = runs_of(OVERHEAD)
    whole, beyond = [], []
    with Pool(1, make_trainer) as pool:
        last = time.perf_counter()
        for _, outcome, _ in pool.outcomes(Schedule(runs)):
            now = time.perf_counter()
            whole.append(now - last)
            beyond.append(now - last - outcome.seconds["train"])
            last = now
    for first in range(0, len(runs), 100):
        tenth = slice(max(first, 1), first + 100)
        print(
            f"runs {first + 1} to {first + 100}: {1000 * statistics.median(whole[tenth]):.1f} ms a run, "
            f"{1000 * statistics.median(beyond[tenth]):.1f} ms beyond its training steps"
        )


if __name__ == "__main__":
    main()
