"""CSV files: a fast parser for what is in order, and a slow one that finds each cell that is not."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite, isnan, nan
from typing import NamedTuple

from gdbench.catalog.datasets.sources import text_of
from gdbench.catalog.tensors import Array
from gdbench.errors import DataError
from gdbench.text import printable, spelled

# A message names no more columns than this.
MOST_COLUMNS = 8
# Among numbers these are no class; alone or among words they may be one.
_MISSING = {"na", "n/a", "nan", "none", "null", "#n/a", "?"}
_TRUTH = {"true": 1.0, "false": 0.0}
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The columns of a file by name, the labels as text, (rows,), and the features, (rows, columns - 1)."""

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


class _Wrong(NamedTuple):
    """A cell that holds no number, or no label."""

    column: str
    text: str
    line: int

    @property
    def received(self) -> str:
        """What the cell holds."""
        if not self.text.strip():
            return "none"
        hint = " (remove the thousands separators)" if _THOUSANDS.fullmatch(self.text.strip()) else ""
        return printable(spelled(self.text)) + hint


def parse_table(values: bytes, name: str, label: str) -> CsvTable:
    """Return the table in the bytes of a CSV file; errors begin with `name` and say the line in the file.

    Raises:
        DataError: a column has no name of its own, a row another length, or a cell no number.
    """
    text = text_of(values, name)
    columns = _columns(text, name, label)
    table = _fast(text, name, columns, label) or _slow(text, name, columns, label)
    _check_labels(text, table, label)
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


def _check_labels(text: str, table: CsvTable, label: str) -> None:
    """Refuse a fraction, and a word for a missing value, where all other labels are whole numbers."""
    distinct = set(table.labels)
    numbers = {word: number for word in distinct if not isnan(number := _number(word))}
    wrong = {word for word, number in numbers.items() if not number.is_integer()}
    if numbers and all(word.strip().lower() in _MISSING for word in distinct - numbers.keys()):
        wrong |= distinct - numbers.keys()
    # Beside other words, numbers are names of classes too.
    elif len(numbers) < len(distinct):
        return
    if wrong:
        at = table.columns.index(label)
        rows = list(_rows(text, table.name))[1:]
        row = next(row for row in rows if row.cells[at] in wrong)
        received = f"{printable(spelled(row.cells[at]))} in line {row.line_of(at)}"
        raise DataError(f"{table.name}: expected whole numbers or words in column '{label}'; got {received}")


def _columns(text: str, name: str, label: str) -> tuple[str, ...]:
    header = next(_rows(text, name), None)
    if header is None:
        raise DataError(f"{name}: expected a first line that names columns; got an empty file")
    columns = tuple(header.cells)
    if label not in columns:
        raise DataError(f"{name}: expected a column named '{label}'; got {listed(columns)}")
    repeated = [column for place, column in enumerate(columns) if column in columns[:place]]
    if repeated:
        raise DataError(f"{name}: expected distinct names of columns; got {listed(repeated)} again")
    if nameless := [place for place, column in enumerate(columns, start=1) if not column.strip()]:
        # As pandas writes the numbers of rows, which would be a feature.
        rule = "a name for every column"
        raise DataError(f"{name}: expected {rule}; got none for column {nameless[0]}: name it, or remove it")
    if len(columns) == 1:
        raise DataError(f"{name}: expected columns of features beside '{label}'; got none")
    return columns


def listed(columns: Sequence[str]) -> str:
    """Return the first names of columns, as many as a line holds."""
    return ", ".join(printable(column)[:40] for column in columns[:MOST_COLUMNS])


def _fast(text: str, name: str, columns: tuple[str, ...], label: str) -> CsvTable | None:
    """Parse a file whose cells are all in order; None for any other."""
    import numpy as np
    import pandas as pd

    try:
        table = pd.read_csv(StringIO(text), dtype={label: str}, na_filter=False, low_memory=False)
    except (ValueError, pd.errors.ParserError, OverflowError):
        return None
    # Where rows are longer than the header, pandas takes the first column for their names.
    if not isinstance(table.index, pd.RangeIndex) or tuple(table.columns) != columns or not len(table):
        return None
    features = table.drop(columns=label)
    kinds = {kind.kind for kind in features.dtypes}
    if not kinds <= set("buif") or not all(table[label].str.strip()):
        return None
    for column in features.select_dtypes("bool"):
        features[column] = features[column].astype(np.int8)
    values = features.to_numpy()
    if not np.isfinite(values).all():
        return None
    return CsvTable(name, columns, tuple(table[label]), values)


def _slow(text: str, name: str, columns: tuple[str, ...], label: str) -> CsvTable:
    """Parse a file cell by cell; of each column the first cell that is not in order is reported."""
    import numpy as np

    at = columns.index(label)
    labels: list[str] = []
    values = array("d")
    wrong: dict[int, _Wrong] = {}
    rows = _rows(text, name)
    next(rows)
    for row in rows:
        if len(row.cells) != len(columns):
            rule = f"{len(columns)} values in every line, as the first has names"
            raise DataError(f"{name}: expected {rule}; got {len(row.cells)} in line {row.line}")
        labels.append(row.cells[at])
        # In place of the label, which is no number, one that is dropped below.
        cells = [*row.cells[:at], "0" if labels[-1].strip() else "", *row.cells[at + 1 :]]
        numbers = _numbers(cells)
        for place in _absent(numbers) - wrong.keys():
            wrong[place] = _Wrong(printable(columns[place]), row.cells[place], row.line_of(place))
        if not wrong:
            values.extend(numbers)
    if wrong:
        raise DataError(f"{name}: {_sentence([wrong[place] for place in sorted(wrong)])}")
    if not labels:
        raise DataError(f"{name}: expected examples below the names of columns; got none")
    table = np.array(values).reshape(len(labels), len(columns))
    return CsvTable(name, columns, tuple(labels), np.delete(table, at, axis=1))


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


def _sentence(wrong: Sequence[_Wrong]) -> str:
    """Return what is wrong in each of some columns."""
    first = wrong[0]
    if len(wrong) == 1:
        is_empty = first.received == "none"
        rule = (
            f"a value in every cell of column '{first.column}'" if is_empty else f"numbers in column '{first.column}'"
        )
        return f"expected {rule}; got {first.received} in line {first.line}"
    cells = (f"{cell.received} in column '{cell.column}', line {cell.line}" for cell in wrong[:MOST_COLUMNS])
    more = f", and {len(wrong) - MOST_COLUMNS} more columns" if len(wrong) > MOST_COLUMNS else ""
    return f"expected numbers in every column; got {', '.join(cells)}{more}"


def _rows(text: str, name: str) -> Iterator[_Row]:
    """Yield the rows; lines that are blank are passed over, but counted."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        rule = "comma-separated values"
        raise DataError(f"{name}: expected {rule}; got '{error}' in the row that begins in line {line}") from None


def _number(text: str) -> float:
    """Return the finite number that a text spells, as files spell numbers, else NaN; Python's `1_000` is none."""
    try:
        number = float(text)
    except ValueError:
        return nan
    return number if isfinite(number) and "_" not in text else nan
