"""A user's own code from the command line: trust, refusals, and what a changed line means; trained for real."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.training

CONFIGS = Path(__file__).parents[1] / "configs"
SETTINGS = ("dataset.train=600", "dataset.test=300", "training.epochs=1", "training.compile=graph")
SMALL = (*(word for setting in SETTINGS for word in ("--set", setting)), "--seeds", "1")


def gdbench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`gdbench ARGUMENTS` in a folder, without a terminal and with nothing trusted before."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder / "home"), "HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, "-m", "gdbench", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def place(name: str) -> str:
    """Where the example's configuration names a piece of code."""
    lines = (CONFIGS / "own-code.yaml").read_text(encoding="utf-8").splitlines()
    return f"own-code.yaml:{1 + next(index for index, line in enumerate(lines) if f'own_code:{name}' in line)}"


def ledger(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "results" / name / "runs.jsonl").read_text().splitlines()]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with the example's files, outside the clone."""
    for name in ("own-code.yaml", "own_code.py"):
        shutil.copy(CONFIGS / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the clone in which the example has been trained."""
    folder = tmp_path_factory.mktemp("trained")
    for name in ("own-code.yaml", "own_code.py"):
        shutil.copy(CONFIGS / name, folder / name)
    # Modules that Python, TensorFlow and the workers import; no one named them.
    for name in ("csv", "random", "socket", "selectors", "wrapt", "numpy"):
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    done = gdbench(folder, "sweep", "own-code.yaml", "--trust", *SMALL)
    assert done.returncode == 0, done.stderr
    assert "own-code: 7 runs, 0 in the ledger" in done.stderr
    return folder


@pytest.fixture
def swept(trained: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_the_example_of_own_code_is_trained(swept: Path):
    assert [record["status"] for record in ledger(swept, "own-code")] == ["done"] * 7
    table = (swept / "results" / "own-code" / "tables" / "optimizer.csv").read_text()
    assert [line.partition(",")[0] for line in table.splitlines()[1:]] == ["Adam", "Signum"]
    again = gdbench(swept, "plan", "own-code.yaml", *SMALL)
    assert "7 runs, 7 in the ledger, 0 to train" in again.stdout


def test_nothing_else_of_the_folder_was_run(trained: Path):
    assert not (trained / "ran").exists()


def test_a_changed_line_trains_anew_and_keeps_the_old_rows(swept: Path):
    code = swept / "own_code.py"
    code.write_text(code.read_text().replace("momentum=0.9", "momentum=0.8"))
    changed = gdbench(swept, "sweep", "own-code.yaml", "--trust", *SMALL)
    assert "own-code: 7 runs, 2 in the ledger" in changed.stderr
    records = ledger(swept, "own-code")
    assert len(records) == 12
    signum = [record for record in records if record["run"]["optimizer"]["name"] == "own_code:Signum"]
    assert [record["run"]["optimizer"]["momentum"] for record in signum] == [0.9, 0.8]
    assert signum[0]["metrics"] != signum[1]["metrics"]


def test_code_outside_installed_packages_runs_only_when_it_is_trusted(own: Path):
    (own / "own_code.py").write_text("open('ran', 'w')\n" + (own / "own_code.py").read_text())
    refused = gdbench(own, "sweep", "own-code.yaml", *SMALL)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr == (
        f"{place('Signum')}: optimizer: own_code.py is not trusted, since it is outside installed packages: "
        "read it, then allow it with --trust, or from Python with trust=True\n"
    )
    for arguments in (["plan", "own-code.yaml"], ["sweep", "own-code.yaml", "--dry-run"]):
        assert gdbench(own, *arguments).returncode == 0
    assert not (own / "ran").exists()
    assert not (own / "results").exists()


def test_code_that_cannot_be_trained_with_is_refused_before_the_first_training(swept: Path):
    before = sorted((path, path.stat().st_size) for path in (swept / "results").rglob("*"))
    code = swept / "own_code.py"
    text = code.read_text().replace("right + 1e-7", "wrong + 1e-7").replace("points += ", "points = None; _ = ")
    code.write_text(text)
    refused = gdbench(swept, "sweep", "own-code.yaml", "--trust", "--fresh", *SMALL)
    assert refused.returncode == 2
    lines = refused.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [place("generalized_cross_entropy"), place("spirals")]
    assert (
        "own_code:generalized_cross_entropy: NameError: name 'wrong' is not defined (own_code.py, line 28)" in lines[0]
    )
    assert "own_code:spirals: " in lines[1]
    assert sorted((path, path.stat().st_size) for path in (swept / "results").rglob("*")) == before


def test_a_dataset_of_ones_own_is_checked_against_what_is_asked_of_it(own: Path):
    (own / "mine.yaml").write_text(
        "seeds: 1\ndataset: {name: own_code:spirals, examples: 50, scale: none}\n"
        "architecture: {name: cnn}\ntraining: {batch_size: 64}\n"
    )
    refused = gdbench(own, "sweep", "mine.yaml", "--trust")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "mine.yaml:2: training.batch_size: expected at most the 40 training examples, or 'full'; got 64",
        "mine.yaml:2: architecture: expected an architecture for features, such as mlp, or a dataset of images; "
        "got 'cnn on 2 features'",
    ]


@pytest.mark.parametrize(("answer", "code"), [("n\n", 2), ("y\n", 0)])
def test_a_yes_at_the_terminal_is_asked_for_once_for_each_content(own: Path, answer: str, code: int):
    """XLA compiles the optimizer and the loss, which the other tests here train as graphs."""
    (own / "mine.yaml").write_text(
        "seeds: 1\ndataset: {train: 256, test: 100}\noptimizer: own_code:Signum\n"
        "training: {epochs: 1, loss: {name: own_code:generalized_cross_entropy, q: 0.7}}\n"
    )
    assert at_terminal(own, answer) == code
    file = own / "own_code.py"
    assert (own / "results" / "mine" / "runs.jsonl").exists() == (code == 0)
    if code == 0:
        assert gdbench(own, "sweep", "mine.yaml").returncode == 0
        file.write_text(file.read_text() + "\n")
        assert gdbench(own, "sweep", "mine.yaml").returncode == 2


def test_a_module_that_was_installed_for_something_else_is_not_run_unasked(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text('dataset: {name: "os:system", command: "touch ran"}\nseeds: 1\n')
    refused = gdbench(tmp_path, "sweep", "mine.yaml")
    assert refused.returncode == 2
    assert refused.stderr.startswith("mine.yaml:1: dataset: ")
    assert refused.stderr.endswith(
        "os.py is not trusted, since it is no plug-in of gdbench: read it, then allow it with --trust, or from Python "
        "with trust=True\n"
    )
    # Workers that are started while the configuration is read look for compiled programs at home.
    assert {path.name for path in tmp_path.iterdir()} - {"home"} == {"mine.yaml"}


def at_terminal(folder: Path, typed: str) -> int:
    """The exit code of a sweep whose standard input and error are a terminal at which something is typed."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder / "home"), "HOME": str(folder / "home")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gdbench", "sweep", "mine.yaml"],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    while b"would run" not in shown:
        shown += os.read(ours, 1024)
    while process.poll() is None:
        try:
            os.read(ours, 1024)
        except OSError:
            break
    os.close(ours)
    return process.wait(120)
