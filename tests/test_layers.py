"""Imports go one way; the table stands here once more, so that code and table hold each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gdbench

ROOT = Path(gdbench.__file__).parent
# A part imports from the levels above its own line, never from its neighbours in it.
LEVELS = (
    ("gdbench", "data"),
    ("errors",),
    ("metrics", "text", "files"),
    ("records",),
    ("catalog",),
    ("experiment",),
    ("training", "ledger"),
    ("execution", "comparison"),
    ("display",),
    ("cli",),
    ("__main__",),
)
LEVEL = {part: level for level, parts in enumerate(LEVELS) for part in parts}
FILES = sorted(ROOT.rglob("*.py"))


def part_of(module: str) -> str:
    """`gdbench.catalog.entry` belongs to `catalog`, `gdbench` to itself."""
    return module.split(".")[1] if "." in module else "gdbench"


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and module of every import of gdbench in a file, those within functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            modules = [f"gdbench.{alias.name}" if package == "gdbench" else package for alias in node.names]
        else:
            continue
        yield from ((node.lineno, module) for module in modules if module.split(".")[0] == "gdbench")


def part_imported(module: str) -> str:
    part = part_of(module)
    return part if part in LEVEL else "gdbench"  # `from gdbench import __version__`


def own_part(path: Path) -> str:
    relative = path.relative_to(ROOT)
    name = relative.parts[0].removesuffix(".py")
    return "gdbench" if name == "__init__" else name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path: Path):
    own = own_part(path)
    assert own in LEVEL, f"{own} has no level yet: give it one in this test and in the design"
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for line, module in imported(path)
        if part_imported(module) != own and LEVEL[part_imported(module)] >= LEVEL[own]
    ]
    assert wrong == []


def test_imports_under_functions_and_names_from_the_package_are_seen(tmp_path: Path):
    lines = [
        "def f():",
        "    from gdbench import ledger, __version__",
        "    import gdbench.cli",
        "from gdbench.data import x",
    ]
    (tmp_path / "module.py").write_text("\n".join(lines))
    found = {(line, part_imported(module)) for line, module in imported(tmp_path / "module.py")}
    assert found == {(2, "ledger"), (2, "gdbench"), (3, "cli"), (4, "data")}


def test_there_are_files_in_every_level():
    assert {own_part(path) for path in FILES} >= {"errors", "records", "catalog", "experiment", "ledger", "comparison"}
