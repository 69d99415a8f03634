import os
import socket
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from gdbench.catalog.datasets.mnist import mnist
from gdbench.catalog.datasets.partition import order
from gdbench.errors import StalePlanError
from gdbench.experiment.settings.run_settings import DatasetSettings
from gdbench.training.splits import Prepared, _split, prepare
from tests.configs import plan_of

SECTION = {
    **{"name": "mnist", "validation": 0, "split": "last", "train": 300, "test": 200, "scale": "unit"},
    **{"label_noise": 0.0, "deform": "off", "seed": 0},
}
DEFORM = {"images": 400, "rotation": 10.0, "shift": 1.0, "elastic": 1.0, "smoothness": 4.0}


def prepared(**arguments: object) -> Prepared:
    return prepare(DatasetSettings({**SECTION, **arguments}), "flat")


def test_mnist_needs_no_network(monkeypatch: pytest.MonkeyPatch):
    def unplugged(*_arguments: object, **_options: object) -> None:
        raise OSError("the network is unplugged")

    monkeypatch.setattr(socket, "socket", unplugged)
    data = prepare(DatasetSettings(SECTION), "flat")
    assert (data.train.count, data.test.count, data.classes) == (300, 200, 10)


@pytest.mark.parametrize(("form", "shape"), [("flat", (784,)), ("rows", (28, 28)), ("image", (28, 28, 1))])
def test_an_image_takes_the_form_of_the_architecture(form: str, shape: tuple[int, ...]):
    data = prepare(DatasetSettings(SECTION), form)
    assert data.shape == shape
    assert data.train.images.dtype == tf.uint8
    assert np.array_equal(data.train.images.numpy().reshape(300, 28, 28), mnist().train_images[:300])


def test_validation_is_the_last_training_images_and_train_and_test_the_first():
    source = mnist()
    data = prepared(validation=100)
    assert data.validation is not None
    assert np.array_equal(data.train.labels, source.train_labels[:300])
    assert np.array_equal(data.validation.labels, source.train_labels[-100:])
    assert np.array_equal(data.validation.images, source.train_images[-100:].reshape(100, 784))
    assert np.array_equal(data.test.labels, source.test_labels[:200])


def test_validation_may_be_a_share_and_train_all_that_it_leaves():
    data = prepared(validation=0.25, train="all", test="all")
    assert data.validation is not None
    assert (data.train.count, data.validation.count, data.test.count) == (45_000, 15_000, 10_000)


@pytest.mark.parametrize("split", ["random", "stratified"])
def test_validation_may_be_drawn_and_shares_no_image_with_training(split: str):
    source = mnist()
    data, other = (prepared(validation=1000, train="all", split=split, seed=seed).validation for seed in (0, 1))
    train = prepared(validation=1000, train="all", split=split).train
    places = order(source.train_labels, split, 0)
    assert data is not None
    assert other is not None
    assert np.array_equal(data.labels, source.train_labels[places[-1000:]])
    assert np.array_equal(data.images, source.train_images[places[-1000:]].reshape(1000, 784))
    assert np.array_equal(train.labels, source.train_labels[places[:-1000]])
    assert not np.array_equal(other.images, data.images)
    shares = np.bincount(data.labels) / 1000 - np.bincount(source.train_labels) / 60_000
    assert (np.abs(shares).max() <= 1e-3) == (split == "stratified")


def test_without_validation_there_is_no_split():
    assert prepared().validation is None


@pytest.mark.parametrize(("scale", "low", "high"), [("unit", 0.0, 1.0), ("symmetric", -1.0, 1.0), ("none", 0.0, 255.0)])
def test_pixels_are_scaled_to_a_range(scale: str, low: float, high: float):
    data = prepared(scale=scale)
    pixels = data.pixels(data.train.images).numpy()
    assert pixels.dtype == np.float32
    assert (pixels.min(), pixels.max()) == (low, high)


def test_standard_scale_is_that_of_the_training_images_in_use():
    data = prepared(scale="standard")
    pixels = data.pixels(data.train.images).numpy()
    assert pixels.mean() == pytest.approx(0, abs=1e-5)
    assert pixels.std() == pytest.approx(1, abs=1e-5)
    assert data.pixels(data.test.images).numpy().mean() != pytest.approx(0, abs=1e-3)


def test_deformed_images_follow_the_training_images_and_labels_are_made_wrong_last():
    data = prepared(validation=100, deform={**DEFORM, "images": 700}, label_noise=0.1)
    plain = prepared(validation=100)
    assert data.train.count == 700
    assert np.array_equal(data.train.images[:300], plain.train.images)
    assert data.train.images.dtype == tf.uint8
    labels = np.resize(plain.train.labels.numpy(), 700)
    assert (data.train.labels.numpy() != labels).sum() == 70
    assert data.validation is not None
    assert plain.validation is not None
    assert np.array_equal(data.validation.labels, plain.validation.labels)
    assert np.array_equal(data.test.labels, plain.test.labels)
    assert (data.shift, data.divisor) == (plain.shift, plain.divisor)


def test_the_seed_of_the_data_draws_deformations():
    first, again, other = (prepared(deform=DEFORM, seed=seed).train.images.numpy()[300:] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_colors_are_channels_of_an_image_and_columns_of_a_row():
    images = np.random.default_rng(0).integers(0, 256, (30, 4, 5, 3), dtype=np.uint8)
    for form, shape in (("image", (4, 5, 3)), ("rows", (4, 15)), ("flat", (60,))):
        split = _split(images, np.arange(30), form)
        assert split.images.shape[1:] == shape
        assert np.array_equal(split.images.numpy().reshape(images.shape), images)


def test_data_that_have_changed_since_the_plan_are_refused(tmp_path: Path):
    draws = np.random.default_rng(0)
    lines = ["a,b,label", *(f"{a},{b},{row % 2}" for row, (a, b) in enumerate(draws.normal(size=(40, 2))))]
    (tmp_path / "own.csv").write_text("\n".join(lines))
    (run,) = plan_of(tmp_path, "dataset: {name: csv, path: own.csv}\ntraining: {batch_size: 4}", seeds=1).runs
    settings = DatasetSettings(run.dataset)
    assert prepare(settings, "flat", run.fingerprint).notes == ("each feature with its own range",)
    status = (tmp_path / "own.csv").stat()
    (tmp_path / "own.csv").write_text("\n".join([lines[0].replace("a,b", "b,a"), *lines[1:]]))
    # Even where neither size nor time tells.
    os.utime(tmp_path / "own.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(StalePlanError) as caught:
        prepare(settings, "flat", run.fingerprint)
    assert str(caught.value) == (
        f"{tmp_path}/own.csv: expected the data as planned; got changed data; the same command plans it anew"
    )
    (tmp_path / "own.csv").unlink()
    with pytest.raises(StalePlanError) as caught:
        prepare(settings, "flat", run.fingerprint)
    assert str(caught.value).endswith("; the plan could read it")


def test_each_feature_is_scaled_by_its_own_range_whatever_its_type(tmp_path: Path):
    flags = np.random.default_rng(0).integers(0, 2, (40, 3))
    ages = np.arange(40)[:, None] + 20
    fed = []
    for kind in (bool, np.uint8, np.int64, np.float32):
        np.savez(tmp_path / "own.npz", x=np.hstack([flags.astype(kind), ages.astype(np.uint8)]), y=flags[:, 0])
        (run,) = plan_of(tmp_path, "dataset: {name: npz, path: own.npz}\ntraining: {batch_size: 4}", seeds=1).runs
        data = prepare(DatasetSettings(run.dataset), "flat", run.fingerprint)
        fed.append(data.pixels(data.train.images).numpy())
    assert all(np.array_equal(pixels, fed[0]) for pixels in fed)
    assert fed[0].min(axis=0).tolist() == [0, 0, 0, 0]
    assert fed[0].max(axis=0).tolist() == [1, 1, 1, 1]


def test_dark_images_are_scaled_by_their_own_range(tmp_path: Path):
    digits = np.random.default_rng(0).integers(0, 16, (40, 8, 8))
    np.savez(tmp_path / "own.npz", x=digits, y=np.arange(40) % 2)
    (run,) = plan_of(tmp_path, "dataset: {name: npz, path: own.npz}\ntraining: {batch_size: 4}", seeds=1).runs
    data = prepare(DatasetSettings(run.dataset), "image", run.fingerprint)
    assert float(data.pixels(data.train.images).numpy().max()) == 1.0
    assert data.notes == ("images with their own range",)
