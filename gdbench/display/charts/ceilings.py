"""How high a chart of losses reaches: runs that diverge would press the curves of all others flat."""

import math
from collections.abc import Iterator, Mapping, Sequence

from gdbench.display.charts.bands import numbers_by_split
from gdbench.display.charts.figure import Cell, Rows

# So many times the highest loss of the runs that did not diverge.
TIMES = 10
# What an item shows: a mean over runs, or a single run.
FIELDS = ("mean", "value")

# The highest number that is drawn, by split.
Ceilings = Mapping[Cell, float]


def ceilings(sound: Mapping[Cell, Sequence[float]], drawn: Rows) -> Ceilings:
    """Return the ceilings of splits whose curves would leave them, given the numbers of runs that did not diverge."""
    found, drawn_numbers = {}, numbers_by_split(drawn, *FIELDS)
    for split, known in sound.items():
        shown = drawn_numbers.get(split, ())
        most = _ceiling(known) if known else math.inf
        # Where no mean is lower, there is nothing to be told apart.
        if shown and min(shown) <= most < max(shown):
            found[split] = most
    return found


def _ceiling(numbers: Sequence[float]) -> float:
    low, high = min(numbers), max(numbers)
    # Functions have values below zero.
    return high + (TIMES - 1) * max(abs(high), high - low)


def cut(drawn: Rows, most: Ceilings) -> Iterator[dict[str, Cell]]:
    """Yield each item with its `height`: where its curve is drawn, None where that is beyond the ceiling.

    The point at which a curve leaves the chart is drawn at the ceiling, and that from which it comes back.
    """
    for before, item, after in zip([None, *drawn], drawn, [*drawn[1:], None], strict=False):
        ceiling = most.get(item.get("split"))
        number = next(_numbers(item), None)
        height: Cell = number
        if number is not None and ceiling is not None and number > ceiling:
            beside = [other for other in (before, after) if other is not None and _is_same_curve(item, other)]
            height = ceiling if any(other < ceiling for each in beside for other in _numbers(each)) else None
        yield {**item, "height": height}


def _is_same_curve(one: Mapping[str, Cell], other: Mapping[str, Cell]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("row", "split", "seed"))


def _numbers(item: Mapping[str, Cell]) -> Iterator[float]:
    """Yield the number that an item shows, if it shows one."""
    for field in FIELDS:
        if isinstance(number := item.get(field), int | float):
            yield number


def ceiling_note(most: Ceilings) -> Iterator[str]:
    """Yield where curves are cut off, if any is."""
    if most:
        yield f"Curves that diverge are cut off at {TIMES} times the highest loss of all other runs."
