"""Cells of a CSV file that hold no number: what they hold, and how to mend the file."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gdbench.catalog.datasets.csv_columns import MOST_COLUMNS
from gdbench.text import printable, spelled

# Among numbers these are no class; alone or among words they may be one.
MISSING = {"na", "n/a", "nan", "none", "null", "#n/a", "?"}
# A single comma before three digits may be either; only a whole part of 0 cannot be thousands.
_DECIMAL_COMMA = re.compile(r"[-+]?(0,\d+|\d*,(\d{1,2}|\d{4,}))([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")


class WrongCell(NamedTuple):
    """A cell that holds no number, or no label; `line` is that of the file."""

    column: str
    text: str
    line: int

    @property
    def received(self) -> str:
        """What the cell holds."""
        if self.is_empty:
            return "none"
        return printable(spelled(self.text)) + self._hint

    @property
    def _hint(self) -> str:
        text = self.text.strip()
        if _DECIMAL_COMMA.fullmatch(text):
            return " (write decimals with a point; in pandas: read_csv(path, decimal=','))"
        return " (remove the thousands separators)" if _THOUSANDS.fullmatch(text) else ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.text.strip()

    @property
    def is_missing(self) -> bool:
        """Whether it stands for a missing value."""
        return self.is_empty or self.text.strip().lower() in MISSING

    @property
    def is_word(self) -> bool:
        """Whether it holds text and no number spelled in another way."""
        return not self.is_missing and self.text.strip()[0].isalpha() and not self.is_infinite

    @property
    def is_infinite(self) -> bool:
        """Whether it spells an infinite number."""
        return self.text.strip().lower() in ("inf", "infinity")


def sentence(wrong: Sequence[WrongCell]) -> str:
    """Return what is wrong in each of some columns, and how to mend it with pandas."""
    first = wrong[0]
    if len(wrong) == 1:
        rule = (
            f"a value in every cell of column '{first.column}'"
            if first.is_empty
            else f"numbers in column '{first.column}'"
        )
        return f"expected {rule}; got {first.received} in line {first.line}{_remedy(wrong)}"
    cells = (f"{cell.received} in column '{cell.column}', line {cell.line}" for cell in wrong[:MOST_COLUMNS])
    more = f", and {len(wrong) - MOST_COLUMNS} more columns" if len(wrong) > MOST_COLUMNS else ""
    return f"expected numbers in every column; got {', '.join(cells)}{more}{_remedy(wrong)}"


def _remedy(wrong: Sequence[WrongCell]) -> str:
    """Return what to do about missing values and text, where there are any."""
    words = [cell.column for cell in wrong if cell.is_word]
    missing = [cell for cell in wrong if cell.is_missing]
    remedies = []
    if missing:
        # All other words for a missing value are known to pandas.
        marks = ", na_values='?'" if any("?" in cell.text for cell in missing) else ""
        remedies.append(f"in pandas: read_csv(path{marks}).dropna()")
    if words:
        names = ", ".join(words[:MOST_COLUMNS])
        remedies.append(f"leave text out with drop: [{names}], or encode it with pandas.get_dummies")
    return "".join(f"; {remedy}" for remedy in remedies)
