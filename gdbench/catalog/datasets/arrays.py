"""Turns arrays from outside into a dataset, or reports on one line why they cannot be one."""

from collections.abc import Sequence

from gdbench.catalog.datasets.dataset import Data, fingerprint
from gdbench.catalog.tensors import Array
from gdbench.errors import DataError
from gdbench.text import listed

# A column with more distinct numbers is no label: an output for each class would not fit into memory.
MOST_CLASSES = 100_000
# The brightest pixel of photographs is above this; digits of 0 to 15 and black-and-white pictures stay below it.
DARKEST_WHITE = 127

# Examples and their labels, as yet unchecked, and checked.
Pair = tuple[object, object]
Arrays = tuple[Array, Array]


def data_of(
    train: Pair,
    test: Pair,
    classes: int | None = None,
    *,
    pixels: bool = False,
    sums: Sequence[str] = (),
    words: Sequence[str] = (),
) -> Data:
    """Check (examples, labels) of both parts; unless `classes` is given, the labels found are numbered from 0.

    Whole numbers from 0 to 255 become bytes if they are pixels, all others float32. They are pixels where the source
    says so (`pixels`), and in images whose largest training value is above 127. `sums` are the checksums of the
    source, and `words` what its labels stand for.

    Raises:
        DataError: they are not examples with labels.
    """
    train_examples, train_labels, width = _checked("training", train)
    test_examples, test_labels, _ = _checked("test", test)
    # Each column of one-hot labels is a class, even if no example has it.
    classes = classes or width
    if train_examples.shape[1:] != test_examples.shape[1:]:
        shapes = f"{train_examples.shape[1:]} and {test_examples.shape[1:]}"
        raise DataError(f"expected training and test examples of one shape; got {shapes}")
    found = _classes_found(train_labels, test_labels, classes, words)
    bytes_only = _fits_bytes(train_examples) and _fits_bytes(test_examples)
    is_image = train_examples.ndim > 2
    as_pixels = bytes_only and (pixels or (is_image and int(train_examples.max()) > DARKEST_WHITE))
    # What is computed from the same bytes under another rule must count as other data.
    readings = ["own range"] if bytes_only and not as_pixels else []
    notes = [] if pixels else [_taken_as(as_pixels, is_image)]
    notes += ["one-hot labels"] if width else []
    if classes is None and found != list(range(len(found))):
        readings.append("classes as found")
        notes.append(f"{listed('label', found)} taken as {listed('class', range(len(found)))}")
        train_labels, test_labels = _numbered(train_labels, found), _numbered(test_labels, found)
        words = list(map(str, found))
    elif classes is not None and len(found) < classes and not pixels:
        notes.append(f"no training example of {listed('class', sorted(set(range(classes)) - set(found)))}")
    return Data(
        _stored(train_examples, as_pixels),
        _numbered(train_labels),
        _stored(test_examples, as_pixels),
        _numbered(test_labels),
        classes or len(found),
        fingerprint(*sums, *readings) if sums else "",
        tuple(notes),
        tuple(words),
    )


def hold_out(examples: Array, labels: Array, share: float, seed: int) -> tuple[Arrays, Arrays]:
    """Return training and test parts of shuffled examples, `share` of them for the test.

    Raises:
        DataError: one of the parts would be empty, or labels are missing.
    """
    import numpy as np

    if not labels.ndim or not examples.ndim or len(examples) != len(labels):
        raise DataError(f"expected as many labels as examples; got {examples.shape} and {labels.shape}")
    count = round(share * len(labels))
    if not 0 < count < len(labels):
        rule = "a share that leaves at least one example in each part"
        raise DataError(f"test_share: expected {rule}; got {share:g} of {len(labels)}")
    order = np.random.default_rng(seed).permutation(len(labels))
    train, test = order[:-count], order[-count:]
    return (examples[train], labels[train]), (examples[test], labels[test])


def _checked(part: str, pair: Pair) -> tuple[Array, Array, int | None]:
    """Return the examples and labels of a part, and the number of classes that one-hot labels have."""
    examples, (labels, width) = _examples(part, pair[0]), _labels(part, pair[1])
    if len(examples) != len(labels):
        raise DataError(f"{part}: expected as many labels as examples; got {len(labels)} for {len(examples)}")
    return examples, labels, width


def _examples(part: str, values: object) -> Array:
    import numpy as np

    examples = np.asarray(values)
    if examples.dtype.kind not in "buif":
        remedy = "; encode words with pandas.get_dummies" if examples.dtype.kind in "USO" else ""
        raise DataError(f"{part} examples: expected numbers; got an array of {examples.dtype}{remedy}")
    if not 2 <= examples.ndim <= 4 or not examples.size:
        shapes = "(count, features), (count, rows, columns) or (count, rows, columns, channels)"
        raise DataError(f"{part} examples: expected a non-empty array of shape {shapes}; got shape {examples.shape}")
    # Checked as they are stored: a float64 may be too large for a float32.
    with np.errstate(over="ignore"):
        stored = examples.astype(np.float32, copy=False) if examples.dtype.kind == "f" else examples
    if stored.dtype.kind == "f" and not np.isfinite(stored).all():
        first = np.argwhere(~np.isfinite(stored))[0]
        value = examples[tuple(first)]
        remedy = "; fill missing values first, such as with numpy.nan_to_num" if np.isnan(value) else ""
        raise DataError(f"{part} examples: expected finite numbers; got {value} in example {first[0] + 1}{remedy}")
    return stored


def _labels(part: str, values: object) -> tuple[Array, int | None]:
    import numpy as np

    labels = np.asarray(values)
    # As keras.datasets.cifar10 has them.
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype.kind not in "buif":
        remedy = "; number words with pandas.factorize(labels)[0]" if labels.dtype.kind in "USO" else ""
        raise DataError(f"{part} labels: expected whole numbers; got an array of {labels.dtype}{remedy}")
    if labels.ndim == 2 and labels.size and _is_one_hot(labels):
        return labels.argmax(axis=1).astype(np.int64), labels.shape[1]
    if labels.ndim != 1 or not labels.size:
        rule = "one label, or one row with a single 1, per example"
        raise DataError(f"{part} labels: expected {rule}; got an array of shape {labels.shape}")
    # The largest float below which every whole number is one; a smaller type has none so large.
    numbers = labels.astype(np.float64)
    wrong = labels[~((numbers == np.floor(numbers)) & (numbers > -(2.0**53)) & (numbers < 2.0**53))]
    if len(wrong):
        raise DataError(f"{part} labels: expected whole numbers; got {wrong[0]}")
    return labels.astype(np.int64), None


def _is_one_hot(rows: Array) -> bool:
    """Whether each row has a single 1 and otherwise zeros."""
    return bool(((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all())


def _classes_found(train: Array, test: Array, classes: int | None, words: Sequence[str]) -> list[int]:
    """Return the labels of the training examples in ascending order."""
    import numpy as np

    found: list[int] = np.unique(train).tolist()
    spell = dict(enumerate(words))
    if classes is not None:
        if classes > MOST_CLASSES:
            raise DataError(f"classes: expected at most {MOST_CLASSES:,}; got {classes}")
        outside = next((label for label in (*found, *np.unique(test).tolist()) if not 0 <= label < classes), None)
        if outside is not None:
            rule = f"labels from 0 to {classes - 1}, since classes is {classes}"
            raise DataError(f"expected {rule}; got {spell.get(outside, outside)}")
    elif unseen := sorted(set(np.unique(test).tolist()) - set(found)):
        received = listed("label", [spell.get(label, label) for label in unseen])
        raise DataError(f"test labels: expected only those of training examples; got {received}")
    if len(found) > MOST_CLASSES:
        raise DataError(f"training labels: expected at most {MOST_CLASSES:,} classes; got {len(found):,}")
    if len(found) < 2:
        raise DataError(f"expected labels of at least two classes; got only {spell.get(found[0], found[0])}")
    return found


def _fits_bytes(examples: Array) -> bool:
    return examples.dtype.kind in "bui" and bool(examples.min() >= 0) and bool(examples.max() <= 255)


def _taken_as(as_pixels: bool, is_image: bool) -> str:
    if as_pixels:
        return "images of pixels from 0 to 255"
    return "images with their own range" if is_image else "each feature with its own range"


def _stored(examples: Array, as_pixels: bool) -> Array:
    """Return pixels as bytes, a quarter of the memory of floats; they are scaled batch by batch."""
    import numpy as np

    return np.ascontiguousarray(examples, np.uint8 if as_pixels else np.float32)


def _numbered(labels: Array, found: Sequence[int] | None = None) -> Array:
    """Return labels as int32, where `found` lists them by their place in it."""
    import numpy as np

    return (labels if found is None else np.searchsorted(found, labels)).astype(np.int32)
