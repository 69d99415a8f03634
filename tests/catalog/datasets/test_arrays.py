import numpy as np
import pytest

from gdbench.catalog.datasets.arrays import data_of, hold_out
from gdbench.errors import DataError

IMAGES, LABELS = np.zeros((4, 2, 3), np.uint8), np.array([0, 1, 2, 0])
FLOATS = np.linspace(0, 1, 24).reshape(4, 2, 3)


@pytest.mark.parametrize(
    ("examples", "pixels", "kind"),
    [
        (IMAGES + 128, False, np.uint8),
        (IMAGES.astype(np.int64) + 255, False, np.uint8),
        (IMAGES.astype(np.int64) + 256, False, np.float32),
        (IMAGES + 127, False, np.float32),
        (IMAGES + 127, True, np.uint8),
        (IMAGES.reshape(4, 6) + 200, False, np.float32),
        (IMAGES.reshape(4, 6) + 200, True, np.uint8),
        (FLOATS, True, np.float32),
        (IMAGES > 0, False, np.float32),
    ],
)
def test_whole_numbers_are_pixels_where_the_source_says_so_and_in_bright_images(
    examples: np.ndarray, pixels: bool, kind: type
):
    data = data_of((examples, LABELS), (examples, LABELS), pixels=pixels)
    assert (data.train_images.dtype, data.test_images.dtype) == (kind, kind)


def test_what_was_bytes_and_is_features_now_counts_as_other_data():
    table, images = IMAGES.reshape(4, 6), IMAGES + 200
    sums = {
        data_of((examples, LABELS), (examples, LABELS), sums=["a"], pixels=pixels).fingerprint
        for examples, pixels in ((table, False), (table, True), (images, False), (FLOATS, False))
    }
    assert len(sums) == 2


def test_the_training_examples_alone_decide():
    bright = IMAGES + 200
    assert data_of((IMAGES, LABELS), (bright, LABELS)).test_images.dtype == np.float32
    assert data_of((bright, LABELS), (IMAGES, LABELS)).test_images.dtype == np.uint8


def test_parts_of_two_kinds_become_one():
    data = data_of((IMAGES, LABELS), (FLOATS, LABELS))
    assert {data.train_images.dtype, data.test_images.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize("found", [(0, 1, 2), (1, 2, 3), (-1, 0, 1), (3, 30, 3_000_000)])
def test_classes_are_the_labels_found_in_ascending_order(found: tuple[int, ...]):
    labels = np.array(found)[LABELS]
    data = data_of((IMAGES, labels), (IMAGES, labels))
    assert data.classes == 3
    assert data.train_labels.tolist() == data.test_labels.tolist() == LABELS.tolist()
    facts = data.facts()
    assert (facts.train, facts.test, facts.shape) == (4, 4, (2, 3))
    assert facts.absent("last", 0, 2, 1, 3) == {"training": [2], "validation": [1, 2], "test": []}
    mapped = ["labels " + f"{found[0]}, {found[1]} and {found[2]} taken as classes 0, 1 and 2"]
    assert list(facts.notes[1:]) == ([] if found == (0, 1, 2) else mapped)


def test_labels_that_are_numbered_anew_count_as_other_data():
    sums = {data_of((IMAGES, L), (IMAGES, L), sums=["a"], pixels=True).fingerprint for L in (LABELS, LABELS + 1)}
    assert len(sums) == 2


def test_a_label_that_only_the_test_has_is_refused():
    with pytest.raises(DataError, match="test labels: expected only those of training examples; got labels 3 and 5"):
        data_of((IMAGES, LABELS), (IMAGES, np.array([0, 3, 5, 5])))
    with pytest.raises(DataError, match="got label wren"):
        data_of((IMAGES, LABELS), (IMAGES, LABELS + 1), words=["auk", "emu", "tit", "wren"])


def test_classes_that_no_training_example_has_are_said():
    data = data_of((IMAGES, LABELS), (IMAGES, LABELS), classes=5)
    assert (data.classes, data.notes[1]) == (5, "no training example of classes 3 and 4")
    with pytest.raises(DataError, match="classes: expected at most 100,000; got 1000000000"):
        data_of((IMAGES, LABELS), (IMAGES, LABELS), classes=10**9)


def test_a_column_of_labels_and_whole_floats_are_labels():
    data = data_of((IMAGES, LABELS[:, None].astype(float)), (IMAGES, LABELS))
    assert data.train_labels.tolist() == [0, 1, 2, 0]
    assert data.train_labels.dtype == np.int32


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "u8", "i1", "?"])
def test_labels_of_every_type_of_numbers_are_read_without_a_warning(kind: str):
    labels = np.array([0, 1, 1, 0])
    assert data_of((IMAGES, labels.astype(kind)), (IMAGES, labels)).train_labels.tolist() == [0, 1, 1, 0]


NAN = FLOATS.copy()
NAN[2, 1, 0] = np.nan


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ((NAN, LABELS), "training examples: expected finite numbers; got nan in example 3"),
        ((FLOATS - np.inf, LABELS), "training examples: expected finite numbers; got -inf in example 1"),
        ((IMAGES.astype(str), LABELS), "training examples: expected numbers; got an array of <U"),
        ((np.zeros(4), LABELS), "training examples: expected a non-empty array of shape (count, features), "),
        ((np.zeros((0, 2, 3)), LABELS[:0]), "got shape (0, 2, 3)"),
        ((FLOATS + 1e300, LABELS), "training examples: expected finite numbers; got 1e+300 in example 1"),
        ((IMAGES, LABELS + 0.5), "training labels: expected whole numbers; got 0.5"),
        ((IMAGES, LABELS + np.nan), "training labels: expected whole numbers; got nan"),
        ((IMAGES, LABELS * 1e300), "training labels: expected whole numbers; got 1e+300"),
        ((IMAGES, np.array(["a", "b", "c", "a"])), "training labels: expected whole numbers; got an array of <U1"),
        (
            (IMAGES, np.zeros((4, 10))),
            "one label, or one row with a single 1, per example; got an array of shape (4, 10)",
        ),
        ((IMAGES, LABELS[:3]), "training: expected as many labels as examples; got 3 for 4"),
        ((IMAGES[:, :1], LABELS), "training and test examples of one shape; got (1, 3) and (2, 3)"),
    ],
)
def test_what_is_no_dataset_is_said(train: tuple[np.ndarray, np.ndarray], said: str):
    with pytest.raises(DataError) as caught:
        data_of(train, (IMAGES, LABELS))
    assert said in str(caught.value)


@pytest.mark.parametrize("kind", [np.float32, np.int64, bool])
def test_one_hot_labels_are_labels_and_each_column_is_a_class(kind: type):
    plain = data_of((IMAGES, LABELS), (IMAGES, LABELS), classes=5)
    data = data_of((IMAGES, np.eye(5, dtype=kind)[LABELS]), (IMAGES, np.eye(5, dtype=kind)[LABELS]))
    assert data.train_labels.tolist() == data.test_labels.tolist() == plain.train_labels.tolist()
    assert data.classes == 5
    assert data.notes[1:] == ("one-hot labels", "no training example of classes 3 and 4")


def test_rows_that_are_not_one_hot_are_refused():
    soft = np.array([[0.5, 0.5], [1, 0], [0, 1], [1, 0]])
    several = np.array([[1, 1], [1, 0], [0, 1], [1, 0]])
    for labels in (soft, several):
        with pytest.raises(DataError, match=r"one label, or one row with a single 1, per example; .* shape \(4, 2\)"):
            data_of((IMAGES, labels), (IMAGES, LABELS))
    with pytest.raises(DataError, match=r"labels from 0 to 2, since classes is 3; got 3"):
        data_of((IMAGES, np.eye(3)[LABELS]), (IMAGES, np.eye(4)[[0, 1, 2, 3]]))


@pytest.mark.parametrize("words", [np.array(["a", "b", "c", "a"]), np.array(["a", "b", "c", "a"], dtype=object)])
def test_words_are_refused_with_what_numbers_them(words: np.ndarray):
    with pytest.raises(DataError, match=r"; number words with pandas.factorize\(labels\)\[0\]$"):
        data_of((IMAGES, words), (IMAGES, LABELS))
    with pytest.raises(DataError, match=r"; encode words with pandas.get_dummies$"):
        data_of((words[:, None], LABELS), (IMAGES, LABELS))
    with pytest.raises(DataError, match=r"got nan in example 3; fill missing values first, such as with numpy.nan"):
        data_of((NAN, LABELS), (IMAGES, LABELS))


def test_labels_beyond_the_classes_are_said():
    with pytest.raises(DataError, match=r"labels from 0 to 1, since classes is 2; got 2"):
        data_of((IMAGES, LABELS), (IMAGES, LABELS), classes=2)


def test_one_class_alone_is_nothing_to_learn():
    for label in (0, 1):
        with pytest.raises(DataError, match=f"labels of at least two classes; got only {label}"):
            data_of((IMAGES, LABELS * 0 + label), (IMAGES, LABELS * 0 + label))


def test_a_share_is_held_out_at_random_and_nothing_is_lost():
    examples = np.arange(100)[:, None]
    (train, train_labels), (test, test_labels) = hold_out(examples, np.arange(100), 0.3, seed=1)
    assert (len(train), len(test)) == (70, 30)
    assert sorted([*train[:, 0], *test[:, 0]]) == list(range(100))
    assert np.array_equal(train[:, 0], train_labels)
    assert np.array_equal(test[:, 0], test_labels)
    assert test[:, 0].tolist() != sorted(test[:, 0])
    assert hold_out(examples, np.arange(100), 0.3, seed=2)[1][1].tolist() != test_labels.tolist()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.999])
def test_a_share_that_leaves_nothing_is_said(share: float):
    with pytest.raises(DataError, match="test_share: expected a share that leaves at least one example in each part"):
        hold_out(np.zeros((100, 1)), np.zeros(100), share, seed=0)
