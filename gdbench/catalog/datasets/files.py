"""Datasets from your own files: .npz, a folder of IDX files, CSV; identified by their bytes, not by their paths."""

import hashlib
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gdbench.catalog.datasets.arrays import Pair, data_of, hold_out
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, Seed, fingerprint
from gdbench.catalog.datasets.idx import content, parse
from gdbench.catalog.entry import LOCATION, Count, Share, arguments_of
from gdbench.errors import DataError
from gdbench.records import Settings

if TYPE_CHECKING:
    import pandas as pd

Classes = Annotated[Count | None, Field(description="number of classes; by default one more than the largest label")]
TestShare = Annotated[Share, Field(description="share of the examples, drawn by seed, held out for the test")]
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
    test_share: TestShare = 0.2,
    seed: Seed = 0,
) -> Data:
    """NumPy archive with x_train, y_train, x_test and y_test, as Keras has them, or with x and y."""
    import numpy as np

    try:
        # Unpickling objects would run code from the file.
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
    except OSError as error:
        raise DataError(f"{path}: expected a readable .npz file; got '{error.strerror or error}'") from None
    # All that NumPy raises for files of other kinds.
    except (ValueError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        if "Object arrays" in str(error):
            raise DataError(f"{path}: expected arrays of numbers; got arrays of objects") from None
        raise DataError(f"{path}: expected a .npz file; got another format") from None
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
    path: Annotated[str, Field(description="the folder, relative to the configuration"), LOCATION],
    classes: Classes = None,
) -> Data:
    """Folder with MNIST's four IDX files, compressed or not: train-images-idx3-ubyte, t10k-labels-idx1-ubyte, ..."""
    arrays = [parse(content(file), str(file)) for file in _idx_files(Path(path))]
    return _checked(path, (arrays[0], arrays[1]), (arrays[2], arrays[3]), classes)


def csv(
    path: Annotated[
        str, Field(description="the file, relative to the configuration; its first line names columns"), LOCATION
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
    tables = [_table(file, label) for file in (path, test_path) if file]
    names = [list(table.columns) for table in tables]
    if names[0] != names[-1]:
        raise DataError(f"{test_path}: expected the columns of {path}; got {_listed(names[-1])}")
    # Words of both files together, so that a class missing in one of them keeps its number.
    words = sorted({str(value) for table in tables for value in table[label]}) if _is_words(tables, label) else []
    pairs = [_arrays(table, label, words, shape, path) for table in tables]
    if len(pairs) == 2:
        return _checked(path, pairs[0], pairs[1], classes)
    return _held_out(path, *pairs[0], test_share, seed, classes)


def _table(path: str, label: str) -> "pd.DataFrame":
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except OSError as error:
        raise DataError(f"{path}: expected a readable file; got '{error.strerror or error}'") from None
    except (ValueError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DataError(f"{path}: expected comma-separated values; got another format: {reason}") from None
    if label not in table.columns:
        raise DataError(f"{path}: expected a column named '{label}'; got {_listed(table.columns)}")
    for name in table.columns:
        empty = table[name].isna()
        if empty.any():
            # The first line of the file is the header.
            line = empty.argmax() + 2
            raise DataError(f"{path}: expected a value in every cell of column '{name}'; got none in line {line}")
        if name != label and table[name].dtype.kind not in "buif":
            raise DataError(f"{path}: expected numbers in column '{name}'; got '{table[name].iloc[0]}'")
    return table


def _listed(columns: "Sequence[str] | pd.Index[str]") -> str:
    """Return the first names of columns, as many as a line holds."""
    return ", ".join(map(str, columns[:8]))


def _is_words(tables: "Sequence[pd.DataFrame]", label: str) -> bool:
    return any(table[label].dtype.kind not in "buif" for table in tables)


def _arrays(table: "pd.DataFrame", label: str, words: list[str], shape: list[int] | None, path: str) -> Pair:
    """Return examples and labels of a table; words are numbered in alphabetical order."""
    features = table.drop(columns=label).to_numpy()
    if shape:
        if len(shape) not in (2, 3) or math.prod(shape) != features.shape[1]:
            rule = f"rows x columns, or rows x columns x channels, of the {features.shape[1]} pixels"
            raise DataError(f"{path}: shape: expected {rule}; got {' x '.join(map(str, shape))}")
        features = features.reshape(len(features), *shape)
    if not words:
        return features, table[label].to_numpy()
    numbers = {word: number for number, word in enumerate(words)}
    return features, [numbers[str(value)] for value in table[label]]


def _checked(path: str, train: Pair, test: Pair, classes: int | None) -> Data:
    with _naming(path):
        return data_of(train, test, classes)


def _held_out(path: str, examples: object, labels: object, share: float, seed: int, classes: int | None) -> Data:
    import numpy as np

    examples, labels = np.asarray(examples), np.asarray(labels)
    # hold_out takes the same positions from both.
    if not labels.ndim or len(examples) != len(labels):
        raise DataError(f"{path}: expected as many labels as examples; got {examples.shape} and {labels.shape}")
    with _naming(path):
        train, test = hold_out(examples, labels, share, seed)
    return _checked(path, train, test, classes)


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


def _facts(load: Callable[..., Data], sources: Callable[[Settings], list[Path]]) -> Callable[[Settings], Facts]:
    """Return a `facts` function for an entry that reads files; each version of the files is read once."""

    def facts(dataset: Settings) -> Facts:
        files = sources(dataset)
        try:
            # Size and modification time identify a version without reading it.
            versions = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        except OSError as error:
            raise DataError(f"{error.filename}: expected a readable file; got '{error.strerror}'") from None
        arguments = arguments_of(load, dataset)
        key = (load.__name__, json.dumps(arguments, sort_keys=True), *versions)
        if key not in _FACTS:
            sums = (hashlib.sha256(content(file)).hexdigest() for file in files)
            _FACTS[key] = load(**arguments).facts(fingerprint(*sums))
        return _FACTS[key]

    return facts


NPZ = DatasetEntry(npz, facts=_facts(npz, _paths))
IDX = DatasetEntry(idx, facts=_facts(idx, lambda dataset: _idx_files(Path(dataset["path"]))))
CSV = DatasetEntry(csv, facts=_facts(csv, _paths))
