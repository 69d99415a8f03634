"""gdbench's speed. Run from the root of a clone, on a machine that does nothing else.

pip install -e '.[bench]'
python -m tests.benchmarks: every part, more than an hour; or name the parts

startup: seconds from the command to the first update and to the table, with and without compiled programs
steps: a training step in each compiled form, and its share of a matrix product's speed
workers: two workers against one, memory of a worker, what a run costs beyond its training steps
profile: where the time of the peers' sweeps goes, and that of the cnn's convolutions
ledger: what a record costs with 100, 1,000 and 10,000 of them
recording: what recording the layers of a network costs a training step, and the answers an evaluation
large: what 100,000 runs cost the commands that read them, and the memory of the sweep that trains them
cluster: what a run costs beyond its training on a Dask cluster, with 1 to 1,000 at a time, and through shards
reports: what a report of 10, 100 and 500 runs costs
peers: whole sweeps beside model.fit, KerasTuner and Optuna; --workload, --peer and --repeats choose

Each part runs in a process of its own. Its tables are printed, and put in their place in
results/speed/README.md.
"""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tests.benchmarks.peers import Peer
from tests.benchmarks.report import write
from tests.benchmarks.workloads import WorkloadName


class Part(StrEnum):
    """A module of this folder, run as a script."""

    STARTUP = "startup"
    STEPS = "steps"
    WORKERS = "workers"
    PROFILE = "profile"
    LEDGER = "ledger"
    RECORDING = "recording"
    LARGE = "large"
    REPORTS = "reports"
    CLUSTER = "cluster"
    PEERS = "peers"


PAGE = Path("results/speed/README.md")


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="All, where none is named.")] = None,
    workload: Annotated[list[WorkloadName] | None, typer.Option(help="All, where none is named.")] = None,
    peer: Annotated[list[Peer] | None, typer.Option(help="All, where none is named.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often the sweeps are measured.")] = 1,
) -> None:
    """Measure gdbench's speed; write the tables."""
    chosen = [f"--workload={name}" for name in workload or ()] + [f"--peer={name}" for name in peer or ()]
    for part in parts or Part:
        options = [*chosen, f"--repeats={repeats}"] if part is Part.PEERS else []
        command = [sys.executable, "-m", f"tests.benchmarks.{part.value}", *options]
        section = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        print(section, flush=True)
        write(PAGE, part.value, section)


if __name__ == "__main__":
    typer.run(main)
