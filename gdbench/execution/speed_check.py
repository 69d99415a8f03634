"""How fast this machine trains: one short run in a worker, as a sweep would train it."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gdbench.execution.executor import outcomes
from gdbench.execution.local.pool import Pool
from gdbench.execution.local.worker import MakeTrainer
from gdbench.experiment.plan import load_plan

IMAGES, EPOCHS = 20_000, 8
# Far more than a slow machine needs; a worker that hangs is what this is there to find.
MAX_SECONDS = 120.0
_CONFIG = f"""\
seeds: 1
dataset: {{name: mnist, train: {IMAGES}, test: 1000}}
architecture: {{name: mlp, hidden: [128]}}
optimizer: sgd
training: {{epochs: {EPOCHS}, batch_size: 128, evaluate_every: {EPOCHS}}}
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """Training images per second, and the seconds of compiling and of the whole check; the error if there was one."""

    images_per_second: float | None = None
    compile_seconds: float = 0.0
    total_seconds: float = 0.0
    error: str | None = None


def speed_check(make: MakeTrainer) -> Speed:
    """Train one run and return how fast that was.

    Raises:
        SweepError: no worker can be started.
    """
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        config = Path(folder) / "speed-check.yaml"
        config.write_text(_CONFIG, encoding="utf-8")
        runs = load_plan(config).runs
    with Pool(1, make, timeout=MAX_SECONDS) as pool:
        [(_run, outcome, *_)] = outcomes(pool, runs)
    total = time.perf_counter() - began
    training = outcome.seconds.get("train", 0.0)
    if not outcome.is_done or not training:
        return Speed(total_seconds=total, error=(outcome.error or outcome.status).strip().splitlines()[-1])
    return Speed(IMAGES * EPOCHS / training, outcome.seconds.get("compile", 0.0), total)
