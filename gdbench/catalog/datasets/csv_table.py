"""CSV files: a fast parser for what is in order, and a slow one that finds each cell that is not."""

import csv
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from math import isfinite, isnan, nan
from typing import NamedTuple

from gdbench.catalog.datasets.csv_columns import CsvLayout, columns_of
from gdbench.catalog.datasets.csv_mistakes import MISSING, WrongCell, sentence
from gdbench.catalog.datasets.sources import text_of
from gdbench.catalog.tensors import Array
from gdbench.errors import DataError
from gdbench.text import printable, spelled

_TRUTH = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The columns of a file by name, the labels as text, (rows,), and the features, (rows, features)."""

    name: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    features: Array


class _Row(NamedTuple):
    """The cells of a row, and the line of the file in which it begins."""

    line: int
    cells: list[str]

    def line_of(self, column: int) -> int:
        """Return the line of a cell, which line breaks in quotes before it push down."""
        return self.line + sum(cell.count("\n") for cell in self.cells[:column])


def parse_table(values: bytes, name: str, layout: CsvLayout) -> CsvTable:
    """Return the table in the bytes of a CSV file; errors begin with `name` and say the line in the file.

    Raises:
        DataError: a column has no name of its own, a row another length, or a cell no number.
    """
    text = text_of(values, name)
    if layout.separator == "space":
        text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    columns = columns_of(first.cells if (first := next(_rows(text, name, layout), None)) else None, name, layout)
    table = _fast(text, name, columns, layout) or _slow(text, name, columns, layout)
    _check_labels(text, table, layout)
    return table


def class_numbers(tables: Sequence[CsvTable]) -> tuple[list[Array], tuple[str, ...]]:
    """Return the labels of each table as whole numbers, and the words that they stand for if they are words.

    Words are numbered in alphabetical order, those of all tables together, so that a class has one number in all.
    """
    import numpy as np

    distinct = sorted({text for table in tables for text in table.labels})
    numbers = {text: _number(text) for text in distinct}
    if not any(map(isnan, numbers.values())):
        return [np.array([numbers[text] for text in table.labels], np.float64) for table in tables], ()
    places = {text: place for place, text in enumerate(distinct)}
    return [np.array([places[text] for text in table.labels]) for table in tables], tuple(distinct)


def _check_labels(text: str, table: CsvTable, layout: CsvLayout) -> None:
    """Refuse a fraction, and a word for a missing value, where all other labels are whole numbers."""
    distinct = set(table.labels)
    numbers = {word: number for word in distinct if not isnan(number := _number(word))}
    wrong = {word for word, number in numbers.items() if not number.is_integer()}
    if numbers and all(word.strip().lower() in MISSING for word in distinct - numbers.keys()):
        wrong |= distinct - numbers.keys()
    # Beside other words, numbers are names of classes too.
    elif len(numbers) < len(distinct):
        return
    if wrong:
        at = table.columns.index(layout.label)
        row = next(row for row in _examples(text, table.name, layout) if row.cells[at] in wrong)
        received = f"{printable(spelled(row.cells[at]))} in line {row.line_of(at)}"
        raise DataError(f"{table.name}: expected whole numbers or words in column '{layout.label}'; got {received}")


def _fast(text: str, name: str, columns: tuple[str, ...], layout: CsvLayout) -> CsvTable | None:
    """Parse a file whose cells are all in order; None for any other."""
    import numpy as np
    import pandas as pd

    # What is left out may be anything, and need not be understood.
    texts = dict.fromkeys((layout.label, *layout.drop), str)
    try:
        table = pd.read_csv(
            StringIO(text),
            sep=layout.sign,
            header=0 if layout.header else None,
            names=None if layout.header else columns,
            dtype=texts,
            na_filter=False,
            low_memory=False,
        )
    except (ValueError, pd.errors.ParserError, OverflowError):
        return None
    # Where rows are longer than the header, pandas takes the first column for their names.
    if not isinstance(table.index, pd.RangeIndex) or tuple(table.columns) != columns or not len(table):
        return None
    features = table.drop(columns=[layout.label, *layout.drop])
    kinds = {kind.kind for kind in features.dtypes}
    if not kinds <= set("buif") or not all(table[layout.label].str.strip()):
        return None
    for column in features.select_dtypes("bool"):
        features[column] = features[column].astype(np.int8)
    values = features.to_numpy()
    if not np.isfinite(values).all():
        return None
    return CsvTable(name, columns, tuple(table[layout.label]), values)


def _slow(text: str, name: str, columns: tuple[str, ...], layout: CsvLayout) -> CsvTable:
    """Parse a file cell by cell; of each column the first cell that is not in order is reported."""
    import numpy as np

    at = columns.index(layout.label)
    left_out = [at, *(columns.index(column) for column in layout.drop)]
    labels: list[str] = []
    values = array("d")
    wrong: dict[int, WrongCell] = {}
    for row in _examples(text, name, layout):
        if len(row.cells) != len(columns):
            rule = f"{len(columns)} values in every line, as the first has {'names' if layout.header else ''}".strip()
            raise DataError(f"{name}: expected {rule}; got {len(row.cells)} in line {row.line}")
        labels.append(row.cells[at])
        cells = list(row.cells)
        # In place of what is no feature, a number that is dropped below.
        for place in left_out:
            cells[place] = "0"
        cells[at] = "0" if labels[-1].strip() else ""
        numbers = _numbers(cells)
        for place in _absent(numbers) - wrong.keys():
            wrong[place] = WrongCell(printable(columns[place]), row.cells[place], row.line_of(place))
        if not wrong:
            values.extend(numbers)
    if wrong:
        raise DataError(f"{name}: {sentence([wrong[place] for place in sorted(wrong)])}")
    if not labels:
        raise DataError(f"{name}: expected examples below the names of columns; got none")
    table = np.array(values).reshape(len(labels), len(columns))
    return CsvTable(name, columns, tuple(labels), np.delete(table, left_out, axis=1))


def _numbers(cells: Sequence[str]) -> list[float]:
    """Return the number in each cell, NaN where there is none."""
    # Cell by cell takes several times as long.
    try:
        numbers = list(map(float, cells))
    except ValueError:
        numbers = [nan]
    if isfinite(sum(numbers)) and "_" not in "".join(cells):
        return numbers
    return [_TRUTH[cell.lower()] if cell.lower() in _TRUTH else _number(cell) for cell in cells]


def _absent(numbers: Sequence[float]) -> set[int]:
    """Return the places at which there is no number."""
    return {place for place, number in enumerate(numbers) if isnan(number)} if isnan(sum(numbers)) else set()


def _examples(text: str, name: str, layout: CsvLayout) -> Iterator[_Row]:
    """Yield the rows below the names of columns."""
    return islice(_rows(text, name, layout), int(layout.header), None)


def _rows(text: str, name: str, layout: CsvLayout) -> Iterator[_Row]:
    """Yield the rows; lines that are blank are passed over, but counted."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=layout.sign, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        rule = "comma-separated values" if layout.separator == "," else f"values separated by '{layout.separator}'"
        raise DataError(f"{name}: expected {rule}; got '{error}' in the row that begins in line {line}") from None


def _number(text: str) -> float:
    """Return the finite number that a text spells, else NaN; `1_000` is a number to Python but not in a file."""
    try:
        number = float(text)
    except ValueError:
        return nan
    return number if isfinite(number) and "_" not in text else nan
