"""The main job with real training, on a slice of MNIST, through the command line."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.training

SLICE = """\
title: Rates
dataset: {train: 1000, test: 500}
architecture: {name: mlp, hidden: [32], activation: leaky_relu}
optimizer: sgd
seeds: 3
"""
RATES = f"""{SLICE}
training: {{epochs: 2, batch_size: 100}}
grid: {{optimizer.learning_rate: [0.1, 1e6]}}
"""
# Long enough that a signal finds a run under way.
LONG = f"""{SLICE}
training: {{epochs: 400, batch_size: 100, evaluate_every: 100, compile: graph}}
"""
SEPARATED = """\
title: Optimizers
name: rates
dataset: {train: 1000, test: 500}
architecture: {name: mlp, hidden: [32]}
training: {epochs: 2, batch_size: 100, compile: graph}
seeds: {from: 3, until: separated, at_most: 12}
grid: {optimizer: [sgd, adam]}
"""
FIGURES = ("mean", "sd", "ci_low", "ci_high", "median", "min", "max", "group", "difference", "p")
METRICS = ("test_accuracy", "test_loss", "train_accuracy", "train_loss", "train_seconds", "images_per_second")


def gdbench(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "gdbench", *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )


def ledger(folder):
    """The last record of each run by its id."""
    path = folder / "results" / "rates" / "runs.jsonl"
    return {record["id"]: record for record in map(json.loads, path.read_text().splitlines())}


def numbers(folder):
    """What must not depend on workers and order."""
    return {
        run: {part: record[part] for part in ("status", "metrics", "history", "diverged")}
        for run, record in ledger(folder).items()
    }


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep on two workers: its folder and what it said."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "rates.yaml").write_text(RATES)
    return folder, gdbench(folder, "sweep", "rates.yaml", "--workers", "2")


def test_a_sweep_ends_with_a_table_and_exit_code_0(swept):
    _, said = swept
    assert said.returncode == 0, said.stderr
    title, header, done, diverged, answer, *_notes = said.stdout.splitlines()
    assert title == "Rates: test accuracy after epoch 2, 3 seeds"
    assert header.split()[:5] == ["learning_rate", "mean", "95", "%", "runs"]
    assert done.split()[0] == "0.1"
    assert "diverged" not in done
    assert diverged.split()[:6] == ["1e6", "diverged", "-", "0/3,", "3", "diverged"]
    assert answer == (
        "Nothing is compared: it takes two rows without a missing, failed, diverged or partly collapsed run."
    )


def test_the_csv_has_its_columns_and_fractions(swept):
    folder, _ = swept
    done, diverged = csv.DictReader((folder / "results/rates/tables/rates.csv").read_text().splitlines())
    assert list(done) == [
        "optimizer.learning_rate",
        *("runs", "done", "diverged", "failed"),
        *(f"{metric}_{figure}" for metric in METRICS for figure in FIGURES),
    ]
    assert 0.3 < float(done["test_accuracy_mean"]) < 1
    assert (diverged["diverged"], diverged["test_accuracy_mean"]) == ("3", "")


def test_where_a_run_diverged_is_in_the_ledger(swept):
    folder, _ = swept
    records = [record for record in ledger(folder).values() if record["run"]["optimizer"]["learning_rate"] == 1e6]
    assert [record["status"] for record in records] == ["diverged"] * 3
    for record in records:
        assert record["metrics"] is None
        assert record["diverged"]["epoch"] == 1
        assert 1 <= record["diverged"]["step"] <= 10


def test_one_worker_gives_the_same_numbers_to_the_last_bit(swept, tmp_path):
    folder, _ = swept
    (tmp_path / "rates.yaml").write_text(RATES)
    assert gdbench(tmp_path, "sweep", "rates.yaml", "--workers", "1").returncode == 0
    assert numbers(tmp_path) == numbers(folder)


@pytest.fixture
def sweeping(tmp_path):
    """A sweep of long runs on one worker, once its first run is recorded."""
    (tmp_path / "rates.yaml").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "gdbench", "sweep", "rates.yaml", "--workers", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (line := process.stderr.readline()).startswith("[1/3]"):
        assert line, "the sweep ended before its first run"
    yield process
    process.kill()
    process.communicate()


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(sweeping, tmp_path):
    os.killpg(sweeping.pid, signal.SIGINT)
    out, err = sweeping.communicate(timeout=60)
    assert (sweeping.returncode, out) == (130, "")
    assert err.endswith("interrupted; finished runs are kept; run the same command again to continue\n")
    assert "Traceback" not in err
    before = {run: record for run, record in ledger(tmp_path).items() if record["status"] == "done"}
    assert len(before) >= 1
    again = gdbench(tmp_path, "sweep", "rates.yaml", "--workers", "1")
    assert again.returncode == 0, again.stderr
    assert again.stderr.startswith(f"rates: 3 runs, {len(before)} in the ledger\n")
    after = ledger(tmp_path)
    assert [record["status"] for record in after.values()] == ["done"] * 3
    assert before.items() <= after.items()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker in /proc")
def test_a_worker_killed_in_the_middle_of_a_run_costs_nothing(sweeping, tmp_path):
    os.kill(at_work(sweeping.pid), signal.SIGKILL)
    out, err = sweeping.communicate(timeout=120)
    assert sweeping.returncode == 0, err
    # Counts would stand here if a run were not done.
    assert "runs" not in out.splitlines()[1].split()
    assert {record["status"] for record in ledger(tmp_path).values()} == {"done"}
    assert len((tmp_path / "results" / "rates" / "runs.jsonl").read_text().splitlines()) == 3


def at_work(session):
    """The process of a session, other than its first, that uses the processor: a worker in the middle of a run."""
    before = ticks(session)
    for _ in range(600):
        time.sleep(0.05)
        for process, used in ticks(session).items():
            if process != session and used > before.get(process, used) + 10:
                return process
    raise AssertionError("no worker is at work")


def ticks(session):
    """The processor time of each process of a session, in clock ticks."""
    used = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            used[int(path.parent.name)] = int(fields[11]) + int(fields[12])
    return used


def test_seeds_end_once_the_best_row_is_separated(tmp_path):
    (tmp_path / "rates.yaml").write_text(SEPARATED)
    said = gdbench(tmp_path, "sweep", "rates.yaml", "--workers", "2")
    assert said.returncode == 0, said.stderr
    assert said.stderr.splitlines()[0] == "rates: 6 to 24 runs, 0 in the ledger"
    assert len(ledger(tmp_path)) == 6
    assert "stopped at 3 of at most 12 seeds: the best row is separated from all others" in said.stdout
    tables = gdbench(tmp_path, "tables", "results/rates").stdout
    assert tables == said.stdout
