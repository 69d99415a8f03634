"""Tables within a width: what is left out, wrapped and split, and that no number is ever broken."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gdbench.display.formats.layout import lay_out, wrapped
from gdbench.display.sheets.sheet import Change, Column, Half, Sheet, Unit
from tests.display.screens import at_a_terminal, on_a_pipe

PERCENT = Unit(2, percent=True)
COLUMNS = (
    Column("optimizer", align="left", label=True),
    Column("mean", PERCENT),
    Column("95 %", PERCENT, rank=1),
    Column("vs best", PERCENT),
    Column("", align="left"),
    Column("sd", PERCENT, rank=2, detail=True),
    Column("min", PERCENT, rank=3, detail=True),
)


def a_sheet(*labels):
    rows = tuple((label, 0.9781, Half(0.0031), Change(-0.0165), "abc", 0.0012, 0.9719) for label in labels)
    return Sheet("Title", COLUMNS, rows, ("A note.",))


def test_from_120_columns_on_and_on_a_pipe_every_column_stands():
    header = "  optimizer     mean    95 %  vs best           sd      min"
    assert at_a_terminal(a_sheet("adam"), 120).splitlines()[1] == header
    assert on_a_pipe(a_sheet("adam")).splitlines()[1] == header
    assert "Left out" not in at_a_terminal(a_sheet("adam"), 120)


def test_below_the_details_are_left_out_and_that_is_said():
    assert at_a_terminal(a_sheet("adam"), 119).splitlines() == [
        "Title",
        "  optimizer     mean    95 %  vs best",
        "  adam       97.81 %  ± 0.31   - 1.65  abc",
        "A note.",
        "Left out at 119 columns: sd, min.",
    ]


def test_the_highest_rank_goes_first_and_labels_are_wrapped_only_after_all_have_gone():
    long = "sgd with a learning rate that decays to nothing within five epochs, and then some more of it again"
    lines = at_a_terminal(a_sheet(long[:78], "adam"), 120).splitlines()
    assert lines[1].split()[-3:] == ["vs", "best", "sd"]
    assert lines[-1] == "Left out at 120 columns: min."
    lines = at_a_terminal(a_sheet(long, "adam"), 80).splitlines()
    assert lines[1:5] == [
        "  optimizer                                                  mean  vs best",
        "  sgd with a learning rate that decays to nothing within  97.81 %   - 1.65  abc",
        "  five epochs, and then some more of it again",
        "  adam                                                    97.81 %   - 1.65  abc",
    ]
    assert lines[-1] == "Left out at 80 columns: 95 %, sd, min."


def test_a_table_that_is_too_wide_all_the_same_is_split_with_its_labels_repeated():
    columns = (
        Column("rate", align="left", label=True),
        *(Column(f"of {size} images", PERCENT) for size in (8, 16, 32)),
    )
    sheet = Sheet("", columns, (("0.1", 0.5, 0.25, 0.125), ("1", 1.0, 0.0, 0.5)))
    assert at_a_terminal(sheet, 24).splitlines() == [
        "rate      of 8    of 16",
        "        images   images",
        "0.1    50.00 %  25.00 %",
        "1     100.00 %   0.00 %",
        "",
        "rate    of 32",
        "       images",
        "0.1   12.50 %",
        "1     50.00 %",
    ]


def test_a_narrower_sheet_takes_the_place_of_one_that_does_not_fit():
    narrow = Sheet("", (Column("a"),), ((1,),))
    wide = Sheet("", (Column("a" * 30),), ((1,),), narrower=narrow)
    assert at_a_terminal(wide, 20) == at_a_terminal(narrow, 20)
    assert at_a_terminal(wide, 30).splitlines()[0] == "a" * 30


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("97.81 % of it", 7, ["97.81 %", "of it"]),
        ("adjusted p < 0.0001 for", 14, ["adjusted p", "< 0.0001 for"]),
        ("± 0.31 and - 1.65", 7, ["± 0.31", "and", "- 1.65"]),
        ("abcdefgh ij", 4, ["abcdefgh", "ij"]),
        ("name:    aligned", 40, ["name:    aligned"]),
        ("", 10, [""]),
    ],
)
def test_lines_break_between_words_and_a_number_keeps_its_sign(text, width, lines):
    assert wrapped(text, width) == lines


def test_only_where_asked_are_long_words_folded():
    assert wrapped("abcdefgh ij", 4, fold=True) == ["abcd", "efgh", "ij"]
    assert wrapped("学习率很高", 4, fold=True) == ["学习", "率很", "高"]


NUMBER = re.compile(r"\d+\.\d\d(?: %)?|[±+-] \d+\.\d\d")
words = st.text("abcdefghij_=学习", min_size=1, max_size=16)
labels = st.lists(words, min_size=1, max_size=8).map(" ".join)


@given(st.lists(labels, min_size=1, max_size=5), st.integers(40, 200), st.integers(1, 12))
def test_no_number_is_broken_and_no_line_is_longer_than_the_terminal(names, width, columns):
    unit = Unit(2, percent=True)
    head = tuple(Column(f"column {number}", unit, rank=number % 3, detail=number % 4 == 1) for number in range(columns))
    rows = tuple((name, *(Change(-0.1 - 0.01 * place) for place in range(columns))) for name in names)
    sheet = Sheet("Title", (Column("optimizer", align="left", label=True), *head), rows)
    layout = lay_out(sheet, width)
    lines = ["".join(piece.text for piece in line) for line in layout.lines]
    assert all(cell_len(line.rstrip()) <= width for line in lines)
    kept = [place for place in range(columns) if f"column {place}" not in layout.left_out]
    for place in kept:
        # Every row shows the number of every column that has not been left out, in one piece.
        assert sum(len(re.findall(rf"- {10 + place}\.00(?!\d)", line)) for line in lines) == len(names)
    assert not re.search(r"[-+±]\s*$|\d\.\s*$", "\n".join(lines), re.MULTILINE)


@given(st.lists(labels, min_size=1, max_size=5), st.integers(40, 200))
def test_a_word_is_folded_only_where_it_alone_is_too_long(names, width):
    lines = ["".join(piece.text for piece in line) for line in lay_out(a_sheet(*names), width).lines]
    room = width - cell_len("    97.81 %  - 1.65  abc")
    for word in {word for name in names for word in name.split()}:
        if cell_len(word) <= room - 4:
            assert any(word in line for line in lines)
