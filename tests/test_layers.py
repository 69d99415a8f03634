"""Imports go one way and never in a circle; the table stands here once more, so that code and table hold each other."""

import pytest

from tests.house.imports import circles, graph, imported
from tests.house.sources import Source, sources

# A part imports from the levels above its own line, never from its neighbors in it.
LEVELS = (
    ("data", "version", "source_digest", "interpreter"),
    ("errors",),
    ("filesystem", "metrics", "text", "stages", "program_cache"),
    ("records",),
    ("catalog",),
    ("experiment",),
    ("training", "ledger"),
    ("execution", "comparison"),
    ("display",),
    ("cli",),
    ("api",),
    ("gdbench", "__main__"),
)
LEVEL = {part: level for level, parts in enumerate(LEVELS) for part in parts}
FILES = sources()


def part_of(module: str) -> str:
    """`gdbench.catalog.entry` belongs to `catalog`; `gdbench` and what it defines to itself."""
    part = module.split(".")[1] if "." in module else "gdbench"
    return part if part in LEVEL else "gdbench"


def parts_imported(source: Source) -> set[tuple[int, str]]:
    """Line and part of every import, those from the package itself by name."""
    return {
        (line, part_of(module))
        for line, package, names in imported(source)
        for module in ([f"gdbench.{name}" for name in names] if package == "gdbench" and names else [package])
    }


@pytest.mark.parametrize("source", FILES, ids=lambda source: source.path)
def test_imports_go_one_way(source: Source):
    assert source.part in LEVEL, f"{source.part} has no level yet: give it one in this test and in the design"
    wrong = [
        f"{source.path}:{line} imports {part}"
        for line, part in parts_imported(source)
        if part != source.part and LEVEL[part] >= LEVEL[source.part]
    ]
    assert wrong == []


def test_no_files_import_each_other():
    assert circles(graph(FILES)) == []


def test_imports_under_functions_and_names_from_the_package_are_seen():
    lines = [
        "def f():",
        "    from gdbench import ledger, __version__",
        "    import gdbench.cli",
        "from gdbench.data import x",
    ]
    seen = parts_imported(Source("module.py", "\n".join(lines)))
    assert seen == {(2, "ledger"), (2, "gdbench"), (3, "cli"), (4, "data")}


def test_a_circle_through_a_function_and_a_module_named_from_its_package_is_seen():
    files = [
        Source("catalog/one.py", "from gdbench.catalog import two"),
        Source("catalog/two.py", "def f():\n    import gdbench.catalog.three"),
        Source("catalog/three.py", "if TYPE_CHECKING:\n    from gdbench.catalog.one import x"),
        Source("errors.py", "from gdbench.catalog.one import y"),
    ]
    assert circles(graph(files)) == [[f"gdbench.catalog.{name}" for name in ("one", "three", "two")]]


def test_there_are_files_in_every_level():
    assert {source.part for source in FILES} == set(LEVEL)
