from pathlib import Path

import pytest

from tests.configs import mistake_of


def test_deformed_images_without_a_count_are_one_mistake(tmp_path: Path):
    assert mistake_of(tmp_path, "dataset: {deform: {rotation: 3}}").startswith("config.yaml:1: dataset.deform.images:")


FEATURES = "dataset: {name: synthetic, examples: 100, features: 7}\ntraining: {batch_size: 10}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            f"{FEATURES}architecture: cnn\n",
            "config.yaml:3: architecture: expected an architecture for features, such as mlp, or a dataset of images; "
            "got 'cnn on 7 features'",
        ),
        (
            f"{FEATURES}architecture: {{layers: [{{name: SimpleRNN, units: 3}}]}}\n",
            "config.yaml:3: architecture: expected an architecture for features, such as mlp, or a dataset of images; "
            "got 'layers on 7 features'",
        ),
        (
            "dataset: {name: synthetic, deform: {images: 20000}}\n",
            "config.yaml:1: dataset.deform: expected images to deform; got '20 features'",
        ),
        (
            "dataset: {train: 500, deform: {images: 400}}\n",
            "config.yaml:1: dataset.deform.images: expected at least the 500 training images that "
            "are deformed; got 400",
        ),
        (
            "dataset: {train: 500, deform: {images: 600}}\ntraining: {batch_size: 700}\n",
            "config.yaml:2: training.batch_size: expected at most the 600 training images, or 'full'; got 700",
        ),
        (
            "dataset: {validation: 60000}\n",
            "config.yaml:1: dataset.validation: expected fewer than the 60000 training images; got 60000",
        ),
    ],
)
def test_data_that_a_run_cannot_be_trained_with_is_refused_in_one_line(tmp_path: Path, text: str, line: str):
    assert mistake_of(tmp_path, text) == line
