"""Which row is best in each of several comparisons."""

from collections.abc import Mapping, Sequence

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.separation import Separation
from gdbench.comparison.tables import Table
from gdbench.display.sheets.answers import row_name
from gdbench.display.sheets.headings import metric_words
from gdbench.display.sheets.sheet import Column, Sheet
from gdbench.text import listing

# Of more rows that cannot be told apart only the first is named.
MOST_ALIKE = 3
UNDECIDED = "undecided"


def summary_sheet(tables: Sequence[Table | Pivot]) -> Sheet:
    """Return the best row of each comparison, by their first metric."""
    metric = metric_words(tables[0].selections[0].metric)
    columns = (Column("comparison", align="left", label=True), Column("best", align="left"))
    rows = tuple((table.comparison, best_of(table.separations[0])) for table in tables)
    note = "gdbench tables --comparison NAME shows one of them."
    return Sheet(f"{len(tables)} comparisons by {metric}", columns, rows, (note,))


def best_of(separation: Separation, called: Mapping[str, str] | None = None) -> str:
    """Return the best row with those that cannot be told apart from it: `0.1, 0.01 or 1`; `called` renames rows."""
    if separation.obstacle or not separation.separated:
        return UNDECIDED
    names = [row_name((called or {}).get(row, row)) for row in separation.top]
    if len(names) > MOST_ALIKE:
        return f"{names[0]}, not told apart from {len(names) - 1} others"
    return listing(names, "or")
