"""What a worker keeps in memory to change between programs without compiling them again."""

import json
import math
from dataclasses import dataclass

from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run

# XLA keeps what it has compiled until the process ends, 10 to 20 MB a program; a new worker is forked in milliseconds.
PROGRAMS_PER_WORKER = 16
MOST_DATA_BYTES = 1e9
_BYTES_OF_A_FLOAT = 4


@dataclass(frozen=True, slots=True)
class WorkerNeeds:
    """What a run needs of its worker: threads, and data, which take at most `data_bytes` of memory."""

    threads: int
    data: str
    data_bytes: float


def worker_needs(run: Run) -> WorkerNeeds:
    """Return the needs of a run, which all runs of its program share; data of unknown size are taken to fill memory."""
    settings = settings_of(run)
    preview, facts = settings.architecture.preview, settings.dataset.facts()
    size = 0.0 if settings.dataset.surface else math.inf
    if facts is not None:
        counts = settings.dataset.counts(facts)
        # Pixels are kept as bytes, features as floats.
        size = (counts.train + counts.validation + counts.test) * math.prod(facts.shape) * _BYTES_OF_A_FLOAT
    # Flat vectors, rows and images are each a copy of the data.
    data = json.dumps([run.dataset, preview.form if preview else run.architecture], sort_keys=True)
    return WorkerNeeds(settings.training.threads, data, size)
