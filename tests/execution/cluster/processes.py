"""A scheduler and workers of Dask as processes of their own, without a nanny: what is killed stays dead."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
_QUIET = ("--no-dashboard",)


class Cluster:
    """The processes of one cluster; `address` is that of its scheduler."""

    def __init__(self, folder, protocol="tcp", **variables):
        self.folder = folder
        self.variables = variables
        self.file = folder / "scheduler.json"
        self.workers = []
        self.scheduler = self._start(
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--protocol",
            protocol,
            "--scheduler-file",
            self.file,
            *_QUIET,
        )
        end = time.monotonic() + 120
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self, threads=1, *options):
        worker = self._start(
            *("dask_worker", self.address, "--nthreads", str(threads), "--memory-limit", "0", "--no-nanny"),
            *(*_QUIET, *options),
        )
        self.workers.append(worker)
        return worker

    def kill_workers(self):
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers.clear()

    def close(self):
        self.kill_workers()
        self.scheduler.kill()
        self.scheduler.wait()

    def _start(self, program, *arguments):
        with (self.folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *map(str, arguments)],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY), **self.variables},
                stdout=log,
                stderr=log,
            )
