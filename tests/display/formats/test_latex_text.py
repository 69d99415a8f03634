import sys

import pytest
from pylatexenc.latex2text import LatexNodes2Text

from gdbench.display.formats.latex_text import COMMANDS, escaped
from tests.display.formats.latex_checks import PIECE, check


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a_b", r"a\_b"),
        ("97.5 % & #1 $x$", r"97.5~\% \& \#1 \$x\$"),
        ("{x}", r"\{x\}"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("~^", r"\textasciitilde{}\textasciicircum{}"),
        ("a < b | c > d", r"a \textless{} b \textbar{} c \textgreater{} d"),
        ('a "b" c', r"a \textquotedblleft{}b\textquotedblright{} c"),
        # Otherwise a dash, a quotation mark, another quotation mark, and an exclamation mark that opens a sentence.
        ("--lr ''", r"-{}-lr '{}'"),
        ("``,,!`", r"\textasciigrave{}\textasciigrave{},{},!\textasciigrave{}"),
        ("± × α Δ Α µ", r"\ensuremath{\pm} \ensuremath{\times} \ensuremath{\alpha} \ensuremath{\Delta} "
         r"\ensuremath{\mathrm{A}} \ensuremath{\mu}"),
        ("é ñ ő ï ç ß ø Ł", r"\'{e} \~{n} \H{o} \"{\i} \c{c} \ss{} \o{} \L{}"),
        ("ệ x\u0302", r"\^{\d{e}} \^{x}"),
        ("10⁻³ H₂O", r"10\textsuperscript{\ensuremath{-}}\textsuperscript{3} H\textsubscript{2}O"),
        # What pdflatex cannot set stays visible, and two such labels different.
        ("漢字 😀 ж", "[U+6F22][U+5B57] [U+1F600] [U+0436]"),
        ("_\u0301", r"\_[U+0301]"),
        ("a\x00b\nc\u202e", r"a\textbackslash{}x00b\textbackslash{}nc\textbackslash{}u202e"),
    ],
)  # fmt: skip
def test_a_text_as_latex(text, latex):
    assert escaped(text) == latex
    check(latex)


def test_what_a_label_is_made_of_is_what_latex_shows():
    label = r"a_b %&#$ {x} \y 97 @ (c) [d] --e * 'f'' é ß ï"
    assert LatexNodes2Text().latex_to_text(escaped(label)) == label


def test_no_character_becomes_a_command_of_its_own():
    for code in range(sys.maxunicode + 1):
        # Beyond this plane only a few blocks, all alike.
        if code < 0x3000 or code % 97 == 0:
            latex = escaped(chr(code))
            assert latex.isascii()
            assert PIECE.sub("", latex) == "", latex


def test_every_command_of_a_sign_is_balanced():
    for latex in COMMANDS.values():
        check(latex)
