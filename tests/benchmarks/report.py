"""What the benchmarks write: where something was measured, tables, and the marked place in a page that holds them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Measurements are put together only where these are equal.
ALIKE = ("machine", "python", "keras", "tensorflow")


def heading(where: Mapping[str, Any]) -> str:
    """Return the line that stands above every table."""
    return "{machine}; Python {python}, Keras {keras}, TensorFlow {tensorflow}".format(**where)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """Return a Markdown table whose first `words` columns are words, the others numbers."""
    rule = [":---"] * words + ["---:"] * (len(columns) - words)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (columns, rule, *rows))


def write(page: Path, name: str, text: str) -> None:
    """Put a text between the marks `<!-- name -->` and `<!-- /name -->` of a page."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{page} has no place marked {name}")
    page.write_text(before + begin + text + end + after, encoding="utf-8")
