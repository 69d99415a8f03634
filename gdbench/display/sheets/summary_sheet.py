"""Which row is best in each of several comparisons, in one line."""

from collections.abc import Sequence

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.separation import Separation
from gdbench.comparison.tables import Table
from gdbench.display.sheets.answers import row_name
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.sheet import Sheet
from gdbench.text import listing

# Of more rows that cannot be told apart only the first is named.
MOST_ALIKE = 3


def summary_sheet(tables: Sequence[Table | Pivot]) -> Sheet:
    """Return `4 comparisons: best adam; 0.003; relu; 32` for their first metric, as a title without a table."""
    first = tables[0].selections[0].metric
    by = f" by {metric_words(first)}" if len(tables[0].selections) > 1 else ""
    best = "; ".join(_best(table.separations[0]) for table in tables)
    names = ", ".join(table.comparison for table in tables)
    note = f"gdbench tables --comparison NAME shows one: {names}"
    return Sheet(f"{len(tables)} comparisons: best{by} {best}", (), (), (note,))


def _best(separation: Separation) -> str:
    if separation.obstacle or not separation.separated:
        return "undecided"
    names = [row_name(row) for row in separation.top]
    if len(names) > MOST_ALIKE:
        return f"{names[0]} or {len(names) - 1} others"
    return listing(names, "or")
