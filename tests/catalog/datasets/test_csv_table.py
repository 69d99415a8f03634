"""CSV files: what is a number, what is a class, and which cell of the file is neither."""

import numpy as np
import pytest

from gdbench.catalog.datasets.csv_columns import CsvLayout
from gdbench.catalog.datasets.csv_table import CsvTable, class_numbers, parse_table
from gdbench.errors import DataError

EMPTY = "; in pandas: read_csv(path).dropna()"
UNKNOWN = "; in pandas: read_csv(path, na_values='?').dropna()"
TEXT = "; leave text out with drop: [b], or encode it with pandas.get_dummies"


def parsed(*lines: str, **layout: object) -> CsvTable:
    return parse_table("\n".join(lines).encode(), "own.csv", CsvLayout(**{"label": "label", **layout}))


def mistake(*lines: str, **layout: object) -> str:
    with pytest.raises(DataError) as caught:
        parsed(*lines, **layout)
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
        (
            ["a,b,label", "1,2,0", "", "", "3,?,1"],
            "numbers in column 'b'; got '?' in line 5" + UNKNOWN,
        ),
        (
            ["", "a,b,label", "1,2,0", "3,,1"],
            "a value in every cell of column 'b'; got none in line 4" + EMPTY,
        ),
        (
            ["a,b,label", "1,2,0", "3,4,"],
            "a value in every cell of column 'label'; got none in line 3" + EMPTY,
        ),
        (["a,b,label", '"1', '",2,0', '3,"4', '4",1'], "numbers in column 'b'; got '4\\n4' in line 4"),
        (
            ["a,b,label", '"1', '2",x,0'],
            "numbers in every column; got '1\\n2' in column 'a', line 2, 'x' in column 'b', line 3" + TEXT,
        ),
        (
            ["a,b,label", '1,"1,234",0'],
            "numbers in column 'b'; got '1,234' (remove the thousands separators) in line 2",
        ),
        (
            ["a,b,label", '1,"-0,687",0'],
            "numbers in column 'b'; got '-0,687' (write decimals with a point; in pandas: read_csv(path, decimal=',')) "
            "in line 2",
        ),
        (["a,b,label", "1,2,0", "inf,2,1"], "numbers in column 'a'; got 'inf' in line 3"),
        (["a,b,label", "1,nan,0"], "numbers in column 'b'; got 'nan' in line 2" + EMPTY),
        (["a,b,label", "1e400,2,0"], "numbers in column 'a'; got '1e400' in line 2"),
        (["a,b,label", "1_000,2,0"], "numbers in column 'a'; got '1_000' in line 2"),
        (["a,b,label", "1,2,0,9"], "3 values in every line, as the first has names; got 4 in line 2"),
        (["a,b,label", "1,2,0", "1,2"], "3 values in every line, as the first has names; got 2 in line 3"),
        (["a,b,label"], "examples below the names of columns; got none"),
        (["a,label,label", "1,0,0"], "distinct names of columns; got label again"),
        (["a,a,label", "1,0,0"], "distinct names of columns; got a again"),
        ([",a,label", "0,1,0"], "a name for every column; got none for column 1: name it, or set drop: ['']"),
        (["label", "0"], "columns of features beside 'label'; got none"),
        (["a;label", "0;1"], "a column named 'label'; got a;label; set separator: ';'"),
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
    assert said.endswith("'?' in column 'c7', line 3, and 4 more columns" + UNKNOWN)


def test_both_parsers_read_the_same_numbers():
    draws = np.random.default_rng(0).normal(size=(50, 3)).round(4)
    rows = [f"{a},{b},{c},{place % 2}" for place, (a, b, c) in enumerate(draws)]
    fast, slow = (
        parsed("a,b,c,label", *rows),
        parsed("a,b,c,d,label", *(row[:-1] + "1,1" for row in rows), "0,0,0,True,1"),
    )
    assert np.array_equal(fast.features, slow.features[:-1, :3])
    assert np.array_equal(fast.features, draws)


ROWS = ("a,kind,b,label", "1,long,2,0", "3,,4,1", "5,?,6,0")


def test_columns_are_left_out_whatever_they_hold():
    table = parsed(*ROWS, drop=("kind",))
    assert (table.features.tolist(), table.labels) == ([[1, 2], [3, 4], [5, 6]], ("0", "1", "0"))
    # The slow parser, which True among numbers calls for.
    mixed = parsed(*ROWS, "True,long,0,1", drop=("kind",))
    assert mixed.features.tolist() == [[1, 2], [3, 4], [5, 6], [1, 0]]
    assert parsed(",a,label", "0,7,1", "1,8,0", drop=("",)).features.tolist() == [[7], [8]]


def test_what_cannot_be_left_out_is_said():
    assert mistake(*ROWS, drop=("kin",)) == "a column named 'kin'; got a, kind, b, label; did you mean 'kind'?"
    assert mistake(*ROWS, drop=("a", "b", "kind")) == "columns of features beside 'label'; got none"
    with pytest.raises(DataError, match="drop: expected columns beside the label; got 'label'"):
        parsed(*ROWS, drop=("label",))
    said = "numbers in column 'kind'; got 'long' in line 2; leave text out with drop: [kind], "
    assert mistake(*ROWS) == said + "or encode it with pandas.get_dummies"


@pytest.mark.parametrize(
    ("separator", "sign"), [(";", ";"), ("|", "|"), ("tab", "\t"), ("space", " "), ("space", "   "), ("space", " \t")]
)
@pytest.mark.parametrize("last", ["3 4 1", "True 4 1"])
def test_values_are_separated_by_other_signs(separator: str, sign: str, last: str):
    lines = [line.replace(" ", sign) for line in ("a b label", "1 2.5 0", last)]
    table = parsed(*lines, separator=separator)
    assert (table.columns, table.labels) == (("a", "b", "label"), ("0", "1"))
    assert table.features.tolist() == [[1, 2.5], [3 if last[0] == "3" else 1, 4]]
    if sign in (";", "|", "\t", " "):
        assert mistake(*lines).partition("; set")[2].strip(" ") == f"separator: '{separator}'"


def test_without_a_header_columns_have_numbers():
    lines = ("5.1,3.5,setosa", "4.9,3,virginica")
    table = parsed(*lines, label="3", header=False)
    assert (table.columns, table.labels) == (("1", "2", "3"), ("setosa", "virginica"))
    assert table.features.tolist() == [[5.1, 3.5], [4.9, 3]]
    assert parsed(*lines, label="3", drop=("1",), header=False).features.tolist() == [[3.5], [3]]
    assert mistake(*lines, header=False) == "a column named 'label'; got 1, 2, 3"
    own = {"label": "3", "header": False}
    assert mistake(*lines, "4.9,x,setosa", **own).startswith("numbers in column '2'; got 'x' in line 3")
    assert mistake(*lines, "1,2", **own) == "3 values in every line, as the first has; got 2 in line 3"
    assert mistake("1,2,0", "3,4,1").endswith(
        "got 1, 2, 0; set header: false if no line names columns, and label to a number from 1"
    )
    assert mistake("", header=False) == "lines of values; got an empty file"
