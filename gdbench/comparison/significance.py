"""What all tests share: their level, p-values adjusted for their number, and the agreement of two rankings."""

import math
from collections.abc import Sequence

# The chance of any false verdict among the claims of a comparison.
LEVEL = 0.05


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number (Holm 1979), at most 1, each of which may be held to the level."""
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        # A hypothesis is not shown before all that have smaller p-values are.
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def kendall_tau(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Kendall's tau-b of two rankings, which allows for ties; None where one of them is all ties."""
    pairs = [(i, j) for j in range(len(one)) for i in range(j)]
    signs = [(_sign(one[i], one[j]), _sign(other[i], other[j])) for i, j in pairs]
    agreement = sum(a * b for a, b in signs)
    untied = math.prod(sum(sign != 0 for sign in side) for side in zip(*signs, strict=True)) if signs else 0
    return agreement / math.sqrt(untied) if untied else None


def _sign(one: float, other: float) -> int:
    return (one > other) - (one < other)
