"""Printouts as LaTeX tables for an article: booktabs, and longtable for tables longer than a page."""

import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from gdbench.display.formats.latex_columns import LatexColumn, latex_columns
from gdbench.display.formats.latex_text import escaped
from gdbench.display.formats.latex_widths import Fit, fitted
from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.sheet import CaptionNote, Sheet
from gdbench.text import printable

# A float of more rows does not fit a page.
MAX_ROWS = 40
# Of a title in a label.
MAX_WORDS = 10
# A hyphen that stands for the sign of a number.
_MINUS = re.compile(r"(?<![^\s(])-(?=\d)")
SMALL = r"\footnotesize\setlength{\tabcolsep}{3pt}"


def write(printout: Printout, stream: TextIO) -> None:
    """Write each sheet as a table of its own, with a caption and a label."""
    stream.write(page(printout.sections()))


def page(sections: Sequence[Section]) -> str:
    """Return sections as a piece of a document, after a comment that says which packages its preamble needs."""
    made = _Page()
    blocks = [block for section in sections for block in made.blocks(section)]
    packages = "booktabs,longtable" if made.has_long_tables else "booktabs"
    return "\n".join([rf"% needs \usepackage{{{packages}}}" + "\n", *blocks])


def sheet_text(sheet: Sheet, label: str = "") -> str:
    """Return a sheet as a table, with a label to refer to it by where it has a title."""
    return _Table(fitted(sheet), label).text()


class _Page:
    """The blocks of a page, whose labels differ."""

    def __init__(self) -> None:
        self.labels: set[str] = set()
        self.has_long_tables = False

    def blocks(self, section: Section) -> Iterator[str]:
        if section.title:
            # Headings have long words, and large print little room to stretch.
            yield rf"\section*{{\raggedright {escaped(section.title)}}}" + "\n"
        if section.summary:
            yield rf"\subsection*{{\raggedright {escaped(section.summary)}}}" + "\n"
        for block in section.blocks:
            yield self._table(block) if isinstance(block, Sheet) else _paragraphs(block)

    def _table(self, sheet: Sheet) -> str:
        self.has_long_tables |= is_long(sheet)
        if not sheet.columns:
            # A heading above several tables, which have captions of their own.
            return "".join(f"% {printable(text)}\n" for text in (sheet.title, *sheet.notes) if text)
        if not sheet.title:
            # No caption, so there is no number to refer to.
            return sheet_text(sheet)
        label = name = _slug(sheet.title)
        number = 1
        while label in self.labels:
            number += 1
            label = f"{name}-{number}"
        self.labels.add(label)
        return sheet_text(sheet, label)


def _slug(title: str) -> str:
    """Return a title as a label: letters, digits and hyphens, which no package makes a command of."""
    words = re.findall("[a-z0-9]+", title.lower())
    return "tab:" + ("-".join(words[:MAX_WORDS]) or "results")


class _Table:
    """A sheet as a table: a float, or where it is longer than a page one that breaks over pages."""

    def __init__(self, fit: Fit, label: str) -> None:
        self.sheet = fit.sheet
        self.fit = fit
        self.label = label
        self.panels = [latex_columns(fit, panel) for panel in fit.panels]

    def text(self) -> str:
        lines = self._long() if is_long(self.sheet) else self._floating()
        return "".join(f"{line}\n" for line in [*self._remarks(), *lines])

    def _floating(self) -> list[str]:
        tables: list[str] = []
        for columns in self.panels:
            tables += [r"\par\medskip"] * bool(tables)
            body = [*self._head(columns), *self._rows(columns), r"\bottomrule"]
            tables += [_begin("tabular", columns), *_indented(body), r"\end{tabular}"]
        # The class article leaves no space between a caption and what is below it.
        caption = [*self._caption(), r"\par\smallskip"] if self.sheet.title else []
        parts = ([r"\centering"], caption, [SMALL] * self.fit.is_small, tables, self._notes())
        return [r"\begin{table}", *_indented(*parts), r"\end{table}"]

    def _long(self) -> list[str]:
        caption = "".join(self._caption())
        tables: list[str] = []
        for columns in self.panels:
            # The line end of a row: the caption is one, of the first table.
            captions = [rf"{caption} \\"] if caption and not tables else []
            body = [*captions, *self._head(columns), r"\endhead", r"\bottomrule", r"\endfoot", *self._rows(columns)]
            tables += [_begin("longtable", columns), *_indented(body), r"\end{longtable}"]
        # Braces, so that what follows is no smaller.
        return ["{", SMALL, *tables, "}", *self._notes()] if self.fit.is_small else [*tables, *self._notes()]

    def _remarks(self) -> list[str]:
        names = self.fit.left_out
        return [f"% left out, since the page is too narrow: {printable(', '.join(names))}"] if names else []

    def _caption(self) -> list[str]:
        if not self.sheet.title:
            return []
        notes = [note for note in self.sheet.notes if isinstance(note, CaptionNote)]
        title = escaped(self.sheet.title)
        label = [rf"\label{{{self.label}}}"] if self.label else []
        if not notes:
            return [rf"\caption{{{title}}}", *label]
        # A list of tables shows the title alone. Braces, since a bracket in it would end it.
        return [rf"\caption[{{{title}}}]{{{title}. {' '.join(map(_sentence, notes))}}}", *label]

    def _head(self, columns: Sequence[LatexColumn]) -> list[str]:
        return [r"\toprule", self._line([column.header for column in columns]), r"\midrule"]

    def _rows(self, columns: Sequence[LatexColumn]) -> list[str]:
        return [self._line(cells) for cells in zip(*(column.cells for column in columns), strict=True)]

    def _line(self, cells: Sequence[str]) -> str:
        line = " & ".join(cells)
        # \\ and \toprule take a bracket on the next line for an argument, and \\ a star for a command.
        line = ("{}" if line.startswith(("[", "*")) else "") + line
        # Within lines that break, \\ ends one of them.
        return line + (r" \tabularnewline" if self.fit.broken else r" \\")

    def _notes(self) -> list[str]:
        below = [note for note in self.sheet.notes if not (self.sheet.title and isinstance(note, CaptionNote))]
        if not below:
            return []
        notes = [rf"{_sentence(note)}\par" for note in below]
        begin = r"\par\smallskip\noindent\begin{minipage}{\linewidth}\footnotesize"
        return [begin, *_indented(notes), r"\end{minipage}"]


def is_long(sheet: Sheet) -> bool:
    """Return whether a sheet has too many rows for one page."""
    return len(sheet.rows) > MAX_ROWS


def _sentence(note: str) -> str:
    return escaped(_MINUS.sub("−", note))


def _begin(environment: str, columns: Sequence[LatexColumn]) -> str:
    return rf"\begin{{{environment}}}{{{''.join(column.declaration for column in columns)}}}"


def _indented(*parts: Sequence[str]) -> list[str]:
    return [f"  {line}" for part in parts for line in part]


def _paragraphs(text: str) -> str:
    """Return lines of text, each as one; a line that begins with spaces stays indented."""
    return "".join(rf"\noindent\texttt{{{_spaced(line)}}}\par" + "\n" for line in text.split("\n"))


def _spaced(line: str) -> str:
    line = line.expandtabs()
    text = line.lstrip(" ")
    return "~" * (len(line) - len(text)) + escaped(text)
