"""How rows look: one color, dash and shape for each, the same in every chart of the results."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gdbench.comparison.names import short_names
from gdbench.experiment.experiment import Comparison, Experiment, row_key
from gdbench.text import printable, shortened

# Okabe and Ito 2008: eight colors that people with any color blindness tell apart; yellow, faint on white, comes last.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#6E6E6E", "#F0E442")
# As many as colors, since in gray some colors are alike.
DASHES = (
    (1, 0),
    (6, 3),
    (2, 2),
    (8, 3, 2, 3),
    (10, 3),
    (8, 2, 2, 2, 2, 2),
    (1, 4),
    (10, 3, 4, 3),
)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
# Of a longer name only the beginning is drawn; the name of a longer axis would leave no room for its value.
MAX_NAME, MAX_AXIS = 40, 28
# The axis whose labels are names that the file gives.
VARIANTS = "variants"


@dataclass(frozen=True, slots=True)
class Style:
    """The look of one row."""

    color: str
    dash: tuple[int, ...]
    shape: str


def style_of(number: int) -> Style:
    """Return the n-th style; the first 8 differ in color, and in dash and shape too, for print in gray.

    The first 64 differ in color or dash, then they begin anew.
    """
    turn, place = divmod(number, len(COLORS))
    return Style(COLORS[place], DASHES[(place + turn) % len(DASHES)], SHAPES[(place + turn) % len(SHAPES)])


@dataclass(frozen=True, slots=True)
class RowStyles:
    """The style of every row by its key."""

    numbers: Mapping[str, int]

    @classmethod
    def of(cls, experiment: Experiment) -> "RowStyles":
        """Give each name its style: the first that no name beside it in any comparison has."""
        groups = [group for comparison in experiment.comparisons for group in _names_beside(comparison)]
        groups_of: dict[str, list[int]] = {}
        for number, group in enumerate(groups):
            for name in group:
                groups_of.setdefault(name, []).append(number)
        taken: list[set[int]] = [set() for _group in groups]
        numbers: dict[str, int] = {}
        for name, places in groups_of.items():
            refused = set[int]().union(*(taken[place] for place in places))
            numbers[name] = next(number for number in range(len(refused) + 1) if number not in refused)
            for place in places:
                taken[place].add(numbers[name])
        return cls(numbers)

    def of_row(self, name: str) -> Style:
        """Return the style of a row by its key."""
        return style_of(self.numbers.get(name, 0))

    def colors(self, names: Iterable[str]) -> list[str]:
        """Return the colors of rows."""
        return [self.of_row(name).color for name in names]

    def dashes(self, names: Iterable[str]) -> list[list[int]]:
        """Return the dash patterns of rows."""
        return [list(self.of_row(name).dash) for name in names]

    def shapes(self, names: Iterable[str]) -> list[str]:
        """Return the shapes of rows."""
        return [self.of_row(name).shape for name in names]


def _names_beside(comparison: Comparison) -> list[list[str]]:
    """Return the names that stand beside each other in charts: all rows, and the rows without each of the axes."""
    keys = [point.key for point in comparison.points]
    if len(comparison.axes) < 2:
        return [keys]
    rivals = [
        list(dict.fromkeys(row_key(without(point.labels, index)) for point in comparison.points))
        for index in range(len(comparison.axes))
    ]
    # Rivals come first, since each is drawn once for all of its rows.
    return [*rivals, keys]


def without(labels: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the labels of a row without that of one axis."""
    return (*labels[:index], *labels[index + 1 :])


def row_words(axes: Sequence[str], labels: Sequence[str]) -> str:
    """Return what a chart calls a row: `adam/relu`, but `adam, batch size 128`, since a bare number says nothing."""
    words = label_words(axes, labels)
    return (", " if words != list(labels) else "/").join(words)


def label_words(axes: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Return the labels of a row, bare ones behind the name of their axis: `batch size 128`."""
    return [
        f"{axis.replace('_', ' ')} {label}" if axis != VARIANTS and len(axis) <= MAX_AXIS and _is_bare(label) else label
        for axis, label in zip(short_names(axes), labels, strict=False)
    ]


def _is_bare(label: str) -> bool:
    """Whether a label needs the name of its axis: a number, a list of numbers, yes, no or off."""
    if label in ("true", "false", "none", "off"):
        return True
    try:
        return all(math.isfinite(float(part)) for part in label.strip("[]").split(","))
    except ValueError:
        return False


def chart_names(keys: Sequence[str], words: Sequence[str] | None = None) -> dict[str, str]:
    """Return a short printable name for each key, no two alike; `words` are what to call them, if not their keys."""
    names: dict[str, str] = {}
    seen: set[str] = set()
    for key, word in zip(keys, keys if words is None else words, strict=True):
        # Even the work on a label of any length is bounded.
        short = name = shortened(printable(word[: 4 * MAX_NAME]), MAX_NAME) or "(no label)"
        number = 1
        while name in seen:
            number += 1
            name = f"{short} ({number})"
        seen.add(name)
        names[key] = name
    return names
