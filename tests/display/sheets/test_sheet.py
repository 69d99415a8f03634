import math

import pytest

from gdbench.display.sheets.sheet import (
    Change,
    ChangeRange,
    Column,
    Half,
    Interval,
    Letters,
    PlusMinus,
    Remarked,
    Sheet,
    Unit,
)
from gdbench.display.sheets.units import FACTOR, P_VALUE, RATIO, TOLERANCE_FACTOR, printed_unit, unit_of
from gdbench.metrics import METRICS

ACCURACY = unit_of(METRICS["test_accuracy"])


@pytest.mark.parametrize(
    ("unit", "number", "text"),
    [
        (ACCURACY, 0.97814, "97.81 %"),
        (ACCURACY, None, "-"),
        (ACCURACY, -math.inf, "diverged"),
        (unit_of(METRICS["test_accuracy"], 0), 0.5, "50 %"),
        (unit_of(METRICS["test_accuracy"], signed=True), -0.0012, "-0.12 %"),
        (unit_of(METRICS["test_accuracy"], signed=True), 0.0, "+0.00 %"),
        (unit_of(METRICS["test_accuracy"], signed=True), math.inf, "diverged"),
        (unit_of(METRICS["test_loss"]), 1.5e20, "1.5000e+20"),
        (unit_of(METRICS["test_loss"]), 6.1581e-13, "6.158e-13"),
        (unit_of(METRICS["test_loss"]), -4.9e-5, "-4.900e-05"),
        (unit_of(METRICS["test_loss"]), 5.1e-5, "0.0001"),
        (unit_of(METRICS["test_loss"]), 0.0, "0.0000"),
        (unit_of(METRICS["test_loss"], 0), 0.25, "2e-01"),
        (unit_of(METRICS["test_loss"], 12), 6.1581e-13, "0.000000000001"),
        (unit_of(METRICS["test_accuracy"]), 1e-6, "0.00 %"),
        (unit_of(METRICS["epochs_to_target"]), math.inf, "missed"),
        (printed_unit(METRICS["test_loss"]), 0.25, "0.25"),
        (RATIO, 6.0454, "6.05"),
        (FACTOR, 1.25, "x 1.25"),
        (FACTOR, math.inf, "x inf"),
        (TOLERANCE_FACTOR, 1.5, "x 1.5"),
        (P_VALUE, 0.00001, "< 0.0001"),
        (P_VALUE, 0.0001, "0.0001"),
    ],
)
def test_a_number_as_people_read_it(unit: Unit, number: float | None, text: str):
    assert unit.text(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Interval(0.25, 0.75), "25.00 % to 75.00 %"),
        (PlusMinus(0.5, 0.01), "50.00 % +- 1.00 %"),
        (Remarked(0.5, " (3/3)"), "50.00 % (3/3)"),
        (Remarked(None, " (0/3)"), "- (0/3)"),
        (Remarked(0.5, " [1]", " ab"), "50.00 % ab [1]"),
        (Letters("ab"), "ab"),
        (Letters(None), "-"),
        ("diverged 3", "diverged 3"),
        (1, "100.00 %"),
        (None, "-"),
        ("", ""),
    ],
)
def test_a_value_as_people_read_it(value, text):
    assert Column("mean", ACCURACY).text(value) == text


def test_without_a_unit_a_value_is_as_it_is():
    assert [Column("epoch").text(value) for value in (3, 0.1, "last", None)] == ["3", "0.1", "last", "-"]


def test_no_text_can_break_a_line():
    text = Sheet("a\nb", (Column("c\x1b"),), (("d\ne",),), ("f\rg",)).text()
    assert (text.title, text.header, text.rows, text.notes) == ("a\\nb", ("c\\x1b",), (("d\\ne",),), ("f\\rg",))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Half(0.00479), "± 0.48"),
        (Change(-0.0653), "- 6.53"),
        (Change(0.0012), "+ 0.12"),
        (Change(0.0), "0.00"),
        (ChangeRange(-0.0202, -0.0128), "-2.02 to -1.28"),
    ],
)
def test_what_stands_beside_a_percentage_is_in_points(value, text):
    assert Column("", ACCURACY).text(value) == text


def test_a_row_or_a_single_cell_stands_out():
    sheet = Sheet("", (Column("a"), Column("b")), ((1, 2), (3, 4)), strong=frozenset({0, (1, 1)}))
    assert [[sheet.is_strong(row, column) for column in (0, 1)] for row in (0, 1)] == [[True, True], [False, True]]
