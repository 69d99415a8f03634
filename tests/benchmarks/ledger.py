"""Measures what a record costs.

Prints a Markdown table of ledgers of 100, 1,000 and 10,000 records of ten epochs each: milliseconds to append a record
(the median of the last hundred, each flushed to the disk), seconds to read all, to plan the runs and to print their
table, the last two as whole processes. `--help` beside them is what starting costs.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution.environment import environment
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger, read
from gdbench.records import Outcome, Record
from tests.benchmarks.report import heading, table

CONFIG = (
    "training: {{epochs: 10}}\nseeds: 10\ngrid: {{optimizer.learning_rate: {{from: 0.0001, to: 0.01, step: {}}}}}\n"
)
CURVE = {
    "epoch": list(range(1, 11)),
    "update": list(range(1875, 18751, 1875)),
    **{
        f"{part}_{kind}": [0.1234567 * epoch for epoch in range(1, 11)]
        for part in ("train", "test")
        for kind in ("loss", "accuracy")
    },
}
SECONDS = {"train": 6.8, "evaluate": 0.3, "compile": 0.0, "data": 0.0001}


def main() -> None:
    """Print a row for each size of ledger."""
    rows = []
    for points in (10, 100, 1000):
        print(f"{10 * points} records", file=sys.stderr)
        with TemporaryDirectory() as folder:
            rows.append(measured(Path(folder), points))
    print(f"{heading(environment())}; `gdbench --help` {seconds('--help'):.2f} s\n")
    print(table(("records", "append ms", "read s", "`gdbench plan` s", "`gdbench tables` s"), rows), end="")


def measured(folder: Path, points: int) -> list[str]:
    """Fill a ledger and return what its records cost."""
    config = folder / "benchmark.yaml"
    config.write_text(CONFIG.format(0.0099 / (points - 1)), encoding="utf-8")
    plan = load_plan(config)
    results = folder / "results" / plan.experiment.name
    write_experiment(results, plan)
    metrics = {name: curve[-1] for name, curve in CURVE.items() if name not in ("epoch", "update")}
    appended = []
    with Ledger(results) as ledger:
        for run in plan.runs:
            outcome = Outcome("done", {**metrics, "collapsed": False}, CURVE, SECONDS, images=600_000)
            record = Record(run, outcome, "2026-01-02T03:04:05Z", environment() if run is plan.runs[0] else {})
            begin = time.perf_counter()
            ledger.append(record)
            appended.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    records = read(results)
    reading = time.perf_counter() - begin
    planning = seconds("plan", str(config), "--results", str(folder / "results"))
    return [
        *(f"{len(records):,}", f"{1000 * statistics.median(appended[-100:]):.2f}", f"{reading:.2f}"),
        *(f"{planning:.2f}", f"{seconds('tables', str(results)):.2f}"),
    ]


def seconds(*arguments: str) -> float:
    """Return the seconds of a whole `gdbench ARGUMENTS`, the median of five."""
    taken = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "gdbench", *arguments], capture_output=True, check=True)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
