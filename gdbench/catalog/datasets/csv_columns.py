"""The columns of a CSV file: how the file is laid out, and whether its first line fits that."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator

from gdbench.errors import DataError
from gdbench.text import printable, spelled, suggestion

# A message names no more columns than this.
MOST_COLUMNS = 8
_SIGNS = {"tab": "\t", "space": " "}
Separator = Annotated[
    Literal[",", ";", "|", "tab", "space"], BeforeValidator(lambda value: "tab" if value == "\t" else value)
]


class CsvLayout(NamedTuple):
    """How a file is laid out: the column of the label, the columns left out, the separator, and a line of names.

    Without a line of names the columns are named 1, 2, 3, ...
    """

    label: str
    drop: tuple[str, ...] = ()
    separator: str = ","
    header: bool = True

    @property
    def sign(self) -> str:
        """The character between two values."""
        return _SIGNS.get(self.separator, self.separator)


def columns_of(first: Sequence[str] | None, name: str, layout: CsvLayout) -> tuple[str, ...]:
    """Return the names of the columns from the cells of the first line, None of an empty file.

    Raises:
        DataError: a column has no name of its own, or one that the layout names is not there.
    """
    if first is None:
        rule = "a first line that names columns" if layout.header else "lines of values"
        raise DataError(f"{name}: expected {rule}; got an empty file")
    columns = tuple(first) if layout.header else tuple(str(place) for place in range(1, len(first) + 1))
    for column in (layout.label, *layout.drop):
        if column not in columns:
            hint = _hint(columns, layout) or suggestion(column, columns)
            raise DataError(f"{name}: expected a column named '{column}'; got {column_names(columns)}{hint}")
    if layout.label in layout.drop:
        raise DataError(f"{name}: drop: expected columns beside the label; got '{layout.label}'")
    repeated = [column for place, column in enumerate(columns) if column in columns[:place]]
    if repeated:
        raise DataError(f"{name}: expected distinct names of columns; got {column_names(repeated)} again")
    nameless = [place for place, column in enumerate(columns, 1) if not column.strip() and column not in layout.drop]
    if nameless:
        # As pandas writes the numbers of rows, which would be a feature.
        received = f"none for column {nameless[0]}: name it, or set drop: [{spelled(columns[nameless[0] - 1])}]"
        raise DataError(f"{name}: expected a name for every column; got {received}")
    if len(columns) == 1 + len(set(layout.drop)):
        raise DataError(f"{name}: expected columns of features beside '{layout.label}'; got none")
    return columns


def column_names(columns: Sequence[str]) -> str:
    """Return the first names of columns, as many as a line holds."""
    return ", ".join(printable(column)[:40] for column in columns[:MOST_COLUMNS])


def _hint(columns: Sequence[str], layout: CsvLayout) -> str:
    """Return what to set where the first line looks like that of a file with another layout."""
    names = {sign: name for name, sign in _SIGNS.items()}
    signs = [sign for sign in (";", "\t", "|", ",", " ") if sign in columns[0]]
    if len(columns) == 1 and signs:
        return f"; set separator: '{names.get(signs[0], signs[0])}'"
    if layout.header and all(map(_is_number, columns)):
        return "; set header: false if no line names columns, and label to a number from 1"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
