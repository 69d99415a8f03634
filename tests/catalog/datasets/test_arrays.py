import numpy as np
import pytest

from gdbench.catalog.datasets.arrays import data_of, hold_out
from gdbench.errors import DataError

IMAGES, LABELS = np.zeros((4, 2, 3), np.uint8), np.array([0, 1, 2, 0])
FLOATS = np.linspace(0, 1, 24).reshape(4, 2, 3)


def test_bytes_stay_bytes_whole_numbers_of_their_range_become_bytes_and_others_floats():
    kinds = [
        data_of((images, LABELS), (images, LABELS)).train_images.dtype
        for images in (IMAGES, IMAGES.astype(np.int64) + 255, IMAGES.astype(np.int64) + 256, FLOATS, IMAGES > 0)
    ]
    assert kinds == [np.uint8, np.uint8, np.float32, np.float32, np.uint8]


def test_parts_of_two_kinds_become_one():
    data = data_of((IMAGES, LABELS), (FLOATS, LABELS))
    assert {data.train_images.dtype, data.test_images.dtype} == {np.dtype(np.float32)}


def test_classes_are_one_more_than_the_largest_label_of_both_parts():
    data = data_of((IMAGES, LABELS), (IMAGES, LABELS + 3))
    assert data.classes == 6
    assert (data.facts("x").train, data.facts("x").test, data.facts("x").shape) == (4, 4, (2, 3))


def test_a_column_of_labels_and_whole_floats_are_labels():
    data = data_of((IMAGES, LABELS[:, None].astype(float)), (IMAGES, LABELS))
    assert data.train_labels.tolist() == [0, 1, 2, 0]
    assert data.train_labels.dtype == np.int32


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
        ((IMAGES, LABELS - 1), "training labels: expected whole numbers from 0 to at most 100,000; got -1"),
        ((IMAGES, LABELS + 0.5), "training labels: expected whole numbers from 0 to at most 100,000; got 0.5"),
        ((IMAGES, LABELS * 10**6), "got 1000000"),
        (
            (IMAGES, np.array(["a", "b", "c", "a"])),
            "training labels: expected whole numbers from 0; got an array of <U1",
        ),
        ((IMAGES, np.zeros((4, 10))), "training labels: expected one label per example; got an array of shape (4, 10)"),
        ((IMAGES, LABELS[:3]), "training: expected as many labels as examples; got 3 for 4"),
        ((IMAGES[:, :1], LABELS), "training and test examples of one shape; got (1, 3) and (2, 3)"),
    ],
)
def test_what_is_no_dataset_is_said(train: tuple[np.ndarray, np.ndarray], said: str):
    with pytest.raises(DataError) as caught:
        data_of(train, (IMAGES, LABELS))
    assert said in str(caught.value)


def test_labels_beyond_the_classes_are_said():
    with pytest.raises(DataError, match=r"labels from 0 to 1, since classes is 2; got 2"):
        data_of((IMAGES, LABELS), (IMAGES, LABELS), classes=2)


def test_one_class_alone_is_nothing_to_learn():
    with pytest.raises(DataError, match="labels of at least two classes; got only 0"):
        data_of((IMAGES, LABELS * 0), (IMAGES, LABELS * 0))


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
