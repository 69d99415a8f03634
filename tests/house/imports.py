"""Which file imports which, and the circles among them."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from tests.house.sources import Source

Graph = Mapping[str, set[str]]


def imported(source: Source) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, module and names of every import of gdbench, those in functions and under TYPE_CHECKING included."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            modules = [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [(node.module or "", tuple(alias.name for alias in node.names))]
        else:
            continue
        yield from ((node.lineno, *module) for module in modules if module[0].split(".")[0] == "gdbench")


def graph(files: Sequence[Source]) -> Graph:
    """The modules that each module imports; `from package import module` imports the module, not the package."""
    modules = {source.module for source in files}

    def targets(source: Source) -> Iterator[str]:
        for _line, module, names in imported(source):
            inner = [f"{module}.{name}" for name in names]
            yield from (name if name in modules else module for name in inner or [module])

    return {source.module: {*targets(source)} & modules - {source.module} for source in files}


def circles(imports: Graph) -> list[list[str]]:
    """The groups of modules that reach one another by imports."""
    reached = {module: _reached(module, imports) for module in imports}
    groups = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in imports
        if module in reached[module]
    }
    return sorted(sorted(group) for group in groups)


def _reached(start: str, imports: Graph) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = imports[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached
