r"""The columns of a sheet as LaTeX: numbers aligned at the decimal point without a package.

Numbers with fewer decimals than others of their column are filled up with invisible ones. A column whose numbers are
followed by something, such as the upper end of an interval, letters or counts, takes two columns of a tabular, `r@{}l`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdbench.display.formats.latex_text import escaped
from gdbench.display.formats.latex_widths import MOST_LETTERS, SMALL_CHARACTER, Fit
from gdbench.display.sheets.sheet import NOTHING, ChangeRange, Column, Interval, Letters, PlusMinus, Remarked, Value

_NUMBER = re.compile(
    r"(?P<sign>[-+±x<])? ?(?P<whole>[0-9]+)(?P<fraction>\.[0-9]+)?(e(?P<power>[-+][0-9]+))?(?P<percent> %)?"
)
_SIGNS = {"": "", "-": "-", "+": "+", "±": r"\pm ", "x": r"\times ", "<": "< "}


@dataclass(frozen=True, slots=True)
class LatexColumn:
    """A column: how a tabular declares it, its header and its cells, each with the `&` of a second column."""

    declaration: str
    header: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as people read it, by its parts."""

    sign: str = ""
    whole: str = ""
    fraction: str = ""
    power: str = ""
    percent: str = ""

    def latex(self) -> str:
        text = self.whole + self.fraction
        if self.power:
            text += rf" \times 10^{{{int(self.power)}}}"
        return f"${_SIGNS[self.sign]}{text}$" if self.sign or self.power else text


@dataclass(frozen=True, slots=True)
class _Cell:
    """A number or a word, then words, perhaps a second number, and LaTeX at the end."""

    head: _Number | str
    joint: str = ""
    second: _Number | str = ""
    tail: str = ""

    @property
    def is_split(self) -> bool:
        """Whether something stands to the right of a number."""
        return isinstance(self.head, _Number) and bool(self.joint or self.tail)

    @property
    def numbers(self) -> list[_Number]:
        return [part for part in (self.head, self.second) if isinstance(part, _Number)]


def latex_columns(fit: Fit, panel: Sequence[int]) -> list[LatexColumn]:
    """Return the columns of a panel, header and cells filled up by spaces to the same widths."""
    sheet = fit.sheet
    letters = [index for index in panel if any(isinstance(row[index], Letters) for row in sheet.rows)]
    others = [index for index in panel if index not in letters]
    # They stand above the first figure of a row; the settings that tuned rows chose are texts, and no figures.
    right = [index for index in others if sheet.columns[index].align == "right"]
    figures = (index for index in right if not all(isinstance(row[index], str) for row in sheet.rows))
    first = next(figures, next(iter(right), None))
    columns = []
    for index in others:
        values = [row[index] for row in sheet.rows]
        strong = [sheet.is_strong(number, index) for number in range(len(values))]
        raised = ["".join(_raised(row[place]) for place in letters if index == first) for row in sheet.rows]
        columns.append(_padded(_latex_column(sheet.columns[index], values, strong, raised, fit.broken.get(index))))
    return columns


def _latex_column(
    column: Column, values: Sequence[Value], strong: Sequence[bool], raised: Sequence[str], width: float | None
) -> LatexColumn:
    if column.align == "right":
        cells = [_cell(column, value, letters) for value, letters in zip(values, raised, strict=True)]
        return _Numbers(column, cells).set(strong)
    texts = [escaped(column.name)]
    texts += [_bold(escaped(column.text(value)), is_bold) for value, is_bold in zip(values, strong, strict=True)]
    if width is None:
        return LatexColumn("l", texts[0], tuple(texts[1:]))
    texts = [rf"\raggedright {text}" for text in texts]
    return LatexColumn(f"p{{{width:.0f}pt}}", texts[0], tuple(texts[1:]))


def _padded(column: LatexColumn) -> LatexColumn:
    width = max(map(len, (column.header, *column.cells)))
    return replace(column, header=column.header.ljust(width), cells=tuple(cell.ljust(width) for cell in column.cells))


class _Numbers:
    """The cells of a column, aligned."""

    def __init__(self, column: Column, cells: Sequence[_Cell]) -> None:
        self.column = column
        self.cells = cells
        self.is_split = any(cell.is_split for cell in cells)
        heads = [cell.head for cell in cells if isinstance(cell.head, _Number)]
        seconds = [cell.second for cell in cells if isinstance(cell.second, _Number)]
        self.decimals = max((len(head.fraction) for head in heads if not head.power), default=0)
        self.digits = max((len(second.whole) for second in seconds), default=0)
        self.has_signs = any(second.sign for second in seconds)

    def set(self, strong: Sequence[bool]) -> LatexColumn:
        name = escaped(self.column.name.rstrip())
        # Said once, in the header.
        if any(number.percent for cell in self.cells for number in cell.numbers):
            name = rf"{name} (\%)".lstrip()
        cells = tuple(self._text(cell, is_bold) for cell, is_bold in zip(self.cells, strong, strict=True))
        return LatexColumn("r@{}l" if self.is_split else "r", self._spanned(name), cells)

    def _spanned(self, text: str) -> str:
        if not self.is_split:
            return text
        return rf"\multicolumn{{2}}{{r}}{{{text}}}" if text else "&"

    def _text(self, cell: _Cell, is_bold: bool) -> str:
        if not isinstance(cell.head, _Number):
            words = _word(cell.head) + cell.joint + self._second(cell.second)
            return self._spanned(_bold(words, is_bold) + cell.tail)
        head = _bold(cell.head.latex(), is_bold) + self._filling(cell.head)
        if not self.is_split:
            return head
        return f"{head} & {_bold(cell.joint + self._second(cell.second), is_bold)}{cell.tail}"

    def _filling(self, head: _Number) -> str:
        missing = 0 if head.power else self.decimals - len(head.fraction)
        # A number without decimals lacks the point as well.
        return _phantom("0" * missing if head.fraction else "." + "0" * (missing - 1)) if missing else ""

    def _second(self, second: _Number | str) -> str:
        if not isinstance(second, _Number):
            return _word(second)
        sign = "$-$" if self.has_signs and not second.sign else ""
        return _phantom(sign + "0" * (self.digits - len(second.whole))) + second.latex()


def _cell(column: Column, value: Value, tail: str) -> _Cell:
    text = column.text(value)
    match value:
        case str():
            return _Cell(text, tail=tail)
        case Interval() | ChangeRange():
            low, _, high = text.partition(" to ")
            return _Cell(_number(low), "~to ", _number(high), tail)
        case PlusMinus():
            mean, _, deviation = text.partition(" +- ")
            return _Cell(_number(mean), r"~$\pm$ ", _number(deviation), tail)
        case Remarked(number, remark):
            return _Cell(_number(column.text(Remarked(number, ""))), tail=_raised(value) + _after(remark))
    return _Cell(_number(text), tail=tail)


def _raised(value: Value) -> str:
    """Return the letters of a row as a superscript."""
    letters = (value.letters or "").strip() if isinstance(value, Letters | Remarked) else ""
    if letters in ("", NOTHING):
        return ""
    if len(letters) > MOST_LETTERS:
        width = MOST_LETTERS * SMALL_CHARACTER
        return rf"\,\parbox[t]{{{width:.0f}pt}}{{\raggedright\scriptsize {escaped(letters)}}}"
    return rf"\textsuperscript{{{escaped(letters)}}}"


def _after(remark: str) -> str:
    remark = remark.rstrip()
    # A tabular drops the space at the beginning of a cell.
    return "~" + escaped(remark[1:]) if remark.startswith(" ") else escaped(remark)


def _number(text: str) -> _Number | str:
    match = _NUMBER.fullmatch(text)
    return _Number(**match.groupdict(default="")) if match else text


def _word(text: str) -> str:
    return "--" if text == NOTHING else escaped(text)


def _phantom(text: str) -> str:
    return rf"\phantom{{{text}}}" if text else ""


def _bold(text: str, is_bold: bool) -> str:
    if not is_bold or not text:
        return text
    # Formulas have a weight of their own.
    formulas = r"\boldmath " if "$" in text or "ensuremath" in text else ""
    return rf"\textbf{{{formulas}{text}}}"
