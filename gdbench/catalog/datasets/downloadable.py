"""Published datasets, which `sweep` downloads once where this machine lacks them."""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import Field

from gdbench.catalog.datasets.arrays import Arrays, data_of
from gdbench.catalog.datasets.compression import gunzipped, read_decompressed
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, fingerprint
from gdbench.catalog.datasets.download import Remote, Say, cache, download
from gdbench.catalog.datasets.idx import parse
from gdbench.errors import DataError
from gdbench.records import Settings

FASHION_ADDRESS = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
KMNIST_ADDRESS = "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"
EMNIST_ADDRESS = "https://biometrics.nist.gov/cs_links/EMNIST/"
CIFAR10_ADDRESS = "https://www.cs.toronto.edu/~kriz/"

_IDX_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
# MD5 of the files: CIFAR-10's and Fashion-MNIST's as their pages list them (www.cs.toronto.edu/~kriz/cifar.html,
# github.com/zalandoresearch/fashion-mnist), those of Kuzushiji-MNIST and EMNIST as torchvision does.
_FASHION_MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
_KMNIST_MD5 = (
    "bdb82020997e1d708af4cf47b453dcf7",
    "e144d726b3acfaa3e44228e80efcd344",
    "5c965bf0a639b31b8f53240b1b52f4d7",
    "7320c461ea6c1c855c0b718fb2a4b134",
)
FASHION_FILES = tuple(map(Remote, _IDX_NAMES, _FASHION_MD5, (26, 1, 5, 1)))
KMNIST_FILES = tuple(map(Remote, _IDX_NAMES, _KMNIST_MD5, (18, 1, 3, 1)))
EMNIST_FILES = (Remote("gzip.zip", "58c8d27c78d21e728a6bc7b3cc06412e", 535),)
CIFAR10_FILES = (Remote("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 162),)
# SHA-256 of the four files after decompression, which is the same whoever compressed them.
FASHION_SUMS = (
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
)
# Folders of Debian's package dataset-fashion-mnist and of Keras. Without a home, `~` stays as it is, and is no folder.
FASHION_FOLDERS = (
    Path("/usr/share/datasets/fashion-mnist"),
    Path(os.path.expanduser("~")) / ".keras" / "datasets" / "fashion-mnist",  # noqa: PTH111  # Path's own raises
)
# Training and test images, and classes (Cohen et al. 2017; of the letters the files have 20 % more than its table).
_EMNIST = {
    "balanced": (112_800, 18_800, 47),
    "byclass": (697_932, 116_323, 62),
    "bymerge": (697_932, 116_323, 47),
    "digits": (240_000, 40_000, 10),
    "letters": (124_800, 20_800, 26),
    "mnist": (60_000, 10_000, 10),
}
EmnistSubset = Annotated[
    Literal["balanced", "byclass", "bymerge", "digits", "letters", "mnist"],
    Field(description="balanced: 47 classes of digits and letters of equal size"),
]


def fashion_mnist() -> Data:
    """60,000 + 10,000 images of clothes of 28 x 28 pixels in 10 classes (Xiao, Rasul and Vollgraf 2017)."""
    for folder in fashion_folders():
        contents = [read_decompressed(folder / name) for name in _IDX_NAMES]
        # Other tools keep this dataset too, so its files are not pooch's alone to verify.
        for name, values, published in zip(_IDX_NAMES, contents, FASHION_SUMS, strict=True):
            if hashlib.sha256(values).hexdigest() != published:
                raise DataError(f"{folder / name}: expected the published file; got another checksum: remove it")
        return _from_idx(contents, "fashion_mnist", FASHION_SUMS)
    raise _absent("fashion_mnist")


def kmnist() -> Data:
    """60,000 + 10,000 cursive Japanese characters of 28 x 28 pixels in 10 classes (Clanuwat et al. 2018)."""
    folder = cache("kmnist")
    if not all((folder / name).is_file() for name in _IDX_NAMES):
        raise _absent("kmnist")
    contents = []
    for file in KMNIST_FILES:
        with _published(folder / file.name, file) as opened:
            contents.append(gunzipped(opened.read()))
    return _from_idx(contents, "kmnist", _KMNIST_MD5)


def emnist(subset: EmnistSubset = "balanced") -> Data:
    """Handwritten digits and letters of 28 x 28 pixels (Cohen et al. 2017); six subsets with classes of their own."""
    # One archive holds all six subsets. The paper calls them splits, as every dataset calls how it is divided.
    try:
        with (
            _published(cache("emnist") / EMNIST_FILES[0].name, EMNIST_FILES[0]) as file,
            zipfile.ZipFile(file) as archive,
        ):
            names = [f"gzip/emnist-{subset}-{part}.gz" for part in _emnist_parts()]
            contents = [gunzipped(archive.read(name)) for name in names]
    except FileNotFoundError:
        raise _absent("emnist") from None
    arrays = [parse(values, "emnist") for values in contents]
    # The published images are transposed, and the labels of the letters begin at 1.
    first = 1 if subset == "letters" else 0
    train = arrays[0].transpose(0, 2, 1), arrays[1] - first
    test = arrays[2].transpose(0, 2, 1), arrays[3] - first
    return data_of(train, test, _EMNIST[subset][2], pixels=True, sums=[EMNIST_FILES[0].md5])


def cifar10() -> Data:
    """50,000 + 10,000 photographs of 32 x 32 pixels and three colors in 10 classes (Krizhevsky 2009)."""
    try:
        with (
            _published(cache("cifar10") / CIFAR10_FILES[0].name, CIFAR10_FILES[0]) as file,
            tarfile.open(fileobj=file) as archive,
        ):
            train = [_cifar_part(archive, f"data_batch_{number}") for number in range(1, 6)]
            test = _cifar_part(archive, "test_batch")
    except FileNotFoundError:
        raise _absent("cifar10") from None
    import numpy as np

    images, labels = (np.concatenate([part[index] for part in train]) for index in (0, 1))
    return data_of((images, labels), test, 10, pixels=True, sums=[CIFAR10_FILES[0].md5])


def _from_idx(contents: list[bytes], name: str, sums: Sequence[str]) -> Data:
    arrays = [parse(values, name) for values in contents]
    return data_of((arrays[0], arrays[1]), (arrays[2], arrays[3]), 10, pixels=True, sums=sums)


@contextmanager
def _published(path: Path, published: Remote) -> Iterator[BinaryIO]:
    """Open a file of the cache and verify it once more: it may have changed since it was downloaded."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "md5").hexdigest() != published.md5:
            raise DataError(
                f"{path}: expected the published file; got another checksum: gdbench sweep downloads it anew"
            )
        file.seek(0)
        yield file


def _absent(name: str) -> DataError:
    remedy = "gdbench sweep downloads them, or put them there yourself"
    return DataError(f"{name}: expected its files in {cache(name)}; got none: {remedy}")


def fashion_folders() -> Iterator[Path]:
    """Yield the folders of this machine that hold the files of Fashion-MNIST."""
    folders = (cache("fashion_mnist"), *FASHION_FOLDERS)
    return (folder for folder in folders if all((folder / name).is_file() for name in _IDX_NAMES))


def _emnist_parts() -> tuple[str, ...]:
    return tuple(f"{part}-{kind}" for part in ("train", "test") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"))


def _cifar_part(archive: tarfile.TarFile, name: str) -> Arrays:
    """Return the images and labels of one file: per image a byte of label, then 32 x 32 bytes of each color."""
    import numpy as np

    member = archive.extractfile(f"cifar-10-batches-bin/{name}.bin")
    assert member is not None, "the checked archive has this file"
    records = np.frombuffer(member.read(), np.uint8).reshape(-1, 1 + 3 * 32 * 32)
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), records[:, 0]


def _fetch_fashion(_dataset: Settings, say: Say) -> None:
    if not any(fashion_folders()):
        download("fashion_mnist", FASHION_ADDRESS, FASHION_FILES, say)


def _emnist_facts(dataset: Settings) -> Facts:
    train, test, classes = _EMNIST[dataset["subset"]]
    # The subset is an argument and so in the identity; the fingerprint covers the archive.
    return Facts(train, test, (28, 28), classes, fingerprint(EMNIST_FILES[0].md5))


FASHION_MNIST = DatasetEntry(
    fashion_mnist,
    facts=lambda _dataset: Facts(60_000, 10_000, (28, 28), 10, fingerprint(*FASHION_SUMS)),
    fetch=_fetch_fashion,
    noun="images",
)
KMNIST = DatasetEntry(
    kmnist,
    facts=lambda _dataset: Facts(60_000, 10_000, (28, 28), 10, fingerprint(*_KMNIST_MD5)),
    fetch=lambda _dataset, say: download("kmnist", KMNIST_ADDRESS, KMNIST_FILES, say),
    noun="images",
)
EMNIST = DatasetEntry(
    emnist,
    revision=2,
    facts=_emnist_facts,
    fetch=lambda _dataset, say: download("emnist", EMNIST_ADDRESS, EMNIST_FILES, say),
    noun="images",
)
CIFAR10 = DatasetEntry(
    cifar10,
    facts=lambda _dataset: Facts(50_000, 10_000, (32, 32, 3), 10, fingerprint(CIFAR10_FILES[0].md5)),
    fetch=lambda _dataset, say: download("cifar10", CIFAR10_ADDRESS, CIFAR10_FILES, say),
    noun="images",
)
