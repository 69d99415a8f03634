"""The 95 % bands of curves: how faint they are, how far they are drawn, and whether they hide the curves."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gdbench.display.charts.figure import Cell, Rows

# Bands whose shares of the range of the means add up to more than this hide the curves.
MOST_COVERED = 0.9
# How far beyond the range of the means a band is drawn, as a share of it: the curves keep more than half of the chart.
BEYOND = 0.25
# Behind what a note says of bands or intervals, some of which are cut.
LEAVING = ", cut off where they leave the chart"
# The opacity of up to so many bands; more of them are fainter.
OPACITIES = ((4, 0.18), (8, 0.12), (math.inf, 0.08))


@dataclass(frozen=True, slots=True)
class Span:
    """The range of the means of one panel, as its axis shows it: `low` and `high` are logarithms if `is_log`."""

    low: float
    high: float
    is_log: bool

    @classmethod
    def of(cls, means: Iterable[float], *, is_log: bool) -> "Span":
        """Return the range of numbers, which are positive if `is_log`."""
        placed = [math.log10(mean) if is_log else mean for mean in means]
        return cls(min(placed), max(placed), is_log)

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and the greatest number at which a band is drawn."""
        margin = BEYOND * (self.high - self.low)
        low, high = self.low - margin, self.high + margin
        if self.is_log:
            return 10 ** max(low, -307), 10 ** min(high, 308)
        # A reader may ask for a logarithmic axis, which has no place for zero and below.
        return (max(low, self.low / 2) if self.low > 0 else low), high

    def share(self, low: float, high: float) -> float:
        """Return how much of the range lies between two numbers, from 0 to 1."""
        if self.high <= self.low:
            return 0.0
        start, end = (self._place(low), self._place(high))
        return max(0.0, min(end, self.high) - max(start, self.low)) / (self.high - self.low)

    def _place(self, number: float) -> float:
        if not self.is_log:
            return number
        return math.log10(number) if number > 0 else -math.inf


def numbers_by_split(items: Rows, *fields: str) -> dict[Cell, list[float]]:
    """Return the numbers in some fields of items by their split, since each split may have an axis of its own."""
    found: dict[Cell, list[float]] = {}
    for item in items:
        for field in fields:
            if isinstance(number := item.get(field), int | float):
                found.setdefault(item.get("split"), []).append(number)
    return found


def spans(drawn: Rows, field: str = "mean", *, is_log: bool) -> dict[Cell, Span]:
    """Return the range of the lines of each split, whose heights are in a field of the items."""
    return {split: Span.of(heights, is_log=is_log) for split, heights in numbers_by_split(drawn, field).items()}


def bands_hide(drawn: Rows, ranges: Mapping[Cell, Span]) -> bool:
    """Whether the bands of any panel would cover most of the range of its means, or all of it several times."""
    shares: dict[Cell, dict[Cell, list[float]]] = {}
    for item in drawn:
        low, high = item["low"], item["high"]
        if isinstance(low, int | float) and isinstance(high, int | float):
            rows = shares.setdefault(item.get("split"), {})
            rows.setdefault(item["row"], []).append(ranges[item.get("split")].share(low, high))
    covered = [sum(sum(found) / len(found) for found in rows.values()) for rows in shares.values()]
    return max(covered, default=0.0) > MOST_COVERED


def cut_bands(drawn: Rows, ranges: Mapping[Cell, Span]) -> Iterator[dict[str, Cell]]:
    """Yield for each item where its band begins and ends in the chart: `bottom` and `top`; nothing without a band."""
    for item in drawn:
        low, high = item["low"], item["high"]
        if isinstance(low, int | float) and isinstance(high, int | float):
            least, most = ranges[item.get("split")].ends
            yield {"bottom": min(max(low, least), most), "top": max(min(high, most), least)}
        else:
            yield {}


def cut_intervals(drawn: Rows, *, is_log: bool) -> Rows:
    """Return items, each with a `value`, and with the `bottom` and `top` of its interval as it is drawn.

    A logarithmic axis has no place for intervals that reach below zero, and would show little else than wide ones.
    """
    values = [number for item in drawn if isinstance(number := item["value"], int | float)]
    if not is_log or not values:
        return drawn
    ranges: dict[Cell, Span] = {None: Span.of(values, is_log=True)}
    return [
        {**item, "bottom": None, "top": None, **ends}
        for item, ends in zip(drawn, cut_bands(drawn, ranges), strict=True)
    ]


def is_cut(item: Mapping[str, Cell]) -> bool:
    """Whether an item has a band or interval that is drawn shorter than it is."""
    has_band = item.get("bottom") is not None
    return has_band and (item["low"] != item["bottom"] or item["high"] != item["top"])


def interval_fields(drawn: Rows) -> tuple[str, str]:
    """Return the fields of items between which their intervals are drawn."""
    return ("bottom", "top") if any(map(is_cut, drawn)) else ("low", "high")


def opacity(bands: int) -> float:
    """Return the opacity of so many bands, one above the other."""
    return next(faint for most, faint in OPACITIES if bands <= most)
