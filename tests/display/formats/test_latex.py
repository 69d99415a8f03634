import io
import math

import pytest

from gdbench.comparison.arrange import pivot
from gdbench.comparison.results import Results
from gdbench.display.formats import latex
from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.sheet import (
    CaptionNote,
    Change,
    ChangeRange,
    Column,
    Half,
    Interval,
    Letters,
    PlusMinus,
    Remarked,
    Sheet,
    Unit,
)
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.display.sheets.units import FACTOR, P_VALUE, unit_of
from gdbench.metrics import METRICS
from tests.builders import a_record, accuracies, an_experiment
from tests.display.formats.latex_checks import cells, check, rows, tables

PERCENT = Unit(decimals=2, percent=True)
HOSTILE = [
    r"\input{/etc/passwd} \write18{rm -rf} \end{tabular} \\ & x",
    "a_b % no comment & no cell # {unbalanced $ ~ ^",
    "[5pt] no argument",
    "* no star",
    '<a> | "b" --x \'\' ``',
    "éαβ ± 漢字 😀",
    "two\nlines\x1b[31m",
]  # fmt: skip


def column(values, unit=PERCENT, name="mean"):
    """The header and the cells of a column beside one of labels."""
    sheet = Sheet("", (Column("row", align="left"), Column(name, unit)), tuple((str(value), value) for value in values))
    text = latex.sheet_text(sheet)
    check(text)
    header, *lines = rows(tables(text)[0])
    return cells(header)[1:], [cells(line)[1:] for line in lines]


def test_a_table_as_it_is_pasted():
    columns = (
        Column("optimizer", align="left", label=True),
        Column("mean", Unit(decimals=2, percent=True, infinite="diverged")),
        Column("95 %", PERCENT),
        Column("vs best", PERCENT),
        Column("", align="left"),
        Column("sd", PERCENT, detail=True),
    )
    sheet = Sheet(
        "Optimizers: test accuracy, 3 seeds",
        columns,
        (
            ("sgd", 0.9079, Half(0.0048), Change(-0.0653), Letters("b"), 0.1),
            ("adam_w", 0.9732, Half(0.0031), "", Letters("a"), 0.1),
            ("none", -math.inf, None, "-", Letters(None), None),
        ),
        ("adam_w is best.", CaptionNote("95 % intervals: over 3 seeds."), "[1] a note"),
        strong=frozenset({1}),
    )
    text = latex.page([Section((sheet,))])
    check(text)
    assert (
        text
        == r"""% needs \usepackage{booktabs}

\begin{table}
  \centering
  \caption[{Optimizers: test accuracy, 3 seeds}]{Optimizers: test accuracy, 3 seeds. 95~\% intervals: over 3 seeds.}
  \label{tab:optimizers-test-accuracy-3-seeds}
  \par\smallskip
  \begin{tabular}{lr@{}lrr}
    \toprule
    optimizer        & \multicolumn{2}{r}{mean (\%)}        & 95~\%                         & vs best \\
    \midrule
    sgd              & 90.79 & \textsuperscript{b}          & $\pm 0.48$                    & $-6.53$ \\
    \textbf{adam\_w} & \textbf{97.32} & \textsuperscript{a} & \textbf{\boldmath $\pm 0.31$} &         \\
    none             & \multicolumn{2}{r}{diverged}         & --                            & --      \\
    \bottomrule
  \end{tabular}
  \par\smallskip\noindent\begin{minipage}{\linewidth}\footnotesize
    adam\_w is best.\par
    [1] a note\par
  \end{minipage}
\end{table}
"""
    )


def test_numbers_stand_with_their_points_below_each_other():
    assert column([0.5, 0.25, 3, 10.125], Unit())[1] == [
        [r"0.5\phantom{00}"],
        [r"0.25\phantom{0}"],
        [r"3\phantom{.000}"],
        ["10.125"],
    ]


def test_the_sign_of_percent_stands_in_the_header():
    assert column([0.5, None, "words"]) == ([r"mean (\%)"], [["50.00"], ["--"], ["words"]])
    assert column([1, 2], None) == (["mean"], [["1"], ["2"]])


def test_the_ends_of_an_interval_stand_below_each_other():
    header, lines = column([Interval(0.0934, 0.1148), Interval(0.005, 0.0989), None])
    assert header == [r"\multicolumn{2}{r}{mean (\%)}"]
    assert lines == [
        ["9.34", r"~to 11.48"],
        ["0.50", r"~to \phantom{0}9.89"],
        [r"\multicolumn{2}{r}{--}"],
    ]
    assert column([ChangeRange(-0.0692, -0.0614), ChangeRange(-0.01, 0.02)])[1] == [
        ["$-6.92$", "~to $-6.14$"],
        ["$-1.00$", "~to $+2.00$"],
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Half(0.0048), PERCENT, [r"$\pm 0.48$"]),
        (Change(-0.0653), PERCENT, ["$-6.53$"]),
        (PlusMinus(0.92, 0.01), PERCENT, ["92.00", r"~$\pm$ 1.00"]),
        (Remarked(0.9782, " (2/3) [1]"), PERCENT, ["97.82", "~(2/3) [1]"]),
        (Remarked(0.9782, " (2/3)", " ab "), PERCENT, ["97.82", r"\textsuperscript{ab}~(2/3)"]),
        (Remarked(None, " (0/3)", " - "), PERCENT, [r"\multicolumn{2}{r}{--~(0/3)}"]),
        (0.00001, P_VALUE, ["$< 0.0001$"]),
        (1.25, FACTOR, [r"$\times 1.25$"]),
        (1.5e20, Unit(decimals=4), [r"$1.5000 \times 10^{20}$"]),
        (math.inf, PERCENT, ["inf"]),
    ],
)
def test_a_value_as_an_article_prints_it(value, unit, text):
    # A second row decides that the column is a double one.
    _header, [line, *_] = column([value, *[PlusMinus(0.5, 0.01)] * (len(text) > 1 or "multicolumn" in text[0])], unit)
    assert line == text


def test_only_a_single_cell_may_stand_out():
    sheet = Sheet("", (Column("a", align="left"), Column("b")), (("x", 1), ("y", 2)), strong=frozenset({(1, 1)}))
    assert [cells(row) for row in rows(tables(latex.sheet_text(sheet))[0])][1:] == [["x", "1"], ["y", r"\textbf{2}"]]


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_is_a_command_a_cell_or_an_argument(label):
    sheet = Sheet(
        label,
        (Column(label, align="left"), Column(label), Column(label, PERCENT)),
        ((label, label, Remarked(0.5, f" {label}")), (label, None, 0.5)),
        (label, CaptionNote(label)),
        strong=frozenset({0}),
    )
    text = latex.page([Section((sheet, f"  {label}\n\n{label}", sheet), label, label)])
    check(text)
    assert text.count(r"\begin{table}") == 2
    assert text.isascii()


def test_a_heading_without_a_table_is_a_comment():
    text = latex.page([Section((Sheet("2 comparisons:\n\\end", (), (), ("% of",)),))])
    assert text == "% needs \\usepackage{booktabs}\n\n% 2 comparisons:\\n\\end\n% % of\n"


def test_the_minus_of_a_number_in_a_sentence_is_one():
    text = latex.sheet_text(Sheet("T", (Column("a"),), ((1,),), ("a-b: 1e-3, -0.04 to (-1.5)",)))
    assert r"a-b: 1e-3, \ensuremath{-}0.04 to (\ensuremath{-}1.5)" in text


def test_each_table_has_a_label_of_its_own():
    sheets = [Sheet(title, (Column("a"),), ((1,),)) for title in ("Results", "Results", "", "漢字", "results!")]
    text = latex.page([Section(tuple(sheets[:2])), Section(tuple(sheets[2:]))])
    labels = [line.strip() for line in text.splitlines() if r"\label" in line]
    assert labels == [rf"\label{{tab:{name}}}" for name in ("results", "results-2", "results-3", "results-4")]


def test_a_table_longer_than_a_page_breaks_over_pages():
    sheet = Sheet("Many", (Column("row", align="left"), Column("mean", PERCENT)), (("a", 0.5),) * 41, ("a note",))
    text = latex.page([Section((sheet,))])
    check(text)
    assert text.startswith("% needs \\usepackage{booktabs,longtable}\n")
    assert r"\begin{longtable}{lr}" in text
    assert r"\caption{Many}\label{tab:many} \\" in text
    assert r"\begin{table}" not in text


def test_columns_are_left_out_before_a_table_grows_wider_than_a_page():
    columns = (Column("row", align="left"), *(Column(f"column number {rank}", PERCENT, rank=rank) for rank in range(6)))
    text = latex.sheet_text(Sheet("Wide", columns, (("a", *[0.5] * 6),)))
    check(text)
    assert text.startswith(
        "% left out, since the page is too narrow: " + ", ".join(f"column number {rank}" for rank in range(3, 6)) + "\n"
    )
    assert "column number 2" in text.partition("\n")[2]


def test_lines_of_words_are_broken_where_nothing_can_be_left_out():
    words = "a name of many words that takes more than half of a line, and then some more of them"
    sheet = Sheet("Words", (Column("name", align="left"), Column("source", align="left")), ((words, words), ("a", "b")))
    text = latex.sheet_text(sheet)
    check(text)
    assert r"\footnotesize" in text
    # A line end there would be one within the cell.
    assert r"\\" not in tables(text)[0]
    assert r"\raggedright a name of many words" in text


def test_a_narrower_sheet_stands_in_for_one_that_is_too_wide():
    wide = Sheet("All", tuple(Column(f"a long name {number}") for number in range(9)), ((1,) * 9,))
    narrow = Sheet("Some", (Column("a"),), ((1,),))
    text = latex.sheet_text(Sheet(wide.title, wide.columns, wide.rows, narrower=narrow))
    assert r"\caption{Some}" in text


def test_tables_and_turned_tables_of_runs():
    records = {
        **accuracies("a", 0.9781, 0.9779, 0.9785),
        **{run: a_record(run, "diverged") for run in ("b0", "b1", "b2")},
    }
    points = {("adam_w", "0.1"): ["a0", "a1", "a2"], ("sgd", "0.1"): ["b0", "b1", "b2"], ("sgd", "1"): ["c0"]}
    axes = {"optimizer": ["adam_w", "sgd"], "optimizer.learning_rate": ["0.1", "1"]}
    shown = Results(an_experiment(axes, points), records).tables(["test_accuracy", "test_error"], ["last"])
    for printed in (shown, pivot(shown, "optimizer")):
        stream = io.StringIO()
        latex.write(TablesPrintout(printed), stream)
        check(stream.getvalue())
        assert stream.getvalue().count(r"\begin{table}") == 2
        assert r"adam\_w" in stream.getvalue()


def test_letters_are_raised_and_the_caption_says_what_intervals_are_of():
    records = accuracies("a", 0.981, 0.979, 0.98, 0.982, 0.978) | accuracies("b", 0.97, 0.968, 0.972, 0.971, 0.974)
    points = {(name, "0.1"): [f"{name}{seed}" for seed in range(5)] for name in ("a", "b")}
    axes = {"optimizer": ["a", "b"], "optimizer.learning_rate": ["0.1"]}
    shown = Results(an_experiment(axes, points), records).tables(["test_accuracy"], ["last"])
    [table], [turned] = (
        tables(latex.page(TablesPrintout(kind).sections())) for kind in (shown, pivot(shown, "optimizer"))
    )
    best = [r"\textbf{a}", r"\textbf{0.1}", r"\textbf{98.00}", r"\textsuperscript{a}"]
    assert cells(rows(table)[1])[:4] == best
    assert cells(rows(turned)[1]) == ["a", r"\textbf{98.00}", r"\textsuperscript{a}"]
    assert cells(rows(turned)[2]) == ["b", "97.10", r"\textsuperscript{b}"]
    [caption] = [line for line in latex.page(TablesPrintout(shown).sections()).splitlines() if r"\caption" in line]
    assert ", 5 seeds. 95~\\% intervals: Student's t over 5 seeds" in caption


def test_numbers_of_many_groups_are_set_in_several_lines():
    """They are wider than a page where hundreds of pairs are not told apart, and would push every column out of it."""
    columns = (Column("row", align="left", label=True), Column("mean", PERCENT), Column("letters", rank=1))
    few, many = ", ".join(map(str, range(1, 6))), ", ".join(map(str, range(1, 44)))
    text = latex.sheet_text(Sheet("", columns, (("a", 0.5, Letters(few)), ("b", 0.4, Letters(many)))))
    check(text)
    (_, _, first), (_, _, second) = (cells(line) for line in rows(tables(text)[0])[1:])
    assert first.strip() == rf"\textsuperscript{{{few}}}"
    assert second.strip() == rf"\,\parbox[t]{{102pt}}{{\raggedright\scriptsize {many}}}"
    assert "left out" not in text


def test_a_power_of_ten_takes_more_room_than_it_has_characters():
    loss = unit_of(METRICS["train_loss"])
    numbers = (Column(f"c{index}", loss, rank=index) for index in range(5))
    columns = (Column("row", align="left", label=True), *numbers)
    # As many characters each.
    plain, power = (latex.sheet_text(Sheet("", columns, (("a" * 20, *[value] * 5),))) for value in (1234.5678, 3e-13))
    assert "1234.5678" in plain
    assert r"3.000 \times 10^{-13}" in power
    assert ("left out" in plain, "left out" in power) == (False, True)


def test_headings_are_not_stretched_and_notes_not_indented():
    sheet = Sheet("t", (Column("row", align="left"),), (("a",),) * 41, ("a note",))
    text = latex.page([Section((sheet,), "a summary", "A title")])
    check(text)
    assert r"\section*{\raggedright A title}" in text
    assert r"\subsection*{\raggedright a summary}" in text
    assert r"\par\smallskip\noindent\begin{minipage}" in text
