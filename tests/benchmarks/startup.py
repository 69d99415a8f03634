"""What a user waits for: from the command to the first update of training, and to the table.

Prints, as Markdown, medians of seconds of `gdbench sweep quickstart` in a process of its own: compiled anew, with an
empty cache of compiled programs, and with one that has its programs; and of a sweep of one new run whose program an
earlier sweep has compiled.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution.environment import environment
from tests.benchmarks.report import heading, table

# A round takes about a minute. All kinds are in each, so that what disturbs the machine for a while meets all of them.
ROUNDS = 3
# Shorter than anything that is measured here.
INTERVAL = 0.005
ONE = ("--seeds", "1", "--set", "training.epochs=4")


def main() -> None:
    """Measure each kind of start and print the table."""
    kinds = {
        "quickstart, nothing in the cache": ((), False),
        "quickstart, its programs in the cache": ((), True),
        "quickstart, `--no-cache`": (("--no-cache",), True),
        "quickstart with other epochs and one seed, its programs in the cache": (ONE, True),
    }
    waits: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    with TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        # It compiles the programs, and Python's bytecode.
        waited(("quickstart",), cache)
        for number in range(1, ROUNDS + 1):
            for name, (options, is_warm) in kinds.items():
                print(f"round {number} of {ROUNDS}: {name}", file=sys.stderr)
                waits[name].append(waited(("quickstart", *options), cache, is_warm=is_warm))
    rows = [
        [name, *(f"{statistics.median(seconds):.1f}" for seconds in zip(*found, strict=True))]
        for name, found in waits.items()
    ]
    print(f"{heading(environment())}; medians of {ROUNDS}\n")
    print(table(("command", "to the first update, s", "to the table, s"), rows), end="")


def waited(options: Sequence[str], cache: Path, *, is_warm: bool = True) -> tuple[float, float]:
    """Return the seconds from the command to the first update of training, and to its end."""
    with TemporaryDirectory() as folder:
        own = cache if is_warm else Path(folder) / "cache"
        own.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", "gdbench", "sweep", *options, "--results", folder, "--quiet"]
        environment_of_sweep = {**os.environ, "XDG_CACHE_HOME": str(own)}
        begin = time.perf_counter()
        with subprocess.Popen(
            command,
            env=environment_of_sweep,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            ended, record = _first_record(process, Path(folder) / "quickstart" / "runs.jsonl")
            # The run trained and was evaluated until then.
            first = ended - begin - record["seconds"]["train"] - record["seconds"]["evaluate"]
            if process.wait():
                raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
        return first, time.perf_counter() - begin


def _first_record(process: subprocess.Popen[bytes], ledger: Path) -> tuple[float, Mapping[str, Mapping[str, float]]]:
    """Wait for the first line of a ledger; return when it was there, and what it says."""
    while not ledger.exists() or b"\n" not in (text := ledger.read_bytes()):
        if process.poll() is not None:
            raise SystemExit("the sweep ended without a record")
        time.sleep(INTERVAL)
    return time.perf_counter(), json.loads(text.splitlines()[0])


if __name__ == "__main__":
    main()
