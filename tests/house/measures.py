"""Sizes, names and comments of a package, counted on its syntax trees."""

import ast
import io
import statistics
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tests.house.imports import circles, graph
from tests.house.sources import GENERATED, Source

LONGEST_FUNCTION, LONGEST_FILE = 40, 250
EVERYWHERE = {"__init__", "__main__"}


def median_lines_of_a_file(files: Sequence[Source]) -> float:
    return statistics.median(len(source.lines) for source in files)


def median_lines_of_a_body(files: Sequence[Source]) -> float:
    return statistics.median(_body(function) for source in files for function in source.functions)


def any_per_1000_lines(files: Sequence[Source]) -> float:
    """How often annotations and code say `Any`; the imports of it don't count."""
    count = sum(isinstance(node, ast.Name) and node.id == "Any" for source in files for node in ast.walk(source.tree))
    return 1000 * count / _lines(files)


def comment_percentage(files: Sequence[Source]) -> float:
    """The share of comment lines among all lines that are not blank."""
    return 100 * sum(map(_comments, files)) / sum(bool(line.strip()) for source in files for line in source.lines)


def long_functions(files: Sequence[Source]) -> list[str]:
    return [
        f"{source.path}:{function.lineno} {function.name}: {_body(function)} lines"
        for source in files
        for function in source.functions
        if _body(function) > LONGEST_FUNCTION
    ]


def long_files(files: Sequence[Source]) -> list[str]:
    return [
        f"{source.path}: {len(source.lines)} lines"
        for source in files
        if len(source.lines) > LONGEST_FILE and source.path not in GENERATED
    ]


def import_circles(files: Sequence[Source]) -> list[str]:
    return [" <-> ".join(circle) for circle in circles(graph(files))]


def shared_stems(files: Sequence[Source]) -> list[str]:
    """Modules of one file name, which a reader could take for one another."""
    # A command's file has the name of the module that does its work.
    return _shared(
        (source.stem, source.path) for source in files if source.part != "cli" and source.stem not in EVERYWHERE
    )


def shared_class_names(files: Sequence[Source]) -> list[str]:
    return _shared((node.name, f"{source.path}:{node.lineno}") for source in files for node in source.classes)


def _shared(named: Iterable[tuple[str, str]]) -> list[str]:
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return [f"{name}: {', '.join(places[name])}" for name in sorted(places) if len(places[name]) > 1]


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function below its docstring."""
    statements = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def _lines(files: Sequence[Source]) -> int:
    return sum(len(source.lines) for source in files)


def _comments(source: Source) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return sum(token.type == tokenize.COMMENT and token.line.lstrip().startswith("#") for token in tokens)
