"""One look a row: colors, dashes and shapes, the same in every comparison, and short printable names."""

from itertools import pairwise

from gdbench.display.charts.row_styles import COLORS, DASHES, RowStyles, chart_names, row_words, style_of
from gdbench.experiment.experiment import Axis, Comparison, Experiment, Point


def comparison(name: str, *labels: tuple[str, ...]) -> Comparison:
    axes = tuple(
        Axis(f"axis{place}", tuple(dict.fromkeys(each[place] for each in labels))) for place in range(len(labels[0]))
    )
    return Comparison(name, name, axes, tuple(Point(each, (f"{name}{each}",)) for each in labels), (0,))


def styles(*comparisons: Comparison) -> RowStyles:
    return RowStyles.of(Experiment("e", "E", comparisons))


def test_eight_rows_differ_in_color_and_sixty_four_in_color_or_dash():
    assert len({style_of(number).color for number in range(8)}) == 8
    assert len({(style_of(number).color, style_of(number).dash) for number in range(64)}) == 64


def test_eight_rows_differ_in_gray_too():
    assert len({style_of(number).dash for number in range(8)}) == 8
    assert len({style_of(number).shape for number in range(8)}) == 8
    looks = [(style_of(number).dash, style_of(number).shape) for number in range(65)]
    assert all(one[0] != other[0] and one[1] != other[1] for one, other in pairwise(looks))


def test_a_row_looks_alike_in_every_comparison():
    found = styles(comparison("one", ("sgd",), ("adam",)), comparison("two", ("rmsprop",), ("adam",), ("lion",)))
    assert found.numbers == {"sgd": 0, "adam": 1, "rmsprop": 0, "lion": 2}


def test_no_two_rows_of_a_comparison_look_alike():
    many = comparison("many", *[(str(number),) for number in range(20)])
    found = styles(comparison("few", ("19",), ("7",)), many)
    assert len(set(found.numbers.values())) == 20


def test_a_rival_has_a_color_of_its_own_beside_its_rows():
    found = styles(comparison("grid", ("sgd", "1"), ("sgd", "2"), ("adam", "1"), ("adam", "2")))
    assert found.of_row("sgd").color == COLORS[0]
    assert found.of_row("adam").color == COLORS[1]
    assert found.of_row("adam/1") != found.of_row("adam/2")
    assert found.of_row("sgd").dash == DASHES[0]


def test_a_bare_number_is_named_by_its_axis():
    assert row_words(["optimizer.name", "training.batch_size"], ["adam", "128"]) == "adam, batch size 128"
    assert row_words(["optimizer"], ["adam"]) == "adam"
    assert row_words(["optimizer", "architecture.activation"], ["adam", "relu"]) == "adam/relu"
    assert row_words(["architecture.hidden", "bias"], ["[64, 64]", "true"]) == "hidden [64, 64], bias true"
    assert row_words(["x" * 100], ["1e-3"]) == "1e-3"


def test_names_are_short_printable_and_told_apart():
    names = chart_names(["adam", "x" * 10_000 + "1", "x" * 10_000 + "2", "\x1b[31mred", ""])
    assert names["adam"] == "adam"
    assert len(set(names.values())) == 5
    assert max(map(len, names.values())) <= 44
    assert all(name and name.isprintable() for name in names.values())
