"""Tables as GitHub Markdown."""

import re
from collections.abc import Iterable, Sequence

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.tables import Table
from gdbench.display.cells import TextTable, text_tables


def markdown(tables: Sequence[Table | Pivot], precision: int | None = None) -> str:
    """Return each metric of each table as a heading, a table and its notes."""
    return "\n".join(_markdown(table) for table in text_tables(tables, precision))


def _markdown(table: TextTable) -> str:
    rules = [":---" if index < table.label_columns else "---:" for index in range(len(table.header))]
    lines = [f"### {_escaped(table.title)}", "", _line(map(_escaped, table.header)), _line(rules)]
    lines += [_line(map(_escaped, row)) for row in table.rows]
    for note in table.notes:
        lines += ["", _escaped(note)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\|*`<])", r"\\\1", text)
