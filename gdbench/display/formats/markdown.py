"""Tables as GitHub Markdown."""

import re
from collections.abc import Iterable, Sequence

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.tables import Table
from gdbench.display.text_table import TextTable, text_tables


def markdown(tables: Sequence[Table | Pivot], precision: int | None = None) -> str:
    """Return each metric of each table as a heading, a table and its notes."""
    return "\n".join(markdown_table(table) for table in text_tables(tables, precision))


def markdown_table(table: TextTable) -> str:
    """Return a table of text as a heading, where it has a title, the table and its notes."""
    rules = [":---" if index < table.label_columns else "---:" for index in range(len(table.header))]
    heading = [f"### {_escaped(table.title)}", ""] if table.title else []
    lines = [*heading, _line(map(_escaped, table.header)), _line(rules)]
    lines += [_line(map(_escaped, row)) for row in table.rows]
    for note in table.notes:
        lines += ["", _escaped(note)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\|*`<])", r"\\\1", text)
