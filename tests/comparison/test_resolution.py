from dataclasses import replace

import pytest

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.resolution import resolution
from gdbench.experiment.image_counts import ImageCounts
from gdbench.metrics import METRICS
from gdbench.records import Run
from tests.builders import a_record, an_experiment

COUNTS = ImageCounts(train=50_000, val=10_000, test=2_000)


def step(metric, images=None, dataset=None):
    """The resolution of a point with these counts, the one run of which has this dataset section."""
    [comparison] = an_experiment({}, {(): ["a0"]}).comparisons
    record = a_record("a0")
    if dataset is not None:
        run: Run = replace(record.run, dataset=dataset)
        record = replace(record, run=run)
    [point] = comparison.points
    return resolution(Measurement(comparison, {"a0": record}), replace(point, images=images), METRICS[metric])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("test_accuracy", 1 / 2000),
        ("test_error", 1 / 2000),
        ("val_accuracy", 1 / 10_000),
        ("train_accuracy", 1 / 50_000),
        ("train_eval_error", 1 / 50_000),
        ("test_loss", 0),
        ("train_seconds", 0),
        ("epochs_to_target", 0),
    ],
)
def test_an_accuracy_moves_in_steps_of_one_image(metric, expected):
    assert step(metric, COUNTS) == expected


def test_without_images_there_is_no_step():
    assert step("val_accuracy", ImageCounts(60_000, 0, 10_000)) == 0


OPTIONS = {"validation": 0.1, "train": "all", "test": 500, "deform": "off"}


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ({"name": "mnist", **OPTIONS}, 1 / 500),
        ({"name": "cifar10", **OPTIONS, "test": "all"}, 1 / 10_000),
        ({"name": "npz", "path": "gone.npz", **OPTIONS}, 0),
        ({"name": "data:make", "code": "0" * 12, **OPTIONS}, 0),
        ({"name": "of_another_version", **OPTIONS}, 0),
        ({"name": "emnist", **OPTIONS}, 0),
        ({"name": "mnist", **OPTIONS, "test": None}, 0),
        ({"name": "mnist", **OPTIONS, "test": -5}, 0),
        ({"name": ["mnist"]}, 0),
        ({}, 0),
    ],
)
def test_an_older_folder_has_the_images_of_datasets_in_the_catalog(dataset, expected):
    assert step("test_accuracy", dataset=dataset) == expected


def test_an_older_folder_leaves_validation_images_out():
    dataset = {"name": "mnist", **OPTIONS}
    assert step("train_accuracy", dataset=dataset) == 1 / 54_000
    assert step("val_accuracy", dataset=dataset) == 1 / 6_000


def test_nothing_is_known_of_a_point_without_records():
    [comparison] = an_experiment({}, {(): ["a0"]}).comparisons
    assert resolution(Measurement(comparison, {}), comparison.points[0], METRICS["test_accuracy"]) == 0
