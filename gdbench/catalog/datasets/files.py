"""Datasets from files of one's own: .npz, a folder of IDX files, CSV; told apart by their bytes, not by their place."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gdbench.catalog.datasets.arrays import data_of, hold_out
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, Seed, fingerprint
from gdbench.catalog.datasets.idx import content, parse
from gdbench.catalog.entry import LOCATION, Count, Share, arguments_of
from gdbench.errors import DataError

Classes = Annotated[Count | None, Field(description="how many; by default one more than the largest label")]
TestShare = Annotated[Share, Field(description="share of the examples, drawn by seed, that is held out for the test")]
_NPZ_NAMES = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
)
# File names as the sources of MNIST, its successors and EMNIST have them.
_IDX_PATTERNS = {
    "training images": ("*train*images*idx*",),
    "training labels": ("*train*labels*idx*",),
    "test images": ("*t10k*images*idx*", "*test*images*idx*"),
    "test labels": ("*t10k*labels*idx*", "*test*labels*idx*"),
}


def npz(
    path: Annotated[str, Field(description="the file, from the configuration's folder"), LOCATION],
    classes: Classes = None,
    test_share: TestShare = 0.2,
    seed: Seed = 0,
) -> Data:
    """NumPy archive with x_train, y_train, x_test and y_test, as Keras has them, or with x and y."""
    import numpy as np

    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or 'not a .npz file'}") from None
    except (ValueError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        objects = "Object arrays" in str(error)
        raise DataError(f"{path}: " + ("arrays of numbers, not of objects" if objects else "not a .npz file")) from None
    for names in _NPZ_NAMES:
        if set(names) <= set(arrays):
            train, test = (arrays[names[0]], arrays[names[1]]), (arrays[names[2]], arrays[names[3]])
            return _checked(path, train, test, classes)
    if {"x", "y"} <= set(arrays):
        return _held_out(path, arrays["x"], arrays["y"], test_share, seed, classes)
    raise DataError(
        f"{path}: expected arrays {', '.join(_NPZ_NAMES[0])}, or x and y; got {', '.join(arrays) or 'none'}"
    )


def idx(
    path: Annotated[str, Field(description="the folder, from the configuration's folder"), LOCATION],
    classes: Classes = None,
) -> Data:
    """Folder with MNIST's four IDX files, compressed or not: train-images-idx3-ubyte, t10k-labels-idx1-ubyte, ..."""
    arrays = [parse(content(file), str(file)) for file in _idx_files(Path(path))]
    return _checked(path, (arrays[0], arrays[1]), (arrays[2], arrays[3]), classes)


def csv(
    path: Annotated[
        str, Field(description="the file, from the configuration's folder; its first line names columns"), LOCATION
    ],
    label: Annotated[str, Field(description="column of the label: whole numbers from 0, or words")] = "label",
    test_path: Annotated[
        str | None, Field(description="file of the test examples, with the same columns"), LOCATION
    ] = None,
    test_share: TestShare = 0.2,
    shape: Annotated[list[Count] | None, Field(description="rows and columns of an image, and its channels")] = None,
    classes: Classes = None,
    seed: Seed = 0,
) -> Data:
    """Table with a column of labels; all other columns are features, or the pixels of an image of a `shape`."""
    tables = [_table(each, label) for each in (path, test_path) if each]
    names = [list(table.columns) for table in tables]
    if names[0] != names[-1]:
        raise DataError(f"{test_path}: the columns of {path}")
    words = sorted({str(value) for table in tables for value in table[label]}) if _is_words(tables, label) else []
    pairs = [_pair(table, label, words, shape, path) for table in tables]
    if len(pairs) == 2:
        return _checked(path, pairs[0], pairs[1], classes)
    return _held_out(path, *pairs[0], test_share, seed, classes)


def _table(path: str, label: str) -> Any:
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(f"{path}: not a table: {str(error).strip().splitlines()[0]}") from None
    if label not in table.columns:
        raise DataError(f"{path}: expected a column named '{label}'; got {', '.join(map(str, table.columns[:8]))}")
    for name in table.columns:
        empty = table[name].isna()
        if empty.any():
            raise DataError(f"{path}: a value in every cell; column '{name}' has none in line {empty.argmax() + 2}")
        if name != label and table[name].dtype.kind not in "buif":
            raise DataError(f"{path}: expected numbers in column '{name}'; got '{table[name].iloc[0]}'")
    return table


def _is_words(tables: list[Any], label: str) -> bool:
    return any(table[label].dtype.kind not in "buif" for table in tables)


def _pair(table: Any, label: str, words: list[str], shape: list[int] | None, path: str) -> tuple[Any, Any]:
    """Return examples and labels of a table; words stand for their places in the alphabet."""
    import math

    features = table.drop(columns=label).to_numpy()
    if shape:
        if len(shape) not in (2, 3) or math.prod(shape) != features.shape[1]:
            wanted = " x ".join(map(str, shape))
            raise DataError(f"{path}: shape: expected rows x columns of the {features.shape[1]} pixels; got {wanted}")
        features = features.reshape(len(features), *shape)
    labels = table[label].to_numpy()
    if words:
        places = {word: place for place, word in enumerate(words)}
        labels = [places[str(value)] for value in labels]
    return features, labels


def _checked(path: str, train: tuple[Any, Any], test: tuple[Any, Any], classes: int | None) -> Data:
    try:
        return data_of(train, test, classes)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _held_out(path: str, examples: Any, labels: Any, share: float, seed: int, classes: int | None) -> Data:
    import numpy as np

    examples, labels = np.asarray(examples), np.asarray(labels)
    if not labels.ndim or len(examples) != len(labels):
        raise DataError(f"{path}: expected as many labels as examples; got {examples.shape} and {labels.shape}")
    try:
        train, test = hold_out(examples, labels, share, seed)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return _checked(path, train, test, classes)


def _idx_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"{folder}: a folder of IDX files; there is none")
    found = []
    for part, patterns in _IDX_PATTERNS.items():
        files = sorted({file for pattern in patterns for file in folder.glob(pattern)})
        if len(files) != 1:
            example = patterns[0].strip("*").replace("*", "-") + ("3" if "images" in part else "1")
            rule = f"one file of {part}, such as {example}-ubyte.gz"
            raise DataError(f"{folder}: expected {rule}; got {', '.join(file.name for file in files) or 'none'}")
        found += files
    return found


def _paths(arguments: Mapping[str, Any]) -> list[Path]:
    return [Path(arguments[key]) for key in ("path", "test_path") if arguments.get(key)]


_FACTS: dict[tuple[Any, ...], Facts] = {}


def _facts(load: Callable[..., Data], sources: Callable[[Mapping[str, Any]], list[Path]]) -> Any:
    """Return a `facts` function for an entry that reads files: they are read once in each state of theirs."""

    def facts(arguments: Mapping[str, Any]) -> Facts:
        files = sources(arguments)
        try:
            states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        except OSError as error:
            raise DataError(f"{error.filename}: cannot be read: {error.strerror}") from None
        given = arguments_of(load, arguments)
        key = (load.__name__, json.dumps(given, sort_keys=True), *states)
        if key not in _FACTS:
            sums = (hashlib.sha256(content(file)).hexdigest() for file in files)
            _FACTS[key] = load(**given).facts(fingerprint(*sums))
        return _FACTS[key]

    return facts


NPZ = DatasetEntry(npz, facts=_facts(npz, _paths))
IDX = DatasetEntry(idx, facts=_facts(idx, lambda arguments: _idx_files(Path(arguments["path"]))))
CSV = DatasetEntry(csv, facts=_facts(csv, _paths))
