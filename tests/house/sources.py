"""The Python files of the package, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import gdbench

ROOT = Path(gdbench.__file__).parent
GENERATED = {"catalog/keras_signatures.py"}


@dataclass(frozen=True)
class Source:
    """A file: where it stands below the package, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """The folder or file of the package's top level, such as `catalog` or `errors`; `gdbench` for itself."""
        name = self.path.partition("/")[0].removesuffix(".py")
        return "gdbench" if name == "__init__" else name

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".py")

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(["gdbench", *(parts[:-1] if parts[-1] == "__init__" else parts)])

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    @property
    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


@cache
def sources(root: Path = ROOT) -> tuple[Source, ...]:
    """Every file of a package; parsed once, whoever asks."""
    paths = sorted(root.rglob("*.py"))
    return tuple(Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
