from pathlib import Path

import pytest

from gdbench.errors import RequestError, SweepError
from gdbench.experiment.stored import read_experiment, write_experiment
from tests.configs import EXAMPLE, plan_of

PUBLISHED = """
seeds: [3, 1]
target: 97 %
dataset: {validation: 100}
grid:
  optimizer: {off: sgd, "1e-3": adam, Ünïcode: {name: sgd, momentum: 0.9}}
  variants: {"yes": {}, "2": {training.epochs: 2}}
published:
  source: Table 1
  at: [1, best_val]
  tolerance: 0.3 %
  assumed: [batch size 32]
  values: {off: {"yes": [0.9 +- 0.01, collapsed]}}
  claims: [1e-3/2 > off/2, best: {off: 2}]
claims: [spread < 1 %, opposed: [train_loss, test_accuracy]]
"""


@pytest.mark.parametrize("text", ["", EXAMPLE, PUBLISHED, "comparisons: {a: {}, b: {optimizer: sgd}}"])
def test_what_is_written_is_read_back(tmp_path: Path, text: str):
    plan = plan_of(tmp_path, text)
    write_experiment(tmp_path / "results" / "new", plan)
    assert read_experiment(tmp_path / "results" / "new") == plan.experiment


def test_the_file_shows_the_settings_with_their_defaults(tmp_path: Path):
    write_experiment(tmp_path, plan_of(tmp_path, "optimizer: {name: sgd, momentum: 0.9}"))
    written = (tmp_path / "experiment.yaml").read_text(encoding="utf-8")
    assert "momentum: 0.9" in written
    assert "learning_rate: 0.01" in written


def test_writing_anew_replaces_the_file(tmp_path: Path):
    write_experiment(tmp_path, plan_of(tmp_path, "title: old"))
    write_experiment(tmp_path, plan_of(tmp_path, "title: new"))
    assert read_experiment(tmp_path).title == "new"
    assert [path.name for path in tmp_path.glob("*experiment*")] == ["experiment.yaml"]


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(SweepError, match=r"experiment\.yaml: cannot write: "):
        write_experiment(tmp_path / "results", plan_of(tmp_path, ""))


def test_a_folder_without_results(tmp_path: Path):
    with pytest.raises(RequestError, match=r"no results here: experiment\.yaml is missing; run gdbench sweep first"):
        read_experiment(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "- 1", "{a: [", "gdbench: 0.1.0\nname: x\ncomparisons: [{settings: {}}]\n", "comparisons: 3"]
)
def test_a_damaged_file(tmp_path: Path, text: str):
    (tmp_path / "experiment.yaml").write_text(text)
    with pytest.raises(
        RequestError, match=r"experiment\.yaml: damaged; running the same gdbench sweep again rewrites it"
    ):
        read_experiment(tmp_path)
