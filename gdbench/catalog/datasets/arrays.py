"""Turns arrays from outside into a dataset, or reports on one line why they cannot be one."""

from gdbench.catalog.datasets.dataset import Data
from gdbench.catalog.tensors import Array
from gdbench.errors import DataError

# Beyond that a column of numbers is no label: an output for each class would not fit into memory.
MOST_CLASSES = 100_000

# Examples and their labels, as yet unchecked, and checked.
Pair = tuple[object, object]
Arrays = tuple[Array, Array]


def data_of(train: Pair, test: Pair, classes: int | None = None) -> Data:
    """Check (examples, labels) of both parts; `classes` defaults to one more than the largest label.

    Whole numbers from 0 to 255 become bytes, all others float32.

    Raises:
        DataError: they are not examples with labels.
    """
    train_examples, train_labels = _checked("training", train)
    test_examples, test_labels = _checked("test", test)
    if train_examples.shape[1:] != test_examples.shape[1:]:
        shapes = f"{train_examples.shape[1:]} and {test_examples.shape[1:]}"
        raise DataError(f"expected training and test examples of one shape; got {shapes}")
    largest = max(int(train_labels.max()), int(test_labels.max()))
    if classes is not None and largest >= classes:
        raise DataError(f"expected labels from 0 to {classes - 1}, since classes is {classes}; got {largest}")
    if not largest:
        raise DataError("expected labels of at least two classes; got only 0")
    # Bytes are scaled otherwise than floats, so both parts must be of one kind.
    if train_examples.dtype != test_examples.dtype:
        train_examples, test_examples = train_examples.astype("float32"), test_examples.astype("float32")
    return Data(train_examples, train_labels, test_examples, test_labels, classes or largest + 1)


def hold_out(examples: Array, labels: Array, share: float, seed: int) -> tuple[Arrays, Arrays]:
    """Return training and test parts of shuffled examples, `share` of them for the test.

    Raises:
        DataError: one of the parts would be empty.
    """
    import numpy as np

    count = round(share * len(labels))
    if not 0 < count < len(labels):
        rule = "a share that leaves at least one example in each part"
        raise DataError(f"test_share: expected {rule}; got {share:g} of {len(labels)}")
    order = np.random.default_rng(seed).permutation(len(labels))
    train, test = order[:-count], order[-count:]
    return (examples[train], labels[train]), (examples[test], labels[test])


def _checked(part: str, pair: Pair) -> Arrays:
    examples, labels = _examples(part, pair[0]), _labels(part, pair[1])
    if len(examples) != len(labels):
        raise DataError(f"{part}: expected as many labels as examples; got {len(labels)} for {len(examples)}")
    return examples, labels


def _examples(part: str, values: object) -> Array:
    import numpy as np

    examples = np.asarray(values)
    if examples.dtype.kind not in "buif":
        raise DataError(f"{part} examples: expected numbers; got an array of {examples.dtype}")
    if not 2 <= examples.ndim <= 4 or not examples.size:
        shapes = "(count, features), (count, rows, columns) or (count, rows, columns, channels)"
        raise DataError(f"{part} examples: expected a non-empty array of shape {shapes}; got shape {examples.shape}")
    if examples.dtype.kind == "f" and not np.isfinite(examples).all():
        first = np.argwhere(~np.isfinite(examples))[0]
        value = examples[tuple(first)]
        raise DataError(f"{part} examples: expected finite numbers; got {value} in example {first[0] + 1}")
    # Pixels stay bytes, a quarter of the memory of floats; they are scaled batch by batch.
    if examples.dtype.kind in "bui" and examples.min() >= 0 and examples.max() <= 255:
        return np.ascontiguousarray(examples, np.uint8)
    return np.ascontiguousarray(examples, np.float32)


def _labels(part: str, values: object) -> Array:
    import numpy as np

    labels = np.asarray(values)
    # As keras.datasets.cifar10 has them.
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not labels.size:
        raise DataError(f"{part} labels: expected one label per example; got an array of shape {labels.shape}")
    if labels.dtype.kind not in "buif":
        raise DataError(f"{part} labels: expected whole numbers from 0; got an array of {labels.dtype}")
    wrong = labels[(labels < 0) | (labels != np.floor(labels)) | (labels > MOST_CLASSES)]
    if len(wrong):
        raise DataError(f"{part} labels: expected whole numbers from 0 to at most {MOST_CLASSES:,}; got {wrong[0]}")
    return labels.astype(np.int32)
