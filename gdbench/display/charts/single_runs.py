"""Single runs as thin lines: what a chart shows in place of bands that would hide its curves."""

from collections.abc import Iterator, Mapping, Sequence

from gdbench.comparison.learning_curves import RunPoint
from gdbench.display.charts.figure import Cell
from gdbench.display.charts.thinning import thinned

# The fewest points of a run's curve.
LEAST_POINTS = 24
# What the items of means have.
NOTHING: Mapping[str, None] = dict.fromkeys(["mean", "low", "high", "runs", "diverged", "thinned"])


def run_items(
    curves: Mapping[int, Sequence[RunPoint]], most: int | None, *, is_log: bool, **others: Cell
) -> Iterator[dict[str, Cell]]:
    """Yield an item for each point of the curves of runs by seed; all of them together have at most `most` points.

    A logarithmic axis has no place for numbers that are not positive. `others` are further fields of the items.
    """
    bound = None if most is None else max(LEAST_POINTS, most // max(1, len(curves)))
    for seed, points in curves.items():
        shown = [point for point in points if point.value > 0 or not is_log]
        for point in (shown[place] for place in thinned([point.value for point in shown], bound)):
            yield {
                **others,
                "epoch": point.epoch,
                "update": point.update,
                "seconds": point.seconds,
                **NOTHING,
                "seed": seed,
                "value": point.value,
            }
