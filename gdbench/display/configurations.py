"""The configurations that a command can be given: those in the current folder, and those that ship with gdbench."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gdbench.display.catalog_pages.argument_text import WIDTH
from gdbench.experiment.shipped_configurations import configurations
from gdbench.filesystem.regular_file import open_regular
from gdbench.text import printable, shortened

# Lines that editors look for at the top of a file.
FOR_EDITORS = ("# yaml-language-server:", "# vim:", "# -*-")
# A folder may hold thousands of files that are something else.
MOST_LOCAL = 10
_MAX_BYTES = 2000


def configuration_lines() -> Iterator[str]:
    """Yield a line for each configuration: what to type, and the first line of its head comment."""
    local = sorted(path for pattern in ("*.yaml", "*.yml") for path in Path().glob(pattern))
    if local:
        yield "configurations in this folder:"
        yield from _table({path.name: path for path in local[:MOST_LOCAL]})
        if len(local) > MOST_LOCAL:
            yield f"  and {len(local) - MOST_LOCAL} more"
    yield "configurations that come with gdbench, by name:"
    shipped = configurations()
    yield from _table({name: shipped[name] for name in sorted(shipped, key=_order(shipped))})


def first_line(path: Path) -> str:
    """Return the first line of a file's head comment that is meant for people; empty where there is none."""
    try:
        with open_regular(path) as file:
            text = file.read(_MAX_BYTES).decode(errors="replace")
    except OSError:
        return ""
    lines = (line for line in text.splitlines() if not line.startswith(FOR_EDITORS))
    first = next(lines, "")
    return first.lstrip("# ").rstrip(".") if first.startswith("#") else ""


def _table(paths: dict[str, Path]) -> Iterator[str]:
    width = max(map(len, paths))
    for name, path in paths.items():
        yield shortened(printable(f"  {name:<{width}}  {first_line(path)}").rstrip(), WIDTH)


def _order(paths: dict[str, Path]) -> Callable[[str], tuple[bool, bool, str]]:
    """Order quickstart first, as it is the shortest, then the examples, then the published comparisons."""
    return lambda name: (name != "quickstart", paths[name].parent.name == "published", name)
