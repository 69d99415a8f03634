"""The promises of SECURITY.md that no other test holds, and that each names the tests that hold it."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Record
from tests.builders import ENVIRONMENT
from tests.conftest import Said
from tests.execution import fakes

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| **")]


def functions_of(file: str) -> set[str]:
    """The names of the test functions of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda line: line.split("**")[1].strip("."))
def test_a_promise_names_tests_that_exist(promise: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promise)
    assert named
    assert [name for file, name in named if name not in functions_of(file)] == []


# Names and tags that would run something if anything did; `ran` is the file that they would make.
NAMES = (
    *(
        'dataset: {name: "os:system", command: "touch ran"}',
        'dataset: {name: "subprocess:getoutput", cmd: "touch ran"}',
    ),
    *(
        'dataset: {name: "mine:load"}',
        'optimizer: {name: "mine:Optimizer", learning_rate: 1}',
        'training: {loss: "mine:loss"}',
    ),
    *(
        'architecture: {name: "mine:layers"}',
        'architecture: {layers: ["mine:Layer", Flatten]}',
        'architecture: {activation: "mine:f"}',
    ),
    *('!!python/object/apply:os.system ["touch ran"]', 'title: !!python/object/apply:os.system ["touch ran"]'),
    *(
        "title: !!python/name:mine.load",
        'dataset: {name: "pickle:loads", data: "cos\\nsystem\\n(S\'touch ran\'\\ntR."}',
    ),
    *(
        'dataset: {name: "keras.saving:deserialize_keras_object", config: {}}',
        'grid: {optimizer: [adam, "mine:Optimizer"]}',
    ),
    *("dataset: {name: \"builtins:eval\", source: \"open('ran', 'w')\"}", 'title: "$(touch ran) `touch ran`"'),
)


@pytest.mark.parametrize("text", NAMES)
def test_planning_runs_nothing_that_a_file_names(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("load", "Optimizer", "loss", "layers", "Layer", "f")
    code = "".join(f"def {name}(*values, **given): pass\n" for name in names)
    Path("mine.py").write_text(f"open('ran', 'w')\n{code}", encoding="utf-8")
    Path("x.yaml").write_text(f"{text}\n", encoding="utf-8")
    for arguments in (("plan", "x.yaml"), ("sweep", "x.yaml", "--dry-run"), ("tables", "x.yaml")):
        assert call(*arguments).code in (0, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "x.yaml"]


def test_reading_results_runs_nothing_that_their_file_names(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("open('ran', 'w')\nclass Own:\n    def __init__(self, learning_rate=0.1): ...\n")
    Path("x.yaml").write_text("dataset: {validation: 100}\nseeds: 3\ngrid: {optimizer: [sgd, 'mine:Own']}\n")
    plan = load_plan(Path("x.yaml"))
    write_experiment(Path("results/x"), plan)
    with Ledger(Path("results/x")) as ledger:
        for run in plan.runs:
            ledger.append(Record(run, fakes.sound(run), "2026-01-02T03:04:05Z", ENVIRONMENT))
    read = (("plan",), ("tables",), ("tables", "--curves"), ("report",), ("plot", "--kind", "curves"), ("annotate",))
    for command, *options in (*read, ("show",)):
        last = ["--out", "x.svg"] if command == "plot" else [plan.runs[-1].id] if command == "show" else []
        assert call(command, "x.yaml", *options, *last).code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "results", "x.svg", "x.yaml"]


@pytest.mark.training
def test_a_sweep_writes_only_where_it_may(tmp_path: Path) -> None:
    """The user's folders, the temporary one and the current one stand side by side, and only some of them fill."""
    folders = {name: tmp_path / name for name in ("home", "config", "cache", "temporary", "here", "results")}
    for folder in folders.values():
        folder.mkdir()
    shutil.copy(ROOT / "configs" / "own_code.py", folders["here"])
    text = "dataset: {train: 200, test: 100}\noptimizer: own_code:Signum\ntraining: {epochs: 1}\nseeds: 1\n"
    (folders["here"] / "mine.yaml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "HOME": str(folders["home"]), "TMPDIR": str(folders["temporary"])}
    environment |= {"XDG_CONFIG_HOME": str(folders["config"]), "XDG_CACHE_HOME": str(folders["cache"])}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = ["sweep", "mine.yaml", "--trust", "--workers", "1", "--results", str(folders["results"])]
    done = subprocess.run(
        [sys.executable, "-m", "gdbench", *command],
        cwd=folders["here"],
        env={name: value for name, value in environment.items() if name != "KERAS_HOME"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    [line] = (folders["results"] / "mine" / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["status"] == "done"
    left = {name: sorted(path.name for path in folder.rglob("*")) for name, folder in folders.items()}
    assert (left["home"], left["temporary"], left["here"]) == ([], [], ["mine.yaml", "own_code.py"])
    assert sorted(tmp_path.iterdir()) == sorted(folders.values())
