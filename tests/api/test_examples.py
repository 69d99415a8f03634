"""The examples of configs/README.md run as they are printed, and the notebook in a fresh folder."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

import gdbench
from tests.api.notebooks import executed

ROOT = Path(__file__).parents[2]
README = (ROOT / "configs" / "README.md").read_text(encoding="utf-8")
_MODEL, CURVES, SWEEP, COMPARED = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_learning_curves_of_finished_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    found: dict[str, object] = {}
    exec(CURVES, found)
    means = found["means"]
    assert list(means.columns) == ["Adagrad", "Adam", "Momentum", "RMSprop", "SGD"]
    assert list(means.index) == [1, 2, 3, 4, 5]
    # The mean over the seeds, as the table of that epoch has it.
    table = gdbench.load("results/reference/optimizers").tables("val_accuracy", 5)["defaults"]
    assert dict(zip(table["optimizer"], table["val_accuracy_at_5_mean"], strict=True)) == pytest.approx(
        means.loc[5].to_dict()
    )
    assert "Momentum" in capsys.readouterr().out


def test_two_optimizers_are_compared_by_letters_and_p(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    found: dict[str, object] = {}
    exec(COMPARED, found)
    adam, rmsprop = (found["compared"].loc[name] for name in ("Adam", "RMSprop"))
    assert rmsprop["test_accuracy_difference"] == pytest.approx(
        rmsprop["test_accuracy_mean"] - adam["test_accuracy_mean"]
    )
    # Rows that share a letter are those that are not shown to differ.
    share = bool(set(adam["test_accuracy_group"]) & set(rmsprop["test_accuracy_group"]))
    assert share == (rmsprop["test_accuracy_p"] > 0.05)


def test_the_sweep_of_the_readme_is_that_of_the_notebook():
    cells = nbformat.read(ROOT / "configs" / "example.ipynb", as_version=4).cells
    assert next(cell.source for cell in cells if cell.cell_type == "code") == SWEEP.rstrip("\n")
    # Outputs would say what another machine measured.
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")


@pytest.mark.training
def test_the_notebook_runs_where_nothing_was_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "configs"
    folder.mkdir()
    shutil.copy(ROOT / "configs" / "example.ipynb", folder)
    notebook = nbformat.read(folder / "example.ipynb", as_version=4)
    code = [cell for cell in executed(folder, monkeypatch, notebook) if cell.cell_type == "code"]
    assert [cell.outputs[-1].output_type for cell in code] == ["execute_result"] * 5
    html = [cell.outputs[-1].data["text/html"] for cell in code]
    assert "6 to train" in html[0]
    assert "Two optimizers on 2,000 images" in html[1]
    assert "optimizer.learning_rate" in html[2]
    # Only the runs of the third optimizer are new.
    progress = [output.data["text/plain"] for output in code[4].outputs if output.output_type == "display_data"]
    assert progress[0].startswith("3 of 3 runs (3 done)")
    results = gdbench.load(tmp_path / "results" / "example")
    table = results.tables()["example"].set_index("optimizer")
    assert list(table.index) == ["sgd", "adam", "momentum"]
    # Three short epochs are enough to tell these two apart.
    assert table.loc["adam", "test_accuracy_mean"] > table.loc["sgd", "test_accuracy_mean"] + 0.1
