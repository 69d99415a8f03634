"""Arrays from outside become a dataset, or one line that says why they are none."""

from typing import TYPE_CHECKING, Any

from gdbench.catalog.datasets.dataset import Data
from gdbench.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

# Beyond that a column of numbers is no label: an output a class would not fit into memory.
MOST_CLASSES = 100_000


def data_of(train: tuple[Any, Any], test: tuple[Any, Any], classes: int | None = None) -> Data:
    """Check (examples, labels) of both parts; `classes` is one more than the largest label where it isn't given.

    Whole numbers from 0 to 255 become bytes, all others float32.

    Raises:
        DataError: they are no examples with labels.
    """
    parts = {name: (_examples(name, part[0]), _labels(name, part[1])) for name, part in _named(train, test)}
    for name, (examples, labels) in parts.items():
        if len(examples) != len(labels):
            raise DataError(f"{name}: expected as many labels as examples; got {len(labels)} for {len(examples)}")
    shapes = [examples.shape[1:] for examples, _ in parts.values()]
    if shapes[0] != shapes[1]:
        raise DataError(f"expected training and test examples of one shape; got {shapes[0]} and {shapes[1]}")
    largest = max(int(labels.max()) for _, labels in parts.values())
    if classes is not None and largest >= classes:
        raise DataError(f"expected labels from 0 to {classes - 1}, as classes says; got {largest}")
    if not largest:
        raise DataError("expected labels of at least two classes; got 0 alone")
    (train_examples, train_labels), (test_examples, test_labels) = parts.values()
    if train_examples.dtype != test_examples.dtype:
        train_examples, test_examples = (part.astype("float32") for part in (train_examples, test_examples))
    return Data(train_examples, train_labels, test_examples, test_labels, classes or largest + 1)


def hold_out(examples: "Array", labels: "Array", share: float, seed: int) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return training and test parts of shuffled examples, `share` of them for the test.

    Raises:
        DataError: one of the parts would be empty.
    """
    import numpy as np

    count = round(share * len(labels))
    if not 0 < count < len(labels):
        raise DataError(f"test_share: at least one example for each part; {share:g} of {len(labels)} leaves none")
    order = np.random.default_rng(seed).permutation(len(labels))
    train, test = order[:-count], order[-count:]
    return (examples[train], labels[train]), (examples[test], labels[test])


def _named(train: tuple[Any, Any], test: tuple[Any, Any]) -> tuple[tuple[str, tuple[Any, Any]], ...]:
    return ("training", train), ("test", test)


def _examples(name: str, given: Any) -> "Array":
    import numpy as np

    examples = np.asarray(given)
    if examples.dtype.kind not in "buif":
        raise DataError(f"{name} examples: expected numbers; got an array of {examples.dtype}")
    if not 2 <= examples.ndim <= 4 or not examples.size:
        rule = "(count, features), (count, rows, columns) or (count, rows, columns, channels)"
        raise DataError(f"{name} examples: expected {rule}, none of them 0; got {examples.shape}")
    if examples.dtype.kind == "f" and not np.isfinite(examples).all():
        first = np.argwhere(~np.isfinite(examples))[0]
        raise DataError(
            f"{name} examples: expected finite numbers; got {examples[tuple(first)]} in number {first[0] + 1}"
        )
    if examples.dtype.kind in "bui" and examples.min() >= 0 and examples.max() <= 255:
        return np.ascontiguousarray(examples, np.uint8)
    return np.ascontiguousarray(examples, np.float32)


def _labels(name: str, given: Any) -> "Array":
    import numpy as np

    labels = np.asarray(given)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not labels.size:
        raise DataError(f"{name} labels: expected one an example; got an array of shape {labels.shape}")
    if labels.dtype.kind not in "buif":
        raise DataError(f"{name} labels: expected whole numbers from 0; got an array of {labels.dtype}")
    wrong = labels[(labels < 0) | (labels != np.floor(labels)) | (labels > MOST_CLASSES)]
    if len(wrong):
        raise DataError(f"{name} labels: expected whole numbers from 0 to at most {MOST_CLASSES:,}; got {wrong[0]}")
    return labels.astype(np.int32)
