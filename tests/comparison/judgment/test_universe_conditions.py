from itertools import product

import pytest

from gdbench.comparison.judgment.universe_conditions import Condition, condition, deciding

UNIVERSES = list(product(("64", "128"), ("5", "20"), ("32", "128")))


def where(test) -> list[bool]:
    return [test(*labels) for labels in UNIVERSES]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (where(lambda _width, epochs, _batch: epochs == "20"), Condition(((1, ("20",)),), exact=True)),
        (
            where(lambda width, epochs, batch: epochs == "20" and (width, batch) != ("64", "32")),
            Condition(((1, ("20",)),), exact=False),
        ),
        (
            where(lambda width, epochs, _batch: (width, epochs) == ("128", "20")),
            Condition(((0, ("128",)), (1, ("20",))), exact=True),
        ),
        (where(lambda width, epochs, _batch: (width, epochs) != ("128", "20")), None),
        (where(lambda *_labels: True), None),
        (where(lambda *_labels: False), None),
    ],
)
def test_what_the_chosen_universes_have_in_common(chosen, expected):
    assert condition(UNIVERSES, chosen) == expected


def test_several_values_of_one_axis():
    universes = [("64",), ("128",), ("512",)]
    assert condition(universes, [False, True, True]) == Condition(((0, ("128", "512")),), exact=True)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (lambda _width, epochs, _batch: "holds" if epochs == "20" else "undecided", 1),
        (lambda width, epochs, _batch: f"{width} {epochs}", None),
        (lambda *_labels: "holds", None),
    ],
)
def test_the_choice_that_decides(word, expected):
    assert deciding(UNIVERSES, [word(*labels) for labels in UNIVERSES]) == expected
