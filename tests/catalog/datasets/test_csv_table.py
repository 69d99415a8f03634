"""CSV files: what is a number, what is a class, and which cell of the file is neither."""

import numpy as np
import pytest

from gdbench.catalog.datasets.csv_table import CsvTable, class_numbers, parse_table
from gdbench.errors import DataError


def parsed(*lines: str, label: str = "label") -> CsvTable:
    return parse_table("\n".join(lines).encode(), "own.csv", label)


def mistake(*lines: str) -> str:
    with pytest.raises(DataError) as caught:
        parsed(*lines)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix("own.csv: expected ")


def test_true_and_false_are_numbers():
    table = parsed("a,b,label", "1.5,True,0", "2,False,1")
    assert table.features.tolist() == [[1.5, 1], [2, 0]]
    assert parsed("b,label", "true,0", "FALSE,1", "1,1").features.tolist() == [[1], [0], [1]]
    assert parsed("b,label", "True,0", "False,1").features.dtype.kind == "i"


@pytest.mark.parametrize("words", [("None", "Mild"), ("NA", "CA"), ("nan", "x"), ("null", "?"), ("None", "NA")])
def test_words_for_missing_values_are_classes(words: tuple[str, str]):
    table = parsed("a,label", f"1,{words[0]}", f"2,{words[1]}", f"3,{words[0]}")
    (labels,), names = class_numbers([table])
    assert names == tuple(sorted(words))
    assert [names[label] for label in labels] == [words[0], words[1], words[0]]


def test_among_numbers_a_word_for_a_missing_value_is_none():
    assert mistake("a,label", "1,0", "2,1", "3,NA") == "whole numbers or words in column 'label'; got 'NA' in line 4"
    assert (
        mistake("a,label", "1,0", "", "2,0.5", "3,1") == "whole numbers or words in column 'label'; got '0.5' in line 4"
    )
    (labels,), names = class_numbers([parsed("a,label", "1,10", "2,other", "3,9")])
    assert (labels.tolist(), names) == ([0, 2, 1], ("10", "9", "other"))


def test_labels_of_two_files_are_numbered_together():
    tables = [parsed("a,label", "1,wren", "2,auk"), parsed("a,label", "1,tit")]
    labels, names = class_numbers(tables)
    assert ([numbers.tolist() for numbers in labels], names) == ([[2, 0], [1]], ("auk", "tit", "wren"))
    assert class_numbers([parsed("a,label", "1,7", "2,1.0")])[0][0].tolist() == [7, 1]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a,b,label", "1,2,0", "", "", "3,?,1"], "numbers in column 'b'; got '?' in line 5"),
        (["", "a,b,label", "1,2,0", "3,,1"], "a value in every cell of column 'b'; got none in line 4"),
        (["a,b,label", "1,2,0", "3,4,"], "a value in every cell of column 'label'; got none in line 3"),
        (["a,b,label", '"1', '",2,0', '3,"4', '4",1'], "numbers in column 'b'; got '4\\n4' in line 4"),
        (
            ["a,b,label", '"1', '2",x,0'],
            "numbers in every column; got '1\\n2' in column 'a', line 2, 'x' in column 'b', line 3",
        ),
        (
            ["a,b,label", '1,"1,234",0'],
            "numbers in column 'b'; got '1,234' (remove the thousands separators) in line 2",
        ),
        (["a,b,label", "1,2,0", "inf,2,1"], "numbers in column 'a'; got 'inf' in line 3"),
        (["a,b,label", "1,nan,0"], "numbers in column 'b'; got 'nan' in line 2"),
        (["a,b,label", "1e400,2,0"], "numbers in column 'a'; got '1e400' in line 2"),
        (["a,b,label", "1_000,2,0"], "numbers in column 'a'; got '1_000' in line 2"),
        (["a,b,label", "1,2,0,9"], "3 values in every line, as the first has names; got 4 in line 2"),
        (["a,b,label", "1,2,0", "1,2"], "3 values in every line, as the first has names; got 2 in line 3"),
        (["a,b,label"], "examples below the names of columns; got none"),
        (["a,label,label", "1,0,0"], "distinct names of columns; got label again"),
        (["a,a,label", "1,0,0"], "distinct names of columns; got a again"),
        ([",a,label", "0,1,0"], "a name for every column; got none for column 1: name it, or remove it"),
        (["label", "0"], "columns of features beside 'label'; got none"),
        (["a;label", "0;1"], "a column named 'label'; got a;label"),
        ([""], "a first line that names columns; got an empty file"),
        (
            ["a,label", '"1,0', "2,1"],
            "comma-separated values; got 'unexpected end of data' in the row that begins in line 2",
        ),
        (["a,label", "1\0,0"], "text; got a NUL character in line 2"),
    ],
)
def test_a_mistake_names_the_cell_of_the_file(lines: list[str], said: str):
    assert mistake(*lines) == said


def test_all_wrong_columns_are_said_at_once():
    header = ",".join(f"c{column}" for column in range(12)) + ",label"
    said = mistake(header, "0," * 12 + "0", "?," * 12 + "1")
    assert said.startswith("numbers in every column; got '?' in column 'c0', line 3, '?' in column 'c1', line 3, ")
    assert said.endswith("'?' in column 'c7', line 3, and 4 more columns")


def test_both_parsers_read_the_same_numbers():
    draws = np.random.default_rng(0).normal(size=(50, 3)).round(4)
    rows = [f"{a},{b},{c},{place % 2}" for place, (a, b, c) in enumerate(draws)]
    fast, slow = (
        parsed("a,b,c,label", *rows),
        parsed("a,b,c,d,label", *(row[:-1] + "1,1" for row in rows), "0,0,0,True,1"),
    )
    assert np.array_equal(fast.features, slow.features[:-1, :3])
    assert np.array_equal(fast.features, draws)
