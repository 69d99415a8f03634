"""A sheet: typed columns over raw rows, so that a format decides how they look but never what they mean."""

import math
from dataclasses import dataclass
from typing import Literal

from gdbench.text import printable

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of numbers."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PlusMinus:
    """A mean and the standard deviation beside it."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Remarked:
    """A number followed by words: `97.82 % (3/3)`; `letters` of its row stand in between."""

    number: float | None
    remark: str
    letters: str = ""


@dataclass(frozen=True, slots=True)
class Half:
    """Half the width of an interval around the number beside it: `± 0.48`."""

    width: float


@dataclass(frozen=True, slots=True)
class Change:
    """How far a number lies above or below another one: `- 6.53`, in points where the numbers are percentages."""

    amount: float


@dataclass(frozen=True, slots=True)
class ChangeRange:
    """A range of changes: `-6.92 to -6.14`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a row, None for a row without; rows that share one are not shown to differ."""

    letters: str | None


class CaptionNote(str):
    """A note that belongs to the caption of a table where there is one, such as what its intervals are of."""

    __slots__ = ()


class OwnNote(str):
    """A note that stays below its own table, such as its conclusion."""

    __slots__ = ()


Value = str | int | float | Interval | PlusMinus | Remarked | Half | Change | ChangeRange | Letters | None


@dataclass(frozen=True, slots=True)
class Unit:
    """How people read numbers: `97.81 %`, `+0.12 %`, `x 1.25`, `< 0.0001`.

    Without `decimals` a number is as short as possible. Numbers below `smallest` are not told apart; `infinite` is the
    word for a number that is worse than any other. Where `tiny` is set, a number that `decimals` would round to 0 is
    printed with an exponent: `6.158e-13`.
    """

    decimals: int | None = None
    percent: bool = False
    signed: bool = False
    prefix: str = ""
    smallest: float | None = None
    infinite: str = "inf"
    tiny: bool = False

    def text(self, number: float | None) -> str:
        """Return the number as people read it."""
        if number is None:
            return NOTHING
        # Comes first: infinity has neither digits nor a meaningful sign.
        if math.isinf(number):
            return self.prefix + self.infinite
        if self.smallest is not None and number < self.smallest:
            return f"< {self._digits(self.smallest)}"
        sign = ("+" if number >= 0 else "-") if self.signed else ""
        return f"{self.prefix}{sign}{self._digits(abs(number) if self.signed else number)}"

    def bare(self, number: float) -> str:
        """Return the number alone, without the percent sign: of differences the text around it says `points`."""
        if self.percent:
            number *= 100
        if self.decimals is None:
            return f"{number:g}"
        if self.tiny and 0 < abs(number) < 0.5 / 10**self.decimals:
            return f"{number:.{max(0, self.decimals - 1)}e}"
        # Beyond a million more digits would tell nothing, and there may be three hundred.
        return f"{number:.{self.decimals}{'f' if abs(number) < 1e6 else 'e'}}"

    def change(self, amount: float) -> str:
        """Return a difference with its sign set apart: `- 6.53`, `+ 0.12`, `0.00`."""
        text = self.bare(abs(amount))
        return f"{'-' if amount < 0 else '+'} {text}" if amount else text

    def _digits(self, number: float) -> str:
        text = self.bare(number)
        return f"{text} %" if self.percent and self.decimals is not None else text


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name; without a unit its values are words or plain numbers.

    A `label` names its row, and is repeated where a table is split. Of the columns that a sheet does not fit with, the
    one with the highest `rank` is left out first, and one of rank 0 never. A `detail` stands only where there is much
    room, or none is needed, as on a pipe.
    """

    name: str
    unit: Unit | None = None
    align: Literal["left", "right"] = "right"
    label: bool = False
    rank: int = 0
    detail: bool = False

    def text(self, value: Value) -> str:
        """Return a value of this column as people read it."""
        unit = self.unit or Unit()
        match value:
            case Interval(low, high):
                return f"{_bound(low, unit)} to {_bound(high, unit)}"
            case PlusMinus(mean, deviation):
                return f"{unit.text(mean)} +- {unit.text(deviation)}"
            case Remarked(number, remark, letters):
                return f"{unit.text(number)}{letters}{remark}"
            case Half(width):
                return f"± {unit.bare(width)}"
            case Change(amount):
                return unit.change(amount)
            case ChangeRange(low, high):
                return " to ".join(unit.change(end).replace(" ", "") for end in (low, high))
            case Letters(letters):
                return letters or NOTHING
            # Counts and epochs have no unit and stay as they are.
            case int() | float() if self.unit is not None:
                return unit.text(value)
        return NOTHING if value is None else str(value)


def _bound(number: float, unit: Unit) -> str:
    # Of numbers near the largest float an interval is unbounded, which is no divergence.
    return str(number) if math.isinf(number) else unit.text(number)


@dataclass(frozen=True, slots=True)
class SheetText:
    """A sheet in words, without control characters and line ends that could break a line."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of raw values with a title above it and notes below it.

    What is in `strong`, a row by its number or a cell by its row and column, stands out. `narrower` is the sheet to
    show where this one is too wide. Notes that all sheets of one `kind` share can be printed once.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    strong: frozenset[int | tuple[int, int]] = frozenset()
    narrower: "Sheet | None" = None
    kind: str = ""

    def is_strong(self, row: int, column: int) -> bool:
        """Return whether a cell stands out."""
        return row in self.strong or (row, column) in self.strong

    def text(self) -> SheetText:
        """Return the sheet as people read it."""
        rows = (
            tuple(printable(column.text(value)) for column, value in zip(self.columns, row, strict=True))
            for row in self.rows
        )
        header = tuple(printable(column.name) for column in self.columns)
        return SheetText(printable(self.title), header, tuple(rows), tuple(map(printable, self.notes)))
