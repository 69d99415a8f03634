"""Each recipe of CONTRIBUTING.md works as printed, and changes no more files than it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recipes import follow, patched

OPTIMIZER, METHOD = "An optimizer that Keras has", "A method that is not a Keras optimizer"
FORMAT, METRIC, COMMAND = "A table format", "A metric", "A command"
# Keras has no optimizer that the catalog lacks, so it gets one under another name.
YOGI = '\nimport keras\n\nkeras.optimizers.Yogi = type("Yogi", (keras.optimizers.Nadam,), {})\n'
SWEEP = """\
seeds: 1
dataset: {train: 500, test: 100}
architecture: perceptron
training: {epochs: 1, compile: eager}
optimizer: yogi
"""


def python(folder: Path, *arguments: str) -> str:
    """What `python -m ARGUMENTS` prints in a copy of the repository."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def add_optimizer(folder: Path) -> set[str]:
    changed = follow(OPTIMIZER, folder)
    with (folder / "gdbench" / "training" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write(YOGI)
    return changed


def test_an_optimizer_costs_three_files(tmp_path: Path) -> None:
    assert len(add_optimizer(tmp_path)) == 3
    assert "\n  yogi: Adam whose mean squares" in python(tmp_path, "gdbench", "list", "optimizer")
    assert "name: yogi\n" in python(tmp_path, "tests.whole_catalog")
    (tmp_path / "yogi.yaml").write_text(SWEEP, encoding="utf-8")
    assert "1 run" in python(tmp_path, "gdbench", "plan", "yogi.yaml")


@pytest.mark.training
def test_an_optimizer_is_trained_and_held_against_model_fit(tmp_path: Path) -> None:
    add_optimizer(tmp_path)
    (tmp_path / "yogi.yaml").write_text(SWEEP, encoding="utf-8")
    table = python(tmp_path, "gdbench", "sweep", "yogi.yaml", "--workers", "1")
    assert table.splitlines()[1].split() == ["mean", "median", "min", "max"]
    contracts = ["tests/training/test_fidelity.py", "tests/training/test_optimizer.py", "tests/catalog/test_entries.py"]
    report = python(tmp_path, "pytest", "--numprocesses=0", "-v", "-k", "yogi", *contracts)
    for passed in ("yogi-mlp-dropout-float64-300-1e-09]", "yogi-mlp-dropout-float32-30-0.0001]", "[optimizer-yogi]"):
        assert f"{passed} PASSED" in report


@pytest.mark.training
def test_a_method_costs_three_files_and_trains(tmp_path: Path) -> None:
    assert len(follow(METHOD, tmp_path)) == 3
    assert "\n  truncated_newton: Newton's method whose steps" in python(tmp_path, "gdbench", "list", "optimizer")
    contracts = ["tests/training/methods/test_method_loop.py", "tests/catalog/test_entries.py"]
    report = python(tmp_path, "pytest", "--numprocesses=0", "-v", "-k", "truncated_newton", *contracts)
    for passed in ("the_same_numbers[truncated_newton]", "of_one_line[optimizer-truncated_newton]"):
        assert f"{passed} PASSED" in report


def test_a_format_costs_two_files(tmp_path: Path) -> None:
    assert len(follow(FORMAT, tmp_path)) == 2
    printed = python(tmp_path, "gdbench", "tables", "results/reference/quickstart", "--format", "tsv")
    header, *rows = (line.split("\t") for line in printed.splitlines())
    assert header[:3] == ["optimizer", "runs", "done"]
    assert [row[:3] for row in rows] == [["sgd", "3", "3"], ["momentum", "3", "3"], ["adam", "3", "3"]]
    assert "tsv" in python(tmp_path, "gdbench", "tables", "--help")
    assert "zeiler2012\t" in python(tmp_path, "gdbench", "reproduce", "--format", "tsv")


def test_a_metric_costs_three_files(tmp_path: Path) -> None:
    assert len(follow(METRIC, tmp_path)) == 3
    assert "training images of all updates; lower is better" in python(tmp_path, "gdbench", "list", "images_trained")
    table = python(
        tmp_path, "gdbench", "tables", "results/keras-mnist-mlp", "--metric", "images_trained", "--format=csv"
    )
    header, row = (line.split(",") for line in table.splitlines())
    assert row[header.index("images_trained_mean")] == "1200000.0"


def test_a_command_costs_two_files(tmp_path: Path) -> None:
    assert len(follow(COMMAND, tmp_path)) == 2
    assert len(python(tmp_path, "gdbench", "ids", "configs/quickstart.yaml").split()) == 9


@pytest.mark.long
def test_no_other_file_has_to_follow(tmp_path: Path) -> None:
    for title in (METHOD, FORMAT, METRIC, COMMAND):
        follow(title, tmp_path)
    add_optimizer(tmp_path)
    python(tmp_path, "gdbench", "schema", "--out", "configs/gdbench.schema.json")
    python(tmp_path, "tests.language")
    # What reads the catalog; ledgers and workers do not.
    elsewhere = (
        "tests/test_recipes.py",
        "tests/api",
        "tests/ledger",
        "tests/execution",
        "tests/comparison",
        "tests/training",
    )
    python(tmp_path, "pytest", "-m", "not training", *(f"--ignore={path}" for path in elsewhere))


def test_a_diff_keeps_what_its_dots_stand_for() -> None:
    assert patched("x = 1\ny = (a, b)\nz\n", "-y = (...)\n+y = (..., c)\n") == "x = 1\ny = (a, b, c)\nz\n"


@pytest.mark.parametrize("text", ["x = 1\n", "y = (a)\ny = (b)\n"])
def test_a_diff_must_fit_in_one_place(text: str) -> None:
    with pytest.raises(ValueError, match="values to unpack"):
        patched(text, "-y = (...)\n+y = (..., c)\n")
