"""What a user waits for: from the command to the first update of training, and to the table, and where that time goes.

Prints, as Markdown, medians of seconds of `gdbench sweep quickstart` in a process of its own: compiled anew, with an
empty cache of compiled programs, and with one that has its programs; of a sweep of one new run whose program an earlier
sweep has compiled; the parts of each; and imports, each in a process of its own, which are the floor of every start.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from gdbench.execution.environment import environment
from gdbench.execution.local.pool import cores
from gdbench.execution.local.preloading import PRELOADED
from tests.benchmarks.report import heading, table

# A round takes about a minute. All kinds are in each, so that what disturbs the machine for a while meets all of them.
ROUNDS = 3
# Shorter than anything that is measured here.
INTERVAL = 0.005
ONE = ("--seeds", "1", "--set", "training.epochs=4")
PARTS = ("data", "compile", "train", "evaluate")
IMPORTS = {
    "TensorFlow": "import tensorflow",
    "Keras as it comes, with TensorFlow": "import keras",
    "what a worker needs, without packages that it never uses": f"import gc; gc.disable(); import {PRELOADED[0]}",
}


class Wait(NamedTuple):
    """Seconds from the command to the first update of training and to its end, and those of each part of it."""

    first: float
    whole: float
    parts: tuple[float, ...]


def main() -> None:
    """Measure each kind of start and print the tables."""
    kinds = {
        "quickstart, nothing in the cache": ((), False),
        "quickstart, its programs in the cache": ((), True),
        "quickstart, `--no-cache`": (("--no-cache",), True),
        "quickstart with other epochs and one seed, its programs in the cache": (ONE, True),
    }
    waits: dict[str, list[Wait]] = {name: [] for name in kinds}
    imports: dict[str, list[tuple[float, float]]] = {name: [] for name in IMPORTS}
    with TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        # It compiles the programs, and Python's bytecode.
        waited(("quickstart",), cache)
        for number in range(1, ROUNDS + 1):
            for name, (options, is_warm) in kinds.items():
                print(f"round {number} of {ROUNDS}: {name}", file=sys.stderr)
                waits[name].append(waited(("quickstart", *options), cache, is_warm=is_warm))
            for name, code in IMPORTS.items():
                imports[name].append(imported(code))
    print(f"{heading(environment())}; medians of {ROUNDS}\n")
    rows = [[name, *medians([(wait.first, wait.whole) for wait in found])] for name, found in waits.items()]
    print(table(("command", "to the first update, s", "to the table, s"), rows))
    columns = ("where the seconds go", "start", *(f"{part} / worker" for part in PARTS), "waiting", "tables and end")
    print(table(columns, [[name, *medians([wait.parts for wait in found])] for name, found in waits.items()]))
    columns = ("import, in a process of its own", "s", "s of processor")
    print(table(columns, [[name, *medians(found)] for name, found in imports.items()]), end="")


def medians(found: Sequence[Sequence[float]]) -> list[str]:
    """Return the median of each column."""
    return [f"{statistics.median(seconds):.1f}" for seconds in zip(*found, strict=True)]


def imported(code: str) -> tuple[float, float]:
    """Return the seconds, and those of a processor, that a fresh Python takes to run some imports and to end."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, used


def waited(options: Sequence[str], cache: Path, *, is_warm: bool = True) -> Wait:
    """Return what a sweep makes its user wait for."""
    with TemporaryDirectory() as folder:
        own = cache if is_warm else Path(folder) / "cache"
        own.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", "gdbench", "sweep", *options, "--results", folder, "--quiet"]
        environment_of_sweep = {**os.environ, "XDG_CACHE_HOME": str(own)}
        ledger = Path(folder) / "quickstart" / "runs.jsonl"
        begin = time.perf_counter()
        with subprocess.Popen(
            command,
            env=environment_of_sweep,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            ends = [end - begin for end in _ends(process, ledger)]
            if process.wait():
                raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
        whole = time.perf_counter() - begin
        records = [json.loads(line) for line in ledger.read_bytes().splitlines()]
        return wait_of(ends, whole, [record["seconds"] for record in records], cores())


def wait_of(ends: Sequence[float], whole: float, seconds: Sequence[Mapping[str, float]], workers: int) -> Wait:
    """Return the parts of a sweep: when each run had ended, when all had, what each run took, and how many train.

    Waiting is the time of workers without a run, and what runs take beyond their parts.
    """
    # The run trained and was evaluated until its end.
    first = ends[0] - seconds[0]["train"] - seconds[0]["evaluate"]
    start = min(end - sum(run[part] for part in PARTS) for end, run in zip(ends, seconds, strict=True))
    parts = [sum(run[part] for run in seconds) / workers for part in PARTS]
    return Wait(first, whole, (start, *parts, ends[-1] - start - sum(parts), whole - ends[-1]))


def _ends(process: subprocess.Popen[bytes], ledger: Path) -> list[float]:
    """Wait until a sweep ends; return when each line of its ledger was there."""
    found: list[float] = []
    while process.poll() is None:
        if ledger.exists() and (new := ledger.read_bytes().count(b"\n") - len(found)):
            found += [time.perf_counter()] * new
        time.sleep(INTERVAL)
    return found


if __name__ == "__main__":
    main()
