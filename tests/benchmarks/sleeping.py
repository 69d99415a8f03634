"""Loaded by a dask worker (`--preload`): its tasks sleep in place of training, with no process beside it."""

import os
import time
from collections.abc import Callable, Iterator

from gdbench.execution.cluster import remote_task
from gdbench.execution.cluster.job import Job
from gdbench.records import Outcome
from tests.execution.fakes import sound

# Seconds that a run takes.
VARIABLE = "GDBENCH_BENCHMARK_SLEEP"


class SleepingHost:
    """Stands for a trainer host: a thousand processes would say more of the machine than of the cluster."""

    is_alive = True

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def train(self, job: Job, _is_wanted: Callable[[], bool]) -> Iterator[tuple[str, Outcome, str]]:
        for run in job.runs:
            time.sleep(float(os.environ[VARIABLE]))
            yield run.id, sound(run), ""

    def kill(self) -> None:
        pass


vars(remote_task)["HostProcess"] = SleepingHost
