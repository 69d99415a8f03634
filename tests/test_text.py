import math

import pytest

from gdbench.text import MAX_VALUE, counted, duration, listing, printable, printable_lines, spelled, suggestion

COMMANDS = ["\x00", "\x07", "\x1b]0;title\x07", "\x7f", "\x85", "\x9b31m", "\r", "\n", "\t", "\u2028"]
BIDI = ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c"]
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164", "\ufe0f", "\U000e0041"]


@pytest.mark.parametrize("sign", [*COMMANDS, *BIDI, *INVISIBLE, "\ud800"])
def test_what_commands_a_terminal_or_cannot_be_seen_is_spelled_out(sign: str):
    text = printable(f"a{sign}b")
    assert text.isprintable()
    assert sign[0] not in text
    assert "\\" in text
    assert printable(text) == text


@pytest.mark.parametrize("text", ["", "µ = 0,9 – 学习率", "sgd, momentum=0.9", r"a\b", "Ünïcode 😀"])
def test_what_people_write_stays(text: str):
    assert printable(text) == text


def test_a_block_keeps_its_lines_alone():
    assert (
        printable_lines("Traceback:\n\tx = 1\r\n\x1b[31mred\u2028")
        == "Traceback:\n        x = 1\\r\n\\x1b[31mred\\u2028"
    )


def test_a_value_is_spelled_as_far_as_a_line_holds_it():
    assert spelled({"a": [1, "b", None, True], "c": {}, "d": []}) == "{a: [1, 'b', nothing, true], c: {}, d: []}"
    assert spelled("x" * 70) == "'" + "x" * 56 + "..."
    endless: list[object] = []
    endless.append(endless)
    assert spelled(endless) == "[" * (MAX_VALUE - 3) + "..."


def test_a_text_that_is_far_too_long_is_near_to_nothing():
    assert suggestion("adam" * 1000, ["adam"]) == ""
    assert suggestion("adm", ["adam" * 1000, "adam"]) == "; did you mean 'adam'?"


@pytest.mark.parametrize("seconds", [1e308, math.inf, math.nan])
def test_a_duration_beyond_any_sense(seconds: float):
    assert duration(seconds) == "more than 1,000,000 hours"


def test_a_noun_is_counted_in_singular_or_plural():
    assert [counted(number, "run") for number in (0, 1, 2, 1000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
    assert [listing(["a", "b", "c"][:number]) for number in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
