from itertools import combinations
from random import Random

import numpy as np
import pytest

from gdbench.comparison.letters import group_names

# The p-values of a published example, and the letters that scikit-posthocs gives it.
EXAMPLE = {(0, 1): 0.2, (0, 2): 0.01, (0, 3): 0.001, (1, 2): 0.3, (1, 3): 0.002, (2, 3): 0.4}


def random_pairs(random, count, density):
    return {pair for pair in combinations(range(count), 2) if random.random() < density}


def letters_of(names):
    return [names[item] for item in sorted(names)]


def test_the_letters_of_the_example():
    separated = {pair for pair, p in EXAMPLE.items() if p < 0.05}
    assert letters_of(group_names(range(4), separated)) == ["a", "ab", "bc", "c"]


def groups_of(names):
    """The sets of items that share a letter."""
    letters = {letter for name in names for letter in name if letter.isalpha()}
    return {frozenset(item for item, name in enumerate(names) if letter in name) for letter in letters}


def test_the_letters_are_those_of_scikit_posthocs():
    # It takes seconds to import, so that only the process that needs it does.
    from scikit_posthocs import compact_letter_display

    for seed in range(200):
        random = Random(seed)
        count = random.randint(2, 9)
        separated = random_pairs(random, count, random.random())
        p_values = np.ones((count, count))
        for one, other in separated:
            p_values[one, other] = p_values[other, one] = 0.001
        found = letters_of(group_names(range(count), separated))
        assert groups_of(found) == groups_of(compact_letter_display(p_values))


@pytest.mark.parametrize("seed", range(60))
def test_two_items_share_a_letter_exactly_if_they_are_not_separated(seed):
    random = Random(1000 + seed)
    count = random.randint(1, 25)
    separated = random_pairs(random, count, random.random())
    order = random.sample(range(count), count)
    names = group_names(order, separated)
    assert names[order[0]].startswith(("a", "1"))
    groups = {item: set(name.split(", ") if "1" in names[order[0]] else name) for item, name in names.items()}
    assert all(
        bool(groups[one] & groups[other]) == ((one, other) not in separated)
        for one, other in combinations(range(count), 2)
    )


def test_above_26_groups_there_are_numbers():
    everything = set(combinations(range(27), 2))
    assert letters_of(group_names(range(26), set(combinations(range(26), 2))))[-1] == "z"
    assert letters_of(group_names(range(27), everything))[:3] == ["1", "2", "3"]
    # The last two items are not told apart from the first, which has a group with each.
    shared = everything - {(0, 25), (0, 26)}
    assert len(set(group_names(range(27), shared).values())) == 27
    assert group_names(range(28), set(combinations(range(28), 2)) - {(0, 26), (0, 27)})[0] == "1, 2"


def test_one_item_is_a_group():
    assert group_names([0], set()) == {0: "a"}
