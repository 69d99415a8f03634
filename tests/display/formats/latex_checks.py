"""Checks of LaTeX that parse it and never run it."""

import re
from collections.abc import Iterator, Sequence

from pylatexenc.latexwalker import LatexCommentNode, LatexEnvironmentNode, LatexMacroNode, LatexNode, LatexWalker

ENVIRONMENTS = {"table", "tabular", "longtable", "minipage"}
# What a table may be made of, besides the commands of escaped text.
COMMANDS = {
    *("\\", "tabularnewline", "multicolumn", "toprule", "midrule", "bottomrule", "endhead", "endfoot"),
    *(
        "caption",
        "label",
        "centering",
        "par",
        "smallskip",
        "medskip",
        "linewidth",
        "footnotesize",
        "setlength",
        "tabcolsep",
    ),
    *("textbf", "boldmath", "phantom", "raggedright", "pm", "times", "section", "subsection", "noindent", "texttt"),
}
# What `escaped` makes of a character, and nothing else: plain ASCII, a command without arguments, a formula, an accent.
_PLAIN = r"[A-Za-z0-9 !'()*+,\-./:;=?@\[\]]"
_LETTER = r"(\\[ij]|[A-Za-z])"
_ACCENT = r"\\[`'^~=.\"urHvdcb]\{"
PIECE = re.compile(
    rf"{_PLAIN} | \\[&%$\#_{{}}] | \\[A-Za-z]+\{{\}} | \\ensuremath\{{[^$&%\#~]+?\}}+ | \{{\}}"
    rf"| ({_ACCENT})+{_LETTER}\}}+"
    rf"| \\text(super|sub)script\{{({_PLAIN} | \\[A-Za-z]+\{{\}} | \\ensuremath\{{[^{{}}]+\}})+\}}",
    re.VERBOSE,
)
# Of one column of a tabular, or of two.
_DECLARATION = re.compile(r"[lr]@\{\}l|[lr]|p\{\d+pt\}")


def check(text: str) -> None:
    """Fail unless braces, formulas and environments are balanced, all commands known and all rows equally long."""
    nodes = list(_walk(LatexWalker(text, tolerant_parsing=False).get_latex_nodes()[0]))
    for node in nodes:
        if isinstance(node, LatexEnvironmentNode):
            assert node.environmentname in ENVIRONMENTS
        elif isinstance(node, LatexMacroNode):
            known = node.macroname in COMMANDS or PIECE.match(f"\\{node.macroname}{{}}") or len(node.macroname) == 1
            assert known, node.macroname
            # A bracket or a star of a label would be an argument.
            assert node.macroname != "\\" or node.nodeargd.argnlist == [None, None]
        elif isinstance(node, LatexCommentNode):
            # Nothing that somebody named begins one in the middle of a line.
            assert text[: node.pos].endswith("\n") or not node.pos
    for table in tables(text):
        assert len({row_length(row) for row in [declared(table), *rows(table)]}) == 1


def _walk(nodes: Sequence[LatexNode | None]) -> Iterator[LatexNode]:
    for node in nodes:
        if node is None:
            continue
        yield node
        arguments = getattr(node, "nodeargd", None)
        yield from _walk(arguments.argnlist if arguments and arguments.argnlist else ())
        yield from _walk(getattr(node, "nodelist", None) or ())


def tables(text: str) -> list[str]:
    """The tabulars and long tables of a text, each from its declaration to its end."""
    return [part.partition(r"\end{")[0] for part in re.split(r"\\begin\{(?:tabular|longtable)\}", text)[1:]]


def declared(table: str) -> str:
    """A row with as many cells as a table declares columns."""
    declaration = table.partition("\n")[0].removeprefix("{").removesuffix("}")
    assert _DECLARATION.sub("", declaration) == ""
    return "&" * (sum(1 + ("@" in match[0]) for match in _DECLARATION.finditer(declaration)) - 1)


def rows(table: str) -> list[str]:
    """The rows of a table, its header first."""
    lines = [line.strip() for line in table.splitlines()[1:]]
    ends = (r"\\", r"\tabularnewline")
    return [line for line in lines if line.endswith(ends) and not line.startswith(r"\caption")]


def row_length(row: str) -> int:
    """How many columns a row takes."""
    spans = [int(number) - 1 for number in re.findall(r"\\multicolumn\{(\d)\}", row)]
    return len(re.findall(r"(?<!\\)&", row)) + 1 + sum(spans)


def cells(row: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in re.split(r"(?<!\\)&", re.sub(r"(\\\\|\\tabularnewline)$", "", row))]
