"""Measures what a report costs.

Prints a Markdown table of ledgers of 10, 100 and 500 runs of 100 epochs each: the processor time of a whole
`gdbench report`, its memory at most, and the size of the page.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution.environment import environment
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Outcome, Record
from tests.benchmarks.report import heading, table

EPOCHS, SEEDS = 100, 5
CONFIG = (
    "training: {{epochs: 100}}\nseeds: 5\ngrid: {{optimizer.learning_rate: {{from: 0.0001, to: 0.01, step: {}}}}}\n"
)


def main() -> None:
    """Print a row for each number of runs."""
    rows = []
    for points in (2, 20, 100):
        print(f"{SEEDS * points} runs", file=sys.stderr)
        with TemporaryDirectory() as folder:
            rows.append(measured(Path(folder), points))
    print(f"{heading(environment())}\n")
    print(table(("runs", "`gdbench report`, seconds of one core", "memory, MB", "page, MB"), rows), end="")


def measured(folder: Path, points: int) -> list[str]:
    """Fill a ledger and return what its report costs."""
    config = folder / "benchmark.yaml"
    config.write_text(CONFIG.format(0.0099 / (points - 1)), encoding="utf-8")
    plan = load_plan(config)
    results = folder / "results" / plan.experiment.name
    write_experiment(results, plan)
    with Ledger(results) as ledger:
        for place, run in enumerate(plan.runs):
            ledger.append(Record(run, _outcome(place), "2026-01-02T03:04:05Z", {"machine": "x"}))
    page = folder / "report.html"
    command = [sys.executable, "-m", "gdbench", "report", str(results), "--out", str(page)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _id, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"gdbench report failed with {points} rows")
    megabytes = usage.ru_maxrss / (1000 if sys.platform == "linux" else 1_000_000)
    seconds = usage.ru_utime + usage.ru_stime
    return [f"{len(plan.runs)}", f"{seconds:.1f}", f"{megabytes:.0f}", f"{page.stat().st_size / 1e6:.1f}"]


def _outcome(place: int) -> Outcome:
    epochs = range(1, EPOCHS + 1)
    losses = [round(0.05 + (1 + place % 7) / epoch + 0.003 * ((epoch * 7 + place) % 11), 7) for epoch in epochs]
    accuracies = [round(1 - loss / 10, 7) for loss in losses]
    curves = {"train_loss": losses, "train_accuracy": accuracies, "test_loss": losses, "test_accuracy": accuracies}
    history = {"epoch": list(epochs), "update": [469 * epoch for epoch in epochs], **curves}
    clock = [round(0.41 * epoch, 3) for epoch in epochs]
    metrics = {name: values[-1] for name, values in curves.items()}
    seconds = {"train": 41.0, "evaluate": 2.1, "compile": 1.3, "data": 0.1}
    return Outcome("done", {**metrics, "collapsed": False}, history, seconds, images=6_000_000, clock=clock)


if __name__ == "__main__":
    main()
