"""Which training examples validation takes: the last, random ones, or random ones with each class in proportion."""

import numpy as np
import pytest

from gdbench.catalog.datasets.partition import order, places

SORTED = np.repeat([0, 1, 2], [60, 30, 10])


def test_the_last_are_those_of_the_file():
    assert order(SORTED, "last", 5).tolist() == list(range(100))


@pytest.mark.parametrize("partition", ["random", "stratified"])
def test_examples_are_shuffled_by_the_seed_and_none_is_lost(partition: str):
    first, again, other = (order(SORTED, partition, seed) for seed in (0, 0, 1))
    assert sorted(first) == list(range(100))
    assert first.tolist() == again.tolist() != other.tolist()
    assert (np.diff(first) < 0).any()
    # Within a class too.
    of_class = first[SORTED[first] == 0]
    assert (np.diff(of_class) < 0).any()


@pytest.mark.parametrize("seed", range(5))
def test_every_beginning_and_end_holds_each_class_in_proportion(seed: int):
    labels = SORTED[order(SORTED, "stratified", seed)]
    for count in range(1, 101):
        for part in (labels[:count], labels[-count:]):
            assert np.abs(np.bincount(part, minlength=3) - count * np.array([0.6, 0.3, 0.1])).max() <= 1
    assert np.bincount(labels[-20:]).tolist() == [12, 6, 2]


def test_a_class_of_one_example_is_trained_on():
    labels = np.array([0] * 50 + [1] * 49 + [2])
    for seed in range(20):
        assert 2 not in labels[order(labels, "stratified", seed)][-25:]


def test_the_order_is_that_of_always():
    # If it changes, runs with the same id would be trained on other images.
    assert order(np.arange(8) % 2, "random", 0).tolist() == [1, 3, 7, 6, 0, 4, 2, 5]
    assert order(np.arange(8) % 2, "stratified", 0).tolist() == [1, 6, 3, 0, 7, 4, 2, 5]


def test_places_are_the_first_and_the_last_of_each_class():
    assert places(np.array([2, 0, 2, 1, 0])) == {0: (1, 4), 1: (3, 3), 2: (0, 2)}
