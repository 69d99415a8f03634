import math
from pathlib import Path

import pytest

from gdbench.experiment.cost.worker_memory import WorkerNeeds, worker_needs
from tests.configs import plan_of


def needs_of(folder: Path, text: str) -> list[WorkerNeeds]:
    return list(map(worker_needs, plan_of(folder, text, seeds=1).runs))


def test_data_are_counted_as_floats(tmp_path: Path):
    [whole, part] = needs_of(tmp_path, "dataset: {validation: 1000}\ngrid: {dataset.train: [59000, 100]}")
    assert whole.data_bytes == 70_000 * 28 * 28 * 4
    assert part.data_bytes == (100 + 1000 + 10_000) * 28 * 28 * 4


def test_deformed_images_count(tmp_path: Path):
    [deformed] = needs_of(tmp_path, "dataset: {deform: {images: 500000}}")
    assert deformed.data_bytes == 510_000 * 28 * 28 * 4


@pytest.mark.parametrize(
    ("grid", "datasets"),
    [
        ("optimizer: [sgd, adam]", 1),
        ("architecture: [mlp, perceptron]", 1),
        ("architecture: [mlp, rnn, cnn]", 3),
        ("dataset.train: [100, 200]", 2),
    ],
)
def test_programs_share_data_of_one_dataset_in_one_form(tmp_path: Path, grid: str, datasets: int):
    assert len({need.data for need in needs_of(tmp_path, f"grid: {{{grid}}}")}) == datasets


def test_data_of_user_code_may_be_of_any_size(tmp_path: Path):
    (tmp_path / "own.py").write_text("def data():\n    return None\n")
    [own] = needs_of(tmp_path, "dataset: {name: 'own:data'}")
    assert own.data_bytes == math.inf
