"""Tables as JSON, for programs."""

import json
import math
from collections.abc import Sequence
from typing import Any

from gdbench.comparison.statistics import FIGURES, Statistics
from gdbench.comparison.tables import COUNTS, Row, Table


def json_text(tables: Sequence[Table]) -> str:
    """Return a JSON list of the tables; figures are numbers, null, or `"diverged"` for a median of diverged runs."""
    return json.dumps([_table(table) for table in tables], indent=2, allow_nan=False) + "\n"


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(table, row) for row in table.rows]
    return {"comparison": table.comparison, "title": table.title, "axes": list(table.axes), "rows": rows}


def _row(table: Table, row: Row) -> dict[str, Any]:
    counts = {count: getattr(row, count) for count in (*COUNTS, "collapsed")}
    names = [selection.name for selection in table.selections]
    metrics = {name: _statistics(figures) for name, figures in zip(names, row.statistics, strict=True)}
    return {"labels": list(row.labels), **counts, "metrics": metrics, "notes": list(row.notes)}


def _statistics(statistics: Statistics) -> dict[str, Any]:
    figures = {figure: getattr(statistics, figure) for figure in FIGURES}
    spelled = {name: "diverged" if number in (math.inf, -math.inf) else number for name, number in figures.items()}
    return {"n": statistics.n, **spelled}
