"""`sweep --cluster` on the command line; the workers of local:N train with a fake."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.ledger import read
from tests.execution.plans import a_plan
from tests.faults.processes import within
from tests.faults.trainers import JOURNAL

ROOT = Path(__file__).parents[1]


@pytest.fixture
def started(tmp_path):
    """Starts `gdbench ARGUMENTS` in a folder of its own."""
    a_plan(tmp_path, seeds=range(30), batch_sizes=[32, 64])

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sweep", "quick", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), JOURNAL: str(tmp_path / "journal")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


def test_workers_of_this_machine_train_a_sweep_that_ctrl_c_stops_and_the_same_command_ends(started, tmp_path):
    command = ("sweep", "config.yaml", "--cluster", "local:2")
    process = started(*command)
    assert within(120, lambda: len(read(tmp_path / "results" / "config")) > 2)
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.endswith("interrupted; finished runs are kept; run the same command again to continue\n")
    assert "Traceback" not in err
    records = read(tmp_path / "results" / "config")
    finished = {run for run, record in records.items() if record.outcome.is_done}
    assert 2 < len(finished) < 60
    assert {record.outcome.status for record in records.values()} == {"done", "interrupted"}
    process = started(*command)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "cluster: 2 workers (2 joined)" in err
    assert out.startswith("Batch sizes: test accuracy")
    # What a later batch trained twice would stand in the journal twice.
    assert len({record.run.id for record in read(tmp_path / "results" / "config").values()}) == 60
    assert not finished & set((tmp_path / "journal").read_text().split()[len(finished) + 4 :])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["host"], "expected the address of a Dask scheduler, such as tcp://host:8786, or local:N for N workers here"),
        (["local:2", "--workers", "2"], "expected a sweep without --workers; got both"),
        (["local:2", "--shard", "1/2"], "expected a sweep without --shard; got both"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    a_plan(tmp_path)
    said = call("sweep", "config.yaml", "--cluster", *options)
    assert said.code == 2
    assert said.err.startswith(f"--cluster: {message}")
    assert not Path("results").exists()


def test_without_a_scheduler_nothing_is_lost(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdbench.execution.cluster.scheduler.CONNECT_SECONDS", 0.5)
    a_plan(tmp_path)
    said = call("sweep", "config.yaml", "--cluster", "tcp://127.0.0.1:1", "--quiet")
    assert said.code == 1
    assert "tcp://127.0.0.1:1: expected a Dask scheduler; got no connection" in said.err
