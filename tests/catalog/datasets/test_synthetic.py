import numpy as np
import pytest

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data
from gdbench.catalog.datasets.synthetic import SYNTHETIC

SMALL = {"features": 4, "classes": 3, "separation": 5.0, "noise": 0.5, "examples": 900, "test_examples": 300, "seed": 0}


def made(**changed: float) -> Data:
    data: Data = DATASETS.build({"name": "synthetic", **SMALL, **changed})
    return data


def test_the_facts_are_those_of_the_arrays():
    facts = SYNTHETIC.facts(SMALL)
    assert (facts.train, facts.test, facts.shape, facts.classes) == (900, 300, (4,), 3)
    assert made().facts() == facts


def test_each_class_lies_around_a_center_of_its_own():
    data = made()
    centers = np.stack([data.train_images[data.train_labels == label].mean(axis=0) for label in range(3)])
    assert np.linalg.norm(centers, axis=1) == pytest.approx(5.0, abs=0.1)
    around = data.train_images - centers[data.train_labels]
    assert around.std() == pytest.approx(0.5, abs=0.02)


def test_training_and_test_have_the_same_centers_and_other_points():
    data = made(noise=0.0)
    assert np.array_equal(np.unique(data.train_images, axis=0), np.unique(data.test_images, axis=0))
    noisy = made()
    assert not np.isin(noisy.test_images[:, 0], noisy.train_images[:, 0]).any()


def test_the_seed_draws_the_data():
    assert np.array_equal(made().train_images, made().train_images)
    assert not np.array_equal(made().train_images, made(seed=1).train_images)
