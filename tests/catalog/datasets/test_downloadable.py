"""Published datasets: found on this machine, or downloaded, here from a file server of the test's own."""

import gzip
import hashlib
import inspect
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from gdbench.catalog.datasets import DATASETS, download, downloadable
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, DatasetOptions
from gdbench.catalog.datasets.download import Remote
from gdbench.errors import DataError
from gdbench.experiment.settings.run_settings import settings_of
from tests.catalog.datasets.files import IDX_NAMES, idx_bytes, idx_folder, some_images
from tests.configs import plan_of

NAMES = [f"{name}.gz" for name in IDX_NAMES]


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "cache", lambda dataset: tmp_path / "cache" / dataset)
    monkeypatch.setattr(downloadable, "cache", lambda dataset: tmp_path / "cache" / dataset)
    monkeypatch.setattr(downloadable, "FASHION_FOLDERS", ())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """The address of a file server, the folder that it serves, and what it was asked for."""
    folder, asked = tmp_path / "served", []
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", folder, asked
    server.shutdown()
    server.server_close()


def remotes(folder: Path, names: list[str]) -> tuple[Remote, ...]:
    return tuple(Remote(name, hashlib.md5((folder / name).read_bytes()).hexdigest(), 1) for name in names)


def fetch(name: str, **arguments: object) -> list[str]:
    """What is said while a dataset is brought to this machine."""
    entry = DATASETS.entries[name]
    assert isinstance(entry, DatasetEntry)
    assert entry.fetch is not None
    said: list[str] = []
    entry.fetch(arguments, said.append)
    return said


def kmnist_is(monkeypatch: pytest.MonkeyPatch, address: str, folder: Path) -> None:
    idx_folder(folder)
    monkeypatch.setattr(downloadable, "KMNIST_ADDRESS", address)
    monkeypatch.setattr(downloadable, "KMNIST_FILES", remotes(folder, NAMES))


def test_what_is_missing_is_downloaded_once_and_read(monkeypatch: pytest.MonkeyPatch, served):
    address, folder, asked = served
    kmnist_is(monkeypatch, address, folder)
    said = fetch("kmnist")
    assert said == [f"kmnist: downloading {address}{name}, about 1 MB" for name in NAMES]
    data: Data = DATASETS.build({"name": "kmnist"})
    assert np.array_equal(data.train_images, some_images()[0])
    assert fetch("kmnist") == []
    assert asked == [f"/{name}" for name in NAMES]


def test_a_file_that_is_not_the_published_one_is_not_kept(monkeypatch: pytest.MonkeyPatch, served, tmp_path: Path):
    address, folder, _ = served
    kmnist_is(monkeypatch, address, folder)
    (folder / NAMES[1]).write_bytes(b"<html>sign in to the hotel's network</html>")
    with pytest.raises(DataError, match=rf"the published file at {address}{NAMES[1]}; got another checksum"):
        fetch("kmnist")
    assert [path.name for path in (tmp_path / "cache" / "kmnist").iterdir()] == [NAMES[0]]


def test_a_damaged_file_in_the_cache_is_downloaded_again(monkeypatch: pytest.MonkeyPatch, served, tmp_path: Path):
    address, folder, asked = served
    kmnist_is(monkeypatch, address, folder)
    fetch("kmnist")
    (tmp_path / "cache" / "kmnist" / NAMES[2]).write_bytes(b"torn")
    asked.clear()
    fetch("kmnist")
    assert asked == [f"/{NAMES[2]}"]
    assert (tmp_path / "cache" / "kmnist" / NAMES[2]).read_bytes() == (folder / NAMES[2]).read_bytes()


def test_without_a_network_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(downloadable, "KMNIST_ADDRESS", "http://127.0.0.1:9/")
    with pytest.raises(DataError) as caught:
        fetch("kmnist")
    assert str(caught.value) == (
        "kmnist: expected a download of http://127.0.0.1:9/train-images-idx3-ubyte.gz; "
        f"got no answer: connect, or put it into {tmp_path}/cache/kmnist yourself"
    )


def test_an_address_that_has_moved_is_said(monkeypatch: pytest.MonkeyPatch, served):
    address, _, _ = served
    monkeypatch.setattr(downloadable, "CIFAR10_ADDRESS", address)
    with pytest.raises(DataError, match=r"cifar-10-binary\.tar\.gz; got status 404 from the server: connect"):
        fetch("cifar10")


@pytest.mark.parametrize("name", ["fashion_mnist", "kmnist", "emnist", "cifar10"])
def test_a_dataset_that_is_not_here_says_so(name: str):
    with pytest.raises(DataError, match=rf"{name}: expected its files in .*{name}; got none: gdbench sweep down"):
        DATASETS.build({"name": name, "subset": "balanced"})


def test_fashion_mnist_is_taken_from_a_folder_that_other_software_keeps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    folder = idx_folder(tmp_path / "debian")
    sums = [hashlib.sha256(gzip.decompress((folder / name).read_bytes())).hexdigest() for name in NAMES]
    monkeypatch.setattr(downloadable, "FASHION_SUMS", tuple(sums))
    monkeypatch.setattr(downloadable, "FASHION_FOLDERS", (tmp_path / "absent", folder))
    assert fetch("fashion_mnist") == []
    data: Data = DATASETS.build({"name": "fashion_mnist"})
    assert np.array_equal(data.train_images, some_images()[0])


def test_files_of_another_content_are_not_taken_for_fashion_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(downloadable, "FASHION_FOLDERS", (idx_folder(tmp_path / "debian"),))
    complaint = r"train-images-idx3-ubyte\.gz: expected the published file; got another checksum: remove it"
    with pytest.raises(DataError, match=complaint):
        DATASETS.build({"name": "fashion_mnist"})


@pytest.mark.parametrize(
    ("name", "file"), [("kmnist", NAMES[0]), ("emnist", "gzip.zip"), ("cifar10", "cifar-10-binary.tar.gz")]
)
def test_a_file_of_the_cache_that_has_changed_is_not_trained_on(tmp_path: Path, name: str, file: str):
    folder = idx_folder(tmp_path / "cache" / name)
    (folder / file).write_bytes(b"changed since the download")
    with pytest.raises(DataError, match=rf"{file}: expected the published file; got another checksum: gdbench sweep"):
        DATASETS.build({"name": name, "subset": "balanced"})


@pytest.mark.parametrize("subset", ["letters", "digits"])
def test_emnist_is_stood_upright_and_letters_begin_at_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, subset: str):
    images, labels = some_images(26)
    labels = np.arange(26, dtype=np.uint8) % (26 if subset == "letters" else 10)
    first = 1 if subset == "letters" else 0
    (tmp_path / "cache" / "emnist").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "cache" / "emnist" / "gzip.zip", "w") as archive:
        for part in ("train", "test"):
            stored = {"images-idx3": images.transpose(0, 2, 1), "labels-idx1": labels + np.uint8(first)}
            for kind, array in stored.items():
                archive.writestr(f"gzip/emnist-{subset}-{part}-{kind}-ubyte.gz", gzip.compress(idx_bytes(array)))
    monkeypatch.setattr(downloadable, "EMNIST_FILES", remotes(tmp_path / "cache" / "emnist", ["gzip.zip"]))
    data: Data = DATASETS.build({"name": "emnist", "subset": subset})
    assert np.array_equal(data.train_images, images)
    assert np.array_equal(data.test_labels, labels)


def test_no_dataset_hides_an_option_of_all_datasets(tmp_path: Path):
    own = {name for entry in DATASETS.entries.values() for name in inspect.signature(entry.function).parameters}
    # One seed draws all randomness in the data.
    assert own & set(DatasetOptions.model_fields) == {"seed"}
    text = "dataset: {name: emnist, subset: letters, validation: 100, split: random}\nseeds: 1\n"
    dataset = settings_of(plan_of(tmp_path, text).runs[0]).dataset
    assert (dataset.component["subset"], dataset.options.split) == ("letters", "random")


def test_cifar10_has_its_colors_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    draws = np.random.default_rng(0)
    images = draws.integers(0, 256, (6, 4, 32, 32, 3), dtype=np.uint8)
    (tmp_path / "cache" / "cifar10").mkdir(parents=True)
    with tarfile.open(tmp_path / "cache" / "cifar10" / "cifar-10-binary.tar.gz", "w:gz") as archive:
        names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
        for name, part in zip(names, images, strict=True):
            rows = [bytes([label]) + image.transpose(2, 0, 1).tobytes() for label, image in enumerate(part)]
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = len(b"".join(rows))
            archive.addfile(member, io.BytesIO(b"".join(rows)))
    files = remotes(tmp_path / "cache" / "cifar10", ["cifar-10-binary.tar.gz"])
    monkeypatch.setattr(downloadable, "CIFAR10_FILES", files)
    data: Data = DATASETS.build({"name": "cifar10"})
    assert np.array_equal(data.train_images, images[:5].reshape(20, 32, 32, 3))
    assert np.array_equal(data.test_images, images[5])
    assert data.train_labels.tolist() == [0, 1, 2, 3] * 5
