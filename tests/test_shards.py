"""Shards on the command line: at once, killed, resumed, merged, and started as the guide says."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.ledger import read
from tests.execution import fakes
from tests.faults.processes import within
from tests.faults.trainers import JOURNAL

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "configs" / "README.md").read_text(encoding="utf-8")
CONFIG = """\
title: Optimizers
seeds: 5
grid:
  optimizer: [sgd, {name: sgd, momentum: 0.9}, rmsprop, adam]
  training.batch_size: [32, 128]
"""
GDBENCH = f'#!/bin/sh\nexec "{sys.executable}" -m tests.faults.sweep quick "$@"\n'
# Runs the tasks of an array all at once, as a cluster with enough nodes does, and waits for them.
SBATCH = """\
#!/bin/bash
range=$(sed -n 's/^#SBATCH --array=//p' "$1")
for task in $(seq "${range%-*}" "${range#*-}"); do
    SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=$(sed -n 's/^#SBATCH --cpus-per-task=//p' "$1") bash "$1" &
done
wait
"""
# A host is a folder.
SSH = '#!/bin/sh\ncd "$HOSTS/$1" && exec sh -c "$2"\n'
SCP = '#!/bin/sh\nexec cp -r "$HOSTS/${2%%:*}/${2#*:}" "$3"\n'


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A folder with a configuration, and a PATH with programs that stand for those of a cluster."""
    prepare(tmp_path, monkeypatch)
    return tmp_path


def prepare(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("gdbench", GDBENCH), ("sbatch", SBATCH), ("ssh", SSH), ("scp", SCP)):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    Path("configs").mkdir()
    Path("configs/optimizers.yaml").write_text(CONFIG)
    variables = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOSTS": str(tmp_path / "hosts"),
        JOURNAL: str(tmp_path / "journal"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def blocks():
    """The commands of the guide."""
    section = GUIDE.partition("## More than one machine\n")[2].partition("\n## ")[0]
    return re.findall(r"```bash\n(.*?)```", section, re.DOTALL)


def bash(script):
    done = subprocess.run(["bash", "-e", "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tables():
    return {path.name: path.read_bytes() for path in Path("results/optimizers/tables").iterdir()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What one sweep prints, and the tables that it writes."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        prepare(tmp_path_factory.mktemp("one"), monkeypatch)
        return bash("gdbench sweep configs/optimizers.yaml --quiet"), tables()


def times_trained():
    """How often the training of each run has begun."""
    ids = Path("journal").read_text().split()
    return {run: ids.count(run) for run in ids}


def lines_of(ledger):
    return ledger.read_bytes().count(b"\n") if ledger.exists() else 0


@pytest.mark.usefixtures("environment")
def test_four_shards_at_once_one_killed_and_resumed_give_the_tables_of_one_sweep(expected):
    command = ["gdbench", "sweep", "configs/optimizers.yaml", "--workers", "1", "--quiet", "--shard"]
    shards = [
        subprocess.Popen([*command, f"{number}/4"], start_new_session=True, stderr=subprocess.DEVNULL)
        for number in (1, 2, 3, 4)
    ]
    ledger = Path("results/optimizers/runs.3-of-4.jsonl")
    assert within(60, lambda: lines_of(ledger) >= 2)
    os.killpg(shards[2].pid, signal.SIGKILL)
    assert [shard.wait(60) for shard in shards] == [0, 0, -signal.SIGKILL, 0]
    assert 2 <= lines_of(ledger) < 10
    said = subprocess.run([*command, "3/4"], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")
    assert said.stderr.endswith(
        "shard 3/4 is finished; when all are: gdbench merge results/optimizers, then the same sweep without --shard\n"
    )
    # One was under way when its shard was killed.
    assert sorted(times_trained().values())[:-1] == [1] * 39
    assert max(times_trained().values()) <= 2
    merged = subprocess.run(["gdbench", "merge", "optimizers"], capture_output=True, text=True)
    assert merged.stderr.splitlines()[-2:] == [
        "results/optimizers: 4 ledgers of shards, 40 records, 40 added to results/optimizers/runs.jsonl",
        "results/optimizers: 40 of 40 runs are in the ledger",
    ]
    assert bash("gdbench tables results/optimizers") == expected[0]
    assert (bash("gdbench sweep configs/optimizers.yaml"), tables()) == expected


@pytest.mark.usefixtures("environment")
def test_the_job_array_of_the_guide_and_what_comes_after_it(expected):
    script, after, *_others = blocks()
    Path("shards.sh").write_text(script)
    bash("sbatch shards.sh")
    assert {path.name for path in Path("results/optimizers").glob("runs*")} == {
        f"runs.{number}-of-4.jsonl" for number in (1, 2, 3, 4)
    }
    assert (bash(after), tables()) == expected
    assert set(times_trained().values()) == {1}
    assert [path.name for path in Path("results/optimizers").glob("runs*")] == ["runs.jsonl"]


def test_the_loop_over_hosts_of_the_guide_and_what_collects_their_ledgers(environment, expected):
    _script, _after, loop, collecting, *_cluster = blocks()
    for host in ("alpha", "beta", "gamma"):
        shutil.copytree("configs", environment / "hosts" / host / "experiments" / "configs")
    bash(loop)
    logs = [environment / "hosts" / host / "experiments" / "shard.log" for host in ("alpha", "beta", "gamma")]
    assert within(90, lambda: all(log.exists() and "is finished" in log.read_text() for log in logs))
    assert (bash(collecting), tables()) == expected
    assert set(times_trained().values()) == {1}
    assert len(read(Path("results/optimizers"))) == 40


@pytest.fixture
def a_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rates.yaml").write_text("seeds: 2\ngrid: {optimizer: [sgd, adam]}\n")


@pytest.mark.usefixtures("a_config")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shard", "3/2"], "--shard: expected I/N with I from 1 to N, such as 2/8; got '3/2'"),
        (
            ["--shard", "1/2", "--fresh"],
            "--fresh and --shard cannot be combined: the shards share one results folder",
        ),
    ],
)
def test_a_wrong_shard_is_refused_and_nothing_is_made(call, options, message):
    said = call("sweep", "rates.yaml", *options)
    assert (said.code, said.out, said.err) == (2, "", f"{message}\n")
    assert not Path("results").exists()


@pytest.mark.usefixtures("a_config")
def test_a_dry_run_says_how_many_runs_are_those_of_the_shard(call):
    said = call("sweep", "rates.yaml", "--shard", "1/2", "--dry-run")
    assert (said.code, said.err) == (0, "shard 1/2, 2 of 4 runs, 0 in the ledgers\n")
    assert said.out == call("plan", "rates.yaml").out


@pytest.mark.usefixtures("a_config")
def test_all_commands_read_the_ledgers_of_shards(call):
    assert call("sweep", "rates.yaml", "--shard", "1/2").code == 0
    assert "2 to train" in call("plan", "rates.yaml").out
    run = next(iter(read(Path("results/rates"))))
    assert call("show", "rates", run).code == 0
    # Each shard has the runs of one program, which are those of a row.
    assert "0/2" in call("tables", "rates").out


@pytest.mark.usefixtures("a_config")
def test_merging_into_a_new_folder_takes_the_experiment_along(call):
    for number in (1, 2):
        call("sweep", "rates.yaml", "--shard", f"{number}/2", "--results", f"host{number}")
    said = call("merge", "results/rates", "host1/rates", "host2/rates")
    assert said.code == 0
    assert said.err.endswith("results/rates: 4 of 4 runs are in the ledger\n")
    assert call("sweep", "rates.yaml").err.startswith("rates: 4 runs, 4 in the ledger\n")
    assert Path("host1/rates/runs.1-of-2.jsonl").exists()


@pytest.mark.usefixtures("a_config")
def test_what_is_missing_after_a_merge_is_said(call):
    call("sweep", "rates.yaml", "--shard", "1/2")
    said = call("merge", "rates")
    advice = "to train the rest, run gdbench sweep rates, with the same options"
    assert said.err.endswith(f"results/rates: 2 of 4 runs are in the ledger; {advice}\n")


@pytest.mark.usefixtures("a_config")
def test_a_run_that_comparisons_share_is_counted_once_after_a_merge(call):
    shared = (
        "seeds: 2\ncomparisons:\n  one: {grid: {optimizer: [sgd, adam]}}\n  two: {grid: {optimizer: [adam, rmsprop]}}\n"
    )
    Path("rates.yaml").write_text(shared)
    call("sweep", "rates.yaml", "--shard", "1/1")
    assert call("merge", "rates").err.endswith("results/rates: 6 of 6 runs are in the ledger\n")


@pytest.mark.usefixtures("a_config")
def test_other_numbers_exit_1(call, monkeypatch):
    for number, make in ((1, fakes.make), (2, fakes.make_other)):
        monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", make)
        call("sweep", "rates.yaml", "--shard", "1/1", "--results", f"host{number}")
    said = call("merge", "results/rates", "host1/rates", "host2/rates")
    assert said.code == 1
    assert said.err.count(" have other numbers\n") == 4
    assert said.err.endswith("both records of these runs are in the ledger; the better counts\n")


@pytest.mark.usefixtures("a_config")
@pytest.mark.parametrize("other", ["elsewhere", "results/others"])
def test_folders_without_results_or_of_another_experiment_are_refused(call, other):
    call("sweep", "rates.yaml", "--shard", "1/2")
    Path("others.yaml").write_text("seeds: 1\noptimizer: rmsprop\n")
    call("sweep", "others.yaml")
    Path("elsewhere").mkdir()
    said = call("merge", "rates", other)
    assert (said.code, said.out) == (2, "")
    assert said.err in (
        "elsewhere: no results yet; run gdbench sweep with the YAML file first\n",
        "results/others: expected results of rates, as in results/rates; got those of others, with no run in common\n",
    )
    assert Path("results/rates/runs.1-of-2.jsonl").exists()


@pytest.mark.usefixtures("a_config")
def test_a_failed_run_of_a_shard_is_reported_and_exits_1(call):
    Path("rates.yaml").write_text("seeds: [0, 1, 101]\n")
    said = call("sweep", "rates.yaml", "--shard", "1/1")
    assert (said.code, said.out) == (1, "")
    assert "1 of 3 runs failed; gdbench show results/rates " in said.err
    assert said.err.splitlines()[-1].startswith("shard 1/1 is finished; ")


@pytest.mark.usefixtures("a_config")
def test_another_configuration_of_the_same_name_is_refused(call):
    call("sweep", "rates.yaml", "--shard", "1/2")
    Path("other").mkdir()
    Path("other/rates.yaml").write_text("seeds: 1\noptimizer: rmsprop\n")
    call("sweep", "other/rates.yaml", "--results", "other")
    said = call("merge", "rates", "other/rates")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "other/rates: expected results of rates, as in results/rates; got those of another configuration, with no run "
        "in common\n"
    )
    assert Path("results/rates/runs.1-of-2.jsonl").exists()
