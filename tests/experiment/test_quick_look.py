from pathlib import Path

import pytest

from gdbench.experiment.plan import load_plan
from gdbench.experiment.quick_look import MARK

TEXT = "title: Sizes\ntraining: {batch_size: 100}\n"


def quick_of(folder: Path, text: str):
    path = folder / "sizes.yaml"
    path.write_text(text, encoding="utf-8")
    return load_plan(path, quick=True)


def test_a_quick_look_has_a_name_titles_and_seeds_of_its_own(tmp_path: Path):
    plan = quick_of(tmp_path, TEXT + "seeds: 5\ngrid: {optimizer: [sgd, adam]}\n")
    assert plan.experiment.name == "sizes-quick"
    assert plan.experiment.title == f"Sizes ({MARK})"
    assert [comparison.title for comparison in plan.experiment.comparisons] == [f"Sizes ({MARK})"]
    assert [run.seed for run in plan.runs] == [0, 1, 2] * 2


@pytest.mark.parametrize(
    ("dataset", "train", "images"),
    [
        ("{}", 6000, None),
        ("{validation: 10000}", 5000, None),
        ("{train: 2000}", 200, None),
        ("{train: 300}", 100, None),  # no fewer than a batch
        ("{deform: {images: 100000}}", 6000, 10_000),
    ],
)
def test_a_run_has_a_tenth_of_the_training_images(tmp_path: Path, dataset: str, train: int, images: int | None):
    run = quick_of(tmp_path, TEXT + f"dataset: {dataset}\n").runs[0]
    assert run.dataset["train"] == train
    assert (run.dataset["deform"] == "off") == (images is None)
    assert images is None or run.dataset["deform"]["images"] == images
    assert run.training["epochs"] == 5


def test_sizes_on_an_axis_stay_apart(tmp_path: Path):
    plan = quick_of(tmp_path, TEXT + "grid: {dataset.train: [10000, 60000]}\n")
    assert [run.dataset["train"] for run in plan.runs] == [1000] * 3 + [6000] * 3


def test_a_run_in_updates_has_a_tenth_of_them(tmp_path: Path):
    run = quick_of(tmp_path, "training: {steps: 2000}\n").runs[0]
    assert (run.training["steps"], run.dataset["train"]) == (200, "all")


def test_a_short_run_is_another_run(tmp_path: Path):
    short = quick_of(tmp_path, TEXT)
    assert short.runs[0].id != load_plan(tmp_path / "sizes.yaml").runs[0].id
    assert short.runs[0].id == load_plan(tmp_path / "sizes.yaml", ["dataset.train=6000"]).runs[0].id
