"""Datasets from your own files: .npz, a folder of IDX files, CSV; identified by their bytes, not by their paths."""

import json
import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gdbench.catalog.datasets.arrays import data_of, hold_out
from gdbench.catalog.datasets.compression import most_bytes
from gdbench.catalog.datasets.csv_columns import CsvLayout, Separator, column_names
from gdbench.catalog.datasets.csv_table import CsvTable, class_numbers, parse_table
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, Seed
from gdbench.catalog.datasets.idx import parse
from gdbench.catalog.datasets.sources import Read, Source, read, read_once, version
from gdbench.catalog.entry import LOCATION, Count, Share, arguments_of
from gdbench.catalog.tensors import Array
from gdbench.errors import DataError
from gdbench.records import Settings
from gdbench.text import printable

Classes = Annotated[Count | None, Field(description="number of classes; by default those of the labels found")]
TestShare = Annotated[Share, Field(description="share of the examples, drawn by seed, held out for the test")]
TEST_SHARE = 0.2
_NPZ_NAMES = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
)
# File names of MNIST, its successors and EMNIST as published.
_IDX_PATTERNS = {
    "training images": ("*train*images*idx*",),
    "training labels": ("*train*labels*idx*",),
    "test images": ("*t10k*images*idx*", "*test*images*idx*"),
    "test labels": ("*t10k*labels*idx*", "*test*labels*idx*"),
}


def npz(
    path: Annotated[str, Field(description="the file, relative to the configuration"), LOCATION],
    classes: Classes = None,
    test_share: TestShare = TEST_SHARE,
    seed: Seed = 0,
) -> Data:
    """NumPy archive with x_train, y_train, x_test and y_test, as Keras has them, or with x and y."""
    return _npz(read, path, classes, test_share, seed)


def idx(
    path: Annotated[str, Field(description="the folder, relative to the configuration"), LOCATION],
    classes: Classes = None,
) -> Data:
    """Folder with four IDX files named as MNIST's, such as train-images-idx3-ubyte, compressed or not."""
    return _idx(read, path, classes)


def csv(
    path: Annotated[str, Field(description="the file, relative to the configuration"), LOCATION],
    label: Annotated[
        str | Count, Field(description="column of the label, whole numbers or words; its number without a header")
    ] = "label",
    drop: Annotated[list[str | Count] | None, Field(description="columns left out, which may be text")] = None,
    separator: Annotated[
        Separator, Field(description="character between values; 'space' means one or more spaces")
    ] = ",",
    header: Annotated[
        bool, Field(description="whether the first line names the columns; if not, they are 1, 2, ...")
    ] = True,
    test_path: Annotated[
        str | None, Field(description="file of the test examples, with the same columns"), LOCATION
    ] = None,
    test_share: TestShare = TEST_SHARE,
    shape: Annotated[list[Count] | None, Field(description="rows and columns of an image, and its channels")] = None,
    classes: Classes = None,
    seed: Seed = 0,
) -> Data:
    """Table with a column of labels; all other columns are features, or the pixels of an image of a `shape`."""
    return _csv(read, path, label, drop, separator, header, test_path, test_share, shape, classes, seed)


def _npz(read: Read, path: str, classes: int | None, test_share: float, seed: int) -> Data:
    source: Source[dict[str, Array]] = read(Path(path), _parse_npz)
    arrays = source.content
    for names in _NPZ_NAMES:
        if set(names) <= set(arrays):
            train, test = (arrays[names[0]], arrays[names[1]]), (arrays[names[2]], arrays[names[3]])
            with _naming(path):
                return data_of(train, test, classes, sums=[source.sha256])
    if {"x", "y"} <= set(arrays):
        with _naming(path):
            parts = hold_out(arrays["x"], arrays["y"], test_share, seed)
            return data_of(*parts, classes, sums=[source.sha256])
    received = printable(", ".join(arrays)) or "none"
    raise DataError(f"{path}: expected arrays {', '.join(_NPZ_NAMES[0])}, or x and y; got {received}")


def _parse_npz(values: bytes, name: str) -> dict[str, Array]:
    import numpy as np

    try:
        # Unpickling objects would run code from the file.
        with zipfile.ZipFile(BytesIO(values)) as members:
            size = sum(member.file_size for member in members.infolist())
        if size > most_bytes(values):
            rule = f"at most {most_bytes(values):,} bytes from {len(values):,} compressed ones"
            raise DataError(f"{name}: expected {rule}; got {size:,}")
        with np.load(BytesIO(values), allow_pickle=False) as archive:
            return dict(archive)
    except DataError:
        raise
    # Damaged and encrypted archives make NumPy, zipfile and each decompressor raise errors of their own.
    except Exception as error:
        if "Object arrays" in str(error):
            raise DataError(f"{name}: expected arrays of numbers; got arrays of objects") from None
        raise DataError(f"{name}: expected a .npz file; got another format") from None


def _idx(read: Read, path: str, classes: int | None) -> Data:
    sources: list[Source[Array]] = [read(file, parse) for file in _idx_files(Path(path))]
    images, labels, test_images, test_labels = (source.content for source in sources)
    with _naming(path):
        pairs = (images, labels), (test_images, test_labels)
        return data_of(*pairs, classes, pixels=True, sums=[source.sha256 for source in sources])


def _csv(
    read: Read,
    path: str,
    label: str | int,
    drop: list[str | int] | None,
    separator: str,
    header: bool,
    test_path: str | None,
    test_share: float,
    shape: list[int] | None,
    classes: int | None,
    seed: int,
) -> Data:
    layout = CsvLayout(str(label), tuple(map(str, drop or ())), separator, header)
    sources: list[Source[CsvTable]] = [read(Path(file), parse_table, layout) for file in (path, test_path) if file]
    tables = [source.content for source in sources]
    if tables[0].columns != tables[-1].columns:
        raise DataError(f"{test_path}: expected the columns of {path}; got {column_names(tables[-1].columns)}")
    labels, words = class_numbers(tables)
    examples = [_shaped(table.features, shape, path) for table in tables]
    pairs = list(zip(examples, labels, strict=True))
    with _naming(path):
        train, test = pairs if test_path else hold_out(*pairs[0], test_share, seed)
        return data_of(train, test, classes, sums=[source.sha256 for source in sources], words=words)


def _shaped(features: Array, shape: list[int] | None, path: str) -> Array:
    if not shape:
        return features
    if len(shape) not in (2, 3) or math.prod(shape) != features.shape[1]:
        rule = f"rows x columns, or rows x columns x channels, of the {features.shape[1]} pixels"
        raise DataError(f"{path}: shape: expected {rule}; got {' x '.join(map(str, shape))}")
    return features.reshape(len(features), *shape)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Put the file before what is wrong with its arrays."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _idx_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"{folder}: expected a folder of IDX files; got none")
    paths = []
    for part, patterns in _IDX_PATTERNS.items():
        files = sorted({file for pattern in patterns for file in folder.glob(pattern)})
        if len(files) != 1:
            example = patterns[0].strip("*").replace("*", "-") + ("3" if "images" in part else "1")
            rule = f"one file of {part}, such as {example}-ubyte.gz"
            raise DataError(f"{folder}: expected {rule}; got {', '.join(file.name for file in files) or 'none'}")
        paths += files
    return paths


def _paths(dataset: Settings) -> list[Path]:
    return [Path(dataset[key]) for key in ("path", "test_path") if dataset.get(key)]


_FACTS: dict[tuple[object, ...], Facts] = {}


def _facts(
    function: Callable[..., Data], load: Callable[..., Data], sources: Callable[[Settings], list[Path]]
) -> Callable[[Settings], Facts | None]:
    """Return a `facts` function for an entry that reads files; each version of the files is read once."""

    def facts(dataset: Settings) -> Facts | None:
        # A file that is not named is reported where the configuration should name it.
        if dataset["path"] is None:
            return None
        arguments = arguments_of(function, dataset)
        versions = [version(file) for file in sources(dataset)]
        key = (function.__name__, json.dumps(arguments, sort_keys=True), *versions)
        if key not in _FACTS:
            _FACTS[key] = load(read_once, **arguments).facts()
        return _FACTS[key]

    return facts


NPZ = DatasetEntry(npz, facts=_facts(npz, _npz, _paths))
IDX = DatasetEntry(idx, facts=_facts(idx, _idx, lambda dataset: _idx_files(Path(dataset["path"]))), noun="images")
CSV = DatasetEntry(csv, facts=_facts(csv, _csv, _paths))
