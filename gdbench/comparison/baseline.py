"""The row that all others of a comparison are compared with."""

from collections.abc import Sequence

from gdbench.comparison.names import unknown_name
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison
from gdbench.text import spelled


def baseline_rows(comparisons: Sequence[Comparison], name: str | None) -> list[str | None]:
    """Return the key of the row that a name means in each comparison, None in those without it.

    A name is the key of a row, such as `sgd/0.1`, or a label that only one row has.

    Raises:
        RequestError: no comparison has such a row, or one has several.
    """
    if name is None:
        return [None] * len(comparisons)
    found = [_row(comparison, name) for comparison in comparisons]
    if not any(found):
        keys = dict.fromkeys(point.key for each in comparisons for point in each.points)
        raise unknown_name("--baseline", "a row", name, keys)
    return found


def _row(comparison: Comparison, name: str) -> str | None:
    rows = comparison.tuning.rows if comparison.tuning else ()
    keys = {point.key for point in comparison.points}
    # A row that chose its untuned settings stands for both.
    name = next((row.key for row in rows if row.default == name and name not in keys), name)
    named = [point.key for point in comparison.points if point.key == name]
    named = named or [point.key for point in comparison.points if name in point.labels]
    if len(named) > 1:
        raise RequestError(
            f"--baseline: expected one row, such as {spelled(named[0])}; got {spelled(name)}, "
            f"the label of {len(named)} rows"
        )
    return named[0] if named else None
