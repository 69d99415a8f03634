import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from gdbench.errors import RequestError, SweepError
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.stored_experiment import read_experiment, write_experiment
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
  at: [1, best_val, 2 s]
  tolerance: 0.3 %
  assumed: [batch size 32]
  values: {off: {"yes": [0.9 +- 0.01, collapsed, 0.8]}}
  claims: [1e-3/2 > off/2, best: {off: 2}]
claims: [spread < 1 %, opposed: [train_loss, test_accuracy]]
"""


@pytest.mark.parametrize("text", ["", EXAMPLE, PUBLISHED, "comparisons: {a: {}, b: {optimizer: sgd}}"])
def test_what_is_written_is_read_back(tmp_path: Path, text: str):
    plan = plan_of(tmp_path, text)
    write_experiment(tmp_path / "results" / "new", plan)
    assert read_experiment(tmp_path / "results" / "new") == plan.experiment


DATASETS = """
grid:
  variants:
    all: {}
    part: {dataset.validation: 0.1, dataset.train: 1000, dataset.test: 500}
    more: {dataset.deform.images: 70000}
"""


def test_each_point_keeps_how_many_images_are_behind_its_figures(tmp_path: Path):
    plan = plan_of(tmp_path, DATASETS)
    write_experiment(tmp_path, plan)
    counts = [ImageCounts(60_000, 0, 10_000), ImageCounts(1000, 6000, 500), ImageCounts(70_000, 0, 10_000)]
    assert [point.images for point in read_experiment(tmp_path).comparisons[0].points] == counts


def test_a_file_from_before_image_counts_is_read(tmp_path: Path):
    write_experiment(tmp_path, plan_of(tmp_path, EXAMPLE))
    path = tmp_path / "experiment.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r" +images:\n( +(train|val|test): \d+\n){3}", "", text), encoding="utf-8")
    assert "images:" not in path.read_text(encoding="utf-8")
    read = read_experiment(tmp_path)
    assert {point.images for comparison in read.comparisons for point in comparison.points} == {None}
    assert read == plan_of(tmp_path, EXAMPLE).experiment


def test_a_negative_number_of_images_is_damage(tmp_path: Path):
    write_experiment(tmp_path, plan_of(tmp_path, EXAMPLE))
    path = tmp_path / "experiment.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("test: 10000", "test: -1"), encoding="utf-8")
    with pytest.raises(RequestError, match="damaged"):
        read_experiment(tmp_path)


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
    with pytest.raises(RequestError, match=r"no results yet; run gdbench sweep with the YAML file first$"):
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


# Each line is nine times the one before it: 43 million values in all.
BOMB = "a: &a [x]\n" + "".join(
    f"{here}: &{here} [{', '.join([f'*{before}'] * 9)}]\n" for before, here in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        BOMB.replace("[x]", "{x: y}").replace("[*", "{<<: [*").replace("]", "]}"),
        "a: &a [*a]",
        "- " * 5000,
        "{" * 5000,
        "a: " + "9" * 5000,
        "a: 2024-99-99",
        "? [a]\n: b",
        "a: \0",
        "a: !!python/object/apply:os.system [exit]",
        "comparisons: [x]",
        "comparisons: {}",
        "[comparisons]",
    ],
)
def test_whatever_a_file_holds_it_is_damaged(tmp_path: Path, text: str):
    (tmp_path / "experiment.yaml").write_text(text)
    with pytest.raises(RequestError, match=r"experiment\.yaml: damaged"):
        read_experiment(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key: optimizer", "key: optimizer\n  - key: more\n    labels: [x]"),
        ("labels:\n    - 'off'\n    - 'yes'", "labels: ['off']"),
        ("metric: test_accuracy", "metric: nothing"),
        ("target: 0.97", "target: .nan"),
        ("tolerance: 0.003", "tolerance: .inf"),
        ("tolerance: null", "tolerance: .nan"),
        ("tolerance: null", "tolerance: -0.1"),
        ("spread: 0.01", "spread: .nan"),
        ("runs: 1\n", "runs: 0\n"),
        ("compare: value", "compare: ratio"),
        ("kind: spread", "kind: nearness"),
        ("kind: greater\n", "kind: opposed\n"),
        ("    - off/2\n", "    - nowhere\n"),
        ("- test_accuracy\n", "- nothing\n"),
    ],
)
def test_parts_that_do_not_fit_together_are_damage(tmp_path: Path, old: str, new: str):
    write_experiment(tmp_path, plan_of(tmp_path, PUBLISHED))
    path = tmp_path / "experiment.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RequestError, match=r"experiment\.yaml: damaged"):
        read_experiment(tmp_path)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "experiment.yaml")
    with pytest.raises(RequestError, match=r"a folder, device or pipe in place of a file"):
        read_experiment(tmp_path)
