"""gdbench against model.fit in one process, KerasTuner's GridSearch and Optuna's GridSampler, on the same sweeps.

Run from the root of a clone, on a machine that does nothing else: pip install -e '.[bench]', then

python -m tests.benchmarks.peers: all workloads against all peers, three times; several hours
python -m tests.benchmarks.peers --workload mlp-32 --peer fit --repeats 1: a part of it

Every side is a process of its own and may use all cores; what counts is the time from its start to its end. Sides
alternate. Each measured pair is a line of results/speed/peers.jsonl; the table in results/speed/peers.md is made of all
that the machine and the versions at hand have measured there.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from gdbench.execution.environment import environment
from gdbench.ledger import read
from tests.benchmarks.workloads import WORKLOADS, Workload

FOLDER = Path("results/speed")
NAMES = {"fit": "`model.fit` in a loop", "kerastuner": "KerasTuner GridSearch", "optuna": "Optuna GridSampler"}
# Measurements are put together where these are equal.
ALIKE = ("machine", "python", "keras", "tensorflow")
# Sides whose accuracies differ by more have not done the same work.
MOST_APART = 0.005


def main(
    workload: Annotated[list[str] | None, typer.Option(help="mlp-32, mlp-128, cnn-128 or rnn-128")] = None,
    peer: Annotated[list[str] | None, typer.Option(help="fit, kerastuner or optuna")] = None,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Measure, add to the file of measurements and print the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for _ in range(repeats):
        for name in workload or WORKLOADS:
            measure(WORKLOADS[name], peer or list(NAMES))
    (FOLDER / "peers.md").write_text(table(), encoding="utf-8")
    print(table())


def measure(workload: Workload, peers: list[str]) -> None:
    """Measure gdbench and then each peer once, and keep what came out."""
    here = environment()
    sides = {"gdbench": gdbench(workload)} | {peer: other(peer, workload) for peer in peers}
    line = {
        "workload": workload.name,
        **{key: here[key] for key in (*ALIKE, "commit")},
        "seconds": {name: round(seconds, 2) for name, (seconds, _) in sides.items()},
        "accuracy": {name: round(statistics.mean(found), 4) for name, (_, found) in sides.items()},
    }
    print(json.dumps(line), flush=True)
    with (FOLDER / "peers.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def gdbench(workload: Workload) -> tuple[float, list[float]]:
    """Return the seconds of a whole `gdbench sweep`, and the best test accuracy of each run."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{workload.name}.yaml"
        path.write_text(workload.yaml, encoding="utf-8")
        seconds, _ = timed("gdbench", "sweep", str(path), "--results", folder, "--quiet")
        records = read(Path(folder) / workload.name).values()
        found = [max(record.outcome.history["test_accuracy"]) for record in records]
    return seconds, complete(found, workload)


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


def table() -> str:
    """Return the Markdown table of the measurements on this machine with these versions."""
    here = environment()
    text = (FOLDER / "peers.jsonl").read_text(encoding="utf-8")
    lines = [line for line in map(json.loads, text.splitlines()) if all(line[key] == here[key] for key in ALIKE)]
    pairs = {
        (name, peer): [line for line in lines if line["workload"] == name and peer in line["seconds"]]
        for name in WORKLOADS
        for peer in NAMES
    }
    rows = [row(WORKLOADS[name], peer, measured) for (name, peer), measured in pairs.items() if measured]
    head = "{machine}; Python {python}, Keras {keras}, TensorFlow {tensorflow}".format(**here)
    columns = ("sweep", "against", "times measured", "seconds", "gdbench", "median ratio", "test accuracy")
    return "\n".join([head, "", cells(columns), cells([":---", ":---", *["---:"] * 5]), *map(cells, rows), ""])


def row(workload: Workload, peer: str, lines: list[dict[str, Any]]) -> list[str]:
    """Return one row: medians of seconds and of the paired ratios, and the accuracies of both sides."""

    def median(values: list[float]) -> float:
        return statistics.median(values)

    ours, theirs = ([line["seconds"][side] for line in lines] for side in ("gdbench", peer))
    ratio = f"{median([b / a for a, b in zip(ours, theirs, strict=True)]):.1f} x"
    reached, theirs_reached = (median([line["accuracy"][side] for line in lines]) for side in ("gdbench", peer))
    if abs(reached - theirs_reached) > MOST_APART:
        ratio = "void"
    what = f"{workload.architecture}, batch {workload.batch_size}: {workload.runs} runs x {workload.epochs} epochs"
    return [
        *(what, NAMES[peer], str(len(lines)), f"{median(theirs):.0f}", f"{median(ours):.0f}", ratio),
        f"{theirs_reached:.2%} / {reached:.2%}",
    ]


def cells(values: Any) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(values)} |"


if __name__ == "__main__":
    typer.run(main)
