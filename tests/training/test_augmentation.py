import numpy as np
import pytest

from gdbench.catalog.datasets.dataset import Deform
from gdbench.catalog.datasets.mnist import mnist
from gdbench.training import augmentation
from gdbench.training.augmentation import deformed, mislabeled

STILL = {"images": 30, "rotation": 0.0, "shift": 0.0, "elastic": 0.0, "smoothness": 4.0}
RING = np.zeros((1, 28, 28), np.uint8)
RING[0, 6:22, 6:22] = 200
RING[0, 10:18, 10:18] = 0


def copies(source: np.ndarray, **changed: float) -> np.ndarray:
    return deformed(source, np.zeros(len(source), np.int32), Deform(**{**STILL, **changed}), seed=0)[0][len(source) :]


def test_the_images_come_first_and_copies_of_them_in_turns():
    images, labels = mnist().train_images[:7], mnist().train_labels[:7]
    grown, grown_labels = deformed(images, labels, Deform(**STILL), seed=0)
    assert (grown.shape, grown.dtype) == ((30, 28, 28), np.uint8)
    assert np.array_equal(grown, images[np.arange(30) % 7])
    assert np.array_equal(grown_labels, labels[np.arange(30) % 7])


def test_a_copy_does_not_depend_on_how_many_there_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(augmentation, "BLOCK", 8)
    images, labels = mnist().train_images[:5], mnist().train_labels[:5]
    moved = {**STILL, "rotation": 10.0, "shift": 1.0, "elastic": 1.0}
    few, many = (deformed(images, labels, Deform(**{**moved, "images": count}), seed=3)[0] for count in (17, 40))
    assert np.array_equal(few, many[:17])
    assert len({image.tobytes() for image in many}) == 40


def test_a_shift_moves_the_center_by_at_most_its_pixels():
    at = np.arange(28)
    moved = copies(RING, images=200, shift=2.0).astype(float)
    for axis in (1, 2):
        profile = moved.sum(axis=axis)
        centers = (profile * at).sum(axis=1) / profile.sum(axis=1)
        assert np.abs(centers - 13.5).max() <= 2.0
        assert np.abs(centers - 13.5).max() > 1.8
        assert centers.std() == pytest.approx(2 / 3**0.5, abs=0.12)


def test_a_rotation_turns_around_the_middle():
    line = np.zeros((1, 28, 28), np.uint8)
    line[0, 4:24, 13:15] = 255
    turned = copies(line, images=200, rotation=30.0).astype(float)
    down, across = np.meshgrid(np.arange(28) - 13.5, np.arange(28) - 13.5, indexing="ij")
    angles = [
        np.degrees(0.5 * np.arctan2(2 * (image * down * across).sum(), (image * (down**2 - across**2)).sum()))
        for image in turned
    ]
    assert np.abs(angles).max() == pytest.approx(30, abs=1.5)
    assert np.std(angles) == pytest.approx(30 / 3**0.5, abs=2)


def test_an_elastic_displacement_has_the_deviation_asked_for_and_is_smooth():
    noise = np.random.default_rng(0).standard_normal((2000, 28, 28)).astype(np.float32)
    smooth = augmentation._smoothed(noise, 4.0)
    assert smooth.std(axis=0) == pytest.approx(np.ones((28, 28)), abs=0.1)
    assert np.diff(smooth, axis=1).std() < 0.3


def test_colors_move_together():
    image = np.random.default_rng(0).integers(0, 256, (1, 12, 12, 3), dtype=np.uint8)
    image[..., 1] = image[..., 0]
    moved = copies(image, rotation=20.0, elastic=1.0)
    assert np.array_equal(moved[..., 0], moved[..., 1])
    assert not np.array_equal(moved[..., 0], moved[..., 2])


def test_floats_stay_floats():
    assert copies(np.ones((1, 5, 4), np.float32) * 0.3, rotation=20.0) == pytest.approx(0.3)


def test_a_share_of_the_labels_is_another_class():
    labels = np.repeat(np.arange(10, dtype=np.int32), 1000)
    noisy = mislabeled(labels, 0.3, 10, seed=0)
    assert (noisy != labels).sum() == 3000
    others = (noisy - labels)[noisy != labels] % 10
    assert np.bincount(others, minlength=10)[1:] == pytest.approx(333, abs=80)
    assert (noisy.min(), noisy.max(), noisy.dtype) == (0, 9, np.int32)


def test_the_seed_of_the_data_draws_wrong_labels():
    labels = np.zeros(100, np.int32)
    assert np.array_equal(mislabeled(labels, 0.2, 3, 0), mislabeled(labels, 0.2, 3, 0))
    assert not np.array_equal(mislabeled(labels, 0.2, 3, 0), mislabeled(labels, 0.2, 3, 1))
    assert mislabeled(labels, 0.0, 3, 0) is labels
