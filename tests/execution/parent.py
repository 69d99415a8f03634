"""A process with workers, for tests that send it signals: `python -m tests.execution.parent FOLDER SEED ...`.

Every run waits until FOLDER/go exists, except those of the seeds of the fakes.
"""

import signal
import sys
from pathlib import Path

from gdbench.execution.executor import outcomes
from gdbench.execution.local import pool, preloading
from tests.execution import fakes
from tests.execution.plans import a_plan, with_training


def main(folder: Path, seeds: list[int]) -> None:
    preloading.PRELOADED = ()
    signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))  # noqa: T201
    runs = a_plan(folder, seeds).runs
    runs = tuple(run if run.seed > 100 else with_training(run, waits_for=str(folder / "go")) for run in runs)
    with pool.Pool(len(runs), fakes.make) as started:
        for _run, outcome, *_ in outcomes(started, runs):
            print(outcome.status, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(seed) for seed in sys.argv[2:]])
