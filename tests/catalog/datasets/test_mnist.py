import hashlib
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import gdbench
from gdbench.catalog.datasets import mnist as module
from gdbench.catalog.datasets.dataset import Data
from gdbench.catalog.datasets.mnist import MNIST_SUMS, mnist, mnist_facts
from gdbench.errors import DataError


@pytest.fixture(scope="module")
def data() -> Data:
    return mnist()


def test_mnist_is_embedded_in_full(data: Data):
    assert data.train_images.shape == (60_000, 28, 28)
    assert data.test_images.shape == (10_000, 28, 28)
    assert data.train_labels.shape == (60_000,)
    assert data.test_labels.shape == (10_000,)
    assert (data.train_images.min(), data.train_images.max()) == (0, 255)


def test_its_first_labels_are_the_known_ones(data: Data):
    assert data.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_the_facts_are_those_of_the_arrays(data: Data):
    facts = mnist_facts({})
    assert (facts.train, facts.test) == (len(data.train_images), len(data.test_images))
    assert facts.shape == data.train_images.shape[1:]
    assert set(range(facts.classes)) == set(data.train_labels.tolist())


def test_the_fingerprint_follows_the_sums(monkeypatch: pytest.MonkeyPatch):
    before = mnist_facts({}).fingerprint
    monkeypatch.setitem(MNIST_SUMS, "y_test", hashlib.sha256(b"").hexdigest())
    assert mnist_facts({}).fingerprint != before


def test_the_sums_beside_the_file_are_those_that_are_checked():
    licence = (Path(gdbench.__file__).parent / "data" / "LICENSE-MNIST.md").read_text(encoding="utf-8")
    for name, total in MNIST_SUMS.items():
        assert f"| {name} |" in licence
        assert total in licence


@pytest.mark.parametrize("name", MNIST_SUMS)
def test_a_damaged_array_is_an_error(monkeypatch: pytest.MonkeyPatch, data: Data, name: str):
    fields = {"x_train": "train_images", "y_train": "train_labels", "x_test": "test_images", "y_test": "test_labels"}
    arrays = {each: getattr(data, field) for each, field in fields.items()}
    damaged = arrays[name].copy()
    damaged.flat[-1] ^= 1
    archive = io.BytesIO()
    np.savez(archive, **{**arrays, name: damaged})
    archive.seek(0)
    opened = SimpleNamespace(open=lambda _mode: archive)
    monkeypatch.setattr(module, "files", lambda _package: SimpleNamespace(joinpath=lambda _name: opened))
    with pytest.raises(DataError, match=f"mnist: expected the published {name} in the embedded file; got a dam"):
        mnist()
