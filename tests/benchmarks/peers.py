"""gdbench against model.fit in one process, KerasTuner's GridSearch and Optuna's GridSampler, on the same sweeps.

Every side is a process of its own and may use all cores; what counts is the time from its start to its end. Sides
alternate, and print the accuracies that they reached. Each round is a line of results/speed/peers.jsonl; the tables are
made of all lines there, one for each machine and set of versions.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from gdbench.execution.environment import environment
from gdbench.ledger import read
from gdbench.records import Record
from tests.benchmarks.report import ALIKE, heading, table
from tests.benchmarks.workloads import WORKLOADS, Workload, WorkloadName

MEASUREMENTS = Path("results/speed/peers.jsonl")
NAMES = {"fit": "`model.fit` in a loop", "kerastuner": "KerasTuner GridSearch", "optuna": "Optuna GridSampler"}
Peer = StrEnum("Peer", {name: name for name in NAMES})
# Sides whose accuracies differ by more have not done the same work.
MOST_APART = 0.005


def main(
    workload: Annotated[list[WorkloadName] | None, typer.Option(help="All, where none is named.")] = None,
    peer: Annotated[list[Peer] | None, typer.Option(help="All, where none is named.")] = None,
    repeats: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Measure, add to the file of measurements and print the tables."""
    for _ in range(repeats):
        for name in workload or WORKLOADS:
            measured = measure(WORKLOADS[name], peer or list(NAMES))
            with MEASUREMENTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(measured) + "\n")
    lines = MEASUREMENTS.read_text(encoding="utf-8").splitlines()
    print(tables([json.loads(line) for line in lines]), end="")


def measure(workload: Workload, peers: list[str]) -> dict[str, Any]:
    """Measure gdbench and then each peer once."""
    here = environment()
    sides = {}
    for side in ("gdbench", *peers):
        seconds, found = gdbench(workload) if side == "gdbench" else other(side, workload)
        accuracies = ", ".join(f"{accuracy:.2%}" for accuracy in found)
        print(f"{workload.name}, {side}: {seconds:.1f} s, test accuracies {accuracies}", file=sys.stderr)
        sides[side] = seconds, found
    return {
        "workload": workload.name,
        **{key: here[key] for key in (*ALIKE, "commit")},
        "seconds": {name: round(seconds, 2) for name, (seconds, _) in sides.items()},
        "accuracy": {name: round(statistics.mean(found), 4) for name, (_, found) in sides.items()},
    }


def gdbench(workload: Workload) -> tuple[float, list[float]]:
    """Return the seconds of a whole `gdbench sweep`, and the best test accuracy of each run."""
    seconds, records = swept(workload)
    return seconds, complete([max(record.outcome.history["test_accuracy"]) for record in records], workload)


def swept(workload: Workload) -> tuple[float, list[Record]]:
    """Return the seconds of a whole `gdbench sweep` in a process of its own, and its records."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{workload.name}.yaml"
        path.write_text(workload.yaml, encoding="utf-8")
        seconds, _ = timed("gdbench", "sweep", str(path), "--results", folder, "--quiet")
        return seconds, list(read(Path(folder) / workload.name).values())


def other(peer: str, workload: Workload) -> tuple[float, list[float]]:
    """Return the seconds of a peer's process, and the best test accuracy of each run."""
    seconds, output = timed("tests.benchmarks.sides", peer, workload.name)
    return seconds, complete(json.loads(output.splitlines()[-1]), workload)


def timed(module: str, *arguments: str) -> tuple[float, str]:
    """Run a module in a process of its own."""
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - begin, done.stdout


def complete(found: list[float], workload: Workload) -> list[float]:
    """Return the accuracies; a side that lost a run has not done the work."""
    if len(found) != workload.runs:
        raise SystemExit(f"{len(found)} of {workload.runs} runs gave an accuracy")
    return found


def tables(lines: list[dict[str, Any]]) -> str:
    """Return the Markdown tables of the measurements, one for each machine and set of versions."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(tuple(line[key] for key in ALIKE), []).append(line)
    columns = ("sweep", "against", "rounds", "seconds", "gdbench", "median ratio", "test accuracy")
    return "\n".join(f"{heading(group[0])}\n\n{table(columns, rows(group), words=2)}" for group in groups.values())


def rows(lines: list[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield a row for each sweep and peer that was measured."""
    for name, workload in WORKLOADS.items():
        for peer in NAMES:
            measured = [line for line in lines if line["workload"] == name and peer in line["seconds"]]
            if measured:
                yield row(workload, peer, measured)


def row(workload: Workload, peer: str, lines: list[dict[str, Any]]) -> list[str]:
    """Return one row: medians of seconds and of the paired ratios, and the accuracies of both sides."""
    ours, theirs = ([line["seconds"][side] for line in lines] for side in ("gdbench", peer))
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    spread = f" ({min(ratios):.1f} to {max(ratios):.1f})" if len(ratios) > 1 else ""
    accuracies = ([line["accuracy"][side] for line in lines] for side in (peer, "gdbench"))
    reached = [statistics.median(values) for values in accuracies]
    alike = round(max(reached) - min(reached), 4) <= MOST_APART
    epochs = f"{workload.epochs} epochs" if workload.epochs > 1 else "1 epoch"
    return [
        f"{workload.architecture}, batch {workload.batch_size}: {workload.runs} runs x {epochs}",
        NAMES[peer],
        *(str(len(lines)), f"{statistics.median(theirs):.0f}", f"{statistics.median(ours):.0f}"),
        f"{statistics.median(ratios):.1f} x{spread}" if alike else "void",
        " / ".join(f"{accuracy:.2%}" for accuracy in reached),
    ]


if __name__ == "__main__":
    typer.run(main)
