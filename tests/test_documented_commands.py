"""Every command that a document shows is one that gdbench takes, and does what the document says.

Here workers train with a fake; the same commands with real training are long. A name of the reader's own, in capitals,
is filled in.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.cli.app import parser
from tests.documented_commands import DOCUMENTS, ROOT, commands

ALL = [arguments for document in DOCUMENTS for arguments in commands(document)]
# What opens a window, changes the user's shell, or needs the whole catalog or a cluster: all have tests of their own.
_ELSEWHERE = ("--install-completion", "--open", "catalog.yaml", "tcp://127.0.0.1:8786")
_TRAINS = {"sweep", "reproduce"}
# What stands for a name of the reader's own, by the command or its option; else by the word alone.
_NAMES = {
    "list": "adam",
    "reproduce": "my-paper",
    "new": "fresh",
    "best_val": "optimizers",
    "2s": "other-ways",
    "layers": "vanishing-gradients",
    "expected-best": "tuned-optimizers",
    "profile": "tuned-optimizers",
}
_WORDS = {"KIND": "curves", "configs/NAME.yaml": "configs/quickstart.yaml"}
PAPER = """\
dataset: {train: 500, test: 500}
training: {epochs: 1}
seeds: 3
grid: {optimizer: [sgd, adam]}
published: {source: Table 1, values: {sgd: 80 %, adam: 90 %}, tolerance: 1 %, claims: [adam > sgd]}
multiverse: {training.epochs: [1, 2]}
"""


@pytest.mark.parametrize("arguments", ALL, ids=" ".join)
def test_a_command_of_a_document_is_one(arguments: list[str]) -> None:
    name, *rest = arguments
    if name.startswith("-"):
        assert name in ("--help", "--version", "--install-completion", "--show-completion")
        return
    command = parser().commands[name]
    # Alone, it is only named.
    if rest:
        command.make_context(name, [word for word in rest if word != "..."])


def is_run(arguments: list[str]) -> bool:
    return len(arguments) > 1 and not any(word in _ELSEWHERE for word in arguments)


RUN = [arguments for arguments in ALL if is_run(arguments)]


def filled(arguments: list[str], folder: Path) -> list[str]:
    """A command with what a reader puts in, run in a folder; of words between which one may choose, the first."""
    own = next((_NAMES[word] for word in (*arguments[1:], arguments[0]) if word in _NAMES), "quickstart")
    words = {
        **_WORDS,
        "NAME": own,
        "FILE": "my-paper.yaml" if arguments[0] == "reproduce" else "configs/quickstart.yaml",
        "ID": (folder / "results/quickstart/runs.jsonl").read_text().split('"id": "')[1][:12],
    }
    chosen = [words.get(word, word).partition("|")[0] for word in arguments]
    # As a shell does it.
    return [each for word in chosen for each in (sorted(map(str, folder.glob(word))) if "*" in word else [word])]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what documents name: configurations, and results in the place of a reader's own."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "configs", folder / "configs")
    for source in ("article", "zeiler2012", "reference"):
        shutil.copytree(ROOT / "results" / source, folder / "results" / source)
    for source in (ROOT / "results" / "reference").iterdir():
        shutil.copytree(source, folder / "results" / source.name)
    shutil.copytree(folder / "results" / "optimizers", folder / "from" / "host1" / "optimizers")
    (folder / "my-paper.yaml").write_text(PAPER)
    (folder / "my_code.py").write_text(
        (ROOT / "configs" / "own_code.py").read_text(encoding="utf-8").replace("Signum", "MyOptimizer")
    )
    return folder


@pytest.mark.parametrize("arguments", [each for each in RUN if "--cluster" not in each], ids=" ".join)
def test_a_command_does_what_the_document_says(call, clone: Path, monkeypatch, arguments) -> None:
    monkeypatch.chdir(clone)
    if arguments[0] == "new":
        Path("fresh.yaml").unlink(missing_ok=True)
    said = call(*filled(arguments, clone))
    assert said.code == 0, said.err


@pytest.mark.long
@pytest.mark.training
def test_the_commands_that_train_do_so(clone: Path, tmp_path: Path) -> None:
    # Nothing is trained yet, so that each trains what it is to.
    for name in ("configs", "my-paper.yaml", "my_code.py"):
        (shutil.copytree if (clone / name).is_dir() else shutil.copy)(clone / name, tmp_path / name)
    training = [each for each in RUN if each[0] in _TRAINS and not {"results/reference", "--format"} & {*each}]
    for arguments in training:
        command = [sys.executable, "-m", "gdbench", *filled(arguments, clone)]
        done = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
    assert len(training) >= 10
