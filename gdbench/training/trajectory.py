"""The path of a run over a test function, as a record keeps it."""

from collections.abc import Sequence

from gdbench.training.decimals import shortest_decimal
from gdbench.training.keras_types import Array

# A path of more points is thinned.
MOST_POINTS = 1000


def trajectory(epochs: Sequence[float], path: Sequence[Array]) -> dict[str, list[int | float]]:
    """Return at most `MOST_POINTS` points of a path with their epochs: every k-th one from the start, and the last."""
    stride = -(-len(epochs) // (MOST_POINTS - 1)) if len(epochs) > MOST_POINTS else 1
    kept = sorted({*range(0, len(epochs), stride), len(epochs) - 1})
    numbers: dict[str, list[int | float]] = {"epoch": [epochs[index] for index in kept]}
    for axis, name in enumerate(("x", "y")):
        numbers[name] = [shortest_decimal(path[index][axis]) for index in kept]
    return numbers
