r"""Text as LaTeX that shows it as it stands, under pdflatex in any of the usual font encodings, without a package.

Letters with accents become commands of the kernel (`\'{e}`), Greek letters and signs formulas (`\ensuremath{\alpha}`).
What pdflatex cannot set without more packages, such as Chinese, becomes its code point, `[U+6F22]`: visible, no error,
and different for different labels.
"""

import re
from collections.abc import Sequence
from functools import cache
from unicodedata import decomposition, normalize

from gdbench.text import printable


def _pairs(text: str) -> dict[str, str]:
    """Return a character and its command from each two words of a text."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


# Signs that TeX takes for commands, and those that its oldest font encoding has others in place of. A bare quotation
# mark is a command under babel's German.
_SIGNS = {sign: f"\\{sign}" for sign in "&%$#_{}"} | _pairs(r"""
    \ \textbackslash{}  ~ \textasciitilde{}  ^ \textasciicircum{}  ` \textasciigrave{}
    < \textless{}  > \textgreater{}  | \textbar{}  " \textquotedblright{}
    ß \ss{}  æ \ae{}  Æ \AE{}  œ \oe{}  Œ \OE{}  ø \o{}  Ø \O{}  ł \l{}  Ł \L{}  ı \i{}
    – \textendash{}  — \textemdash{}  … \textellipsis{}  • \textbullet{}  † \dag{}  ‡ \ddag{}  § \S{}  ¶ \P{}
    ‘ \textquoteleft{}  ’ \textquoteright{}  “ \textquotedblleft{}  ” \textquotedblright{}
    ¡ \textexclamdown{}  ¿ \textquestiondown{}  £ \pounds{}  © \copyright{}  ® \textregistered{}  ° \textdegree{}
    ¼ \textonequarter{}  ½ \textonehalf{}  ¾ \textthreequarters{}
""")
_FORMULAS = _pairs(r"""
    ± \pm  ∓ \mp  × \times  ÷ \div  · \cdot  − -  ∘ \circ  ∞ \infty  √ \surd  ∂ \partial  ∇ \nabla
    ≤ \leq  ≥ \geq  ≠ \neq  ≈ \approx  ≡ \equiv  ∼ \sim  ∝ \propto  ≪ \ll  ≫ \gg  ∑ \sum  ∏ \prod  ∫ \int
    ∈ \in  ∪ \cup  ∩ \cap  ⊂ \subset  ⊗ \otimes  ⊕ \oplus  ¬ \neg  ∧ \wedge  ∨ \vee  ∀ \forall  ∃ \exists  ∅ \emptyset
    ← \leftarrow  → \rightarrow  ↑ \uparrow  ↓ \downarrow  ↔ \leftrightarrow  ⇐ \Leftarrow  ⇒ \Rightarrow  ℓ \ell
    α \alpha  β \beta  γ \gamma  δ \delta  ε \varepsilon  ζ \zeta  η \eta  θ \theta  ι \iota  κ \kappa  λ \lambda
    μ \mu  µ \mu  ν \nu  ξ \xi  ο o  π \pi  ρ \rho  ς \varsigma  σ \sigma  τ \tau  υ \upsilon  φ \varphi  χ \chi
    ψ \psi  ω \omega  Α \mathrm{A}  Β \mathrm{B}  Γ \Gamma  Δ \Delta  Ε \mathrm{E}  Ζ \mathrm{Z}  Η \mathrm{H}
    Θ \Theta  Ι \mathrm{I}  Κ \mathrm{K}  Λ \Lambda  Μ \mathrm{M}  Ν \mathrm{N}  Ξ \Xi  Ο \mathrm{O}  Π \Pi
    Ρ \mathrm{P}  Σ \Sigma  Τ \mathrm{T}  Υ \Upsilon  Φ \Phi  Χ \mathrm{X}  Ψ \Psi  Ω \Omega
    ϵ \epsilon  ϑ \vartheta  ϕ \phi  ϱ \varrho
""")
# What is set otherwise than as it stands, by character.
COMMANDS = _SIGNS | {sign: rf"\ensuremath{{{formula}}}" for sign, formula in _FORMULAS.items()}
# By the combining character: grave, acute, circumflex, and so on.
_ACCENTS = {
    **{"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": "."},
    **{"\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b"},
}
_BELOW = "dcb"
_CHARACTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]")
# A straight quotation mark that opens.
_OPENING = re.compile(r'(?<![^\s(\[])"(?=\S)')
# No line begins with a sign of percent.
_PERCENT = re.compile(r"(?<=[0-9]) (?=%)")
# Two of these in a row would be set as one sign: -- as a dash, '' as a quotation mark.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)")

# Stand-ins for LaTeX between characters; a text has no control characters of its own.
_JOINTS = {"\0": "{}", "\1": "~"}


def escaped(text: str) -> str:
    """Return a text as LaTeX that shows it: no label begins a command, a formula, a comment or a cell."""
    apart = _LIGATURE.sub("\0", _OPENING.sub("“", normalize("NFC", printable(text))))
    apart = _PERCENT.sub("\1", apart)
    return "".join(_JOINTS.get(sign) or _command(sign) for sign in _CHARACTER.findall(apart))


@cache
def _command(character: str) -> str:
    """Return the LaTeX of a character, which may be several code points."""
    if character in COMMANDS:
        return COMMANDS[character]
    if character.isascii():
        return character
    letter, *marks = list(normalize("NFD", character))
    if marks and letter.isascii() and letter.isalpha() and all(mark in _ACCENTS for mark in marks):
        return _accented(letter, marks)
    if len(character) > 1:
        return "".join(map(_command, character))
    kind, _, codes = decomposition(character).partition("> ")
    if kind in ("<super", "<sub"):
        inner = "".join(_command(chr(int(code, 16))) for code in codes.split())
        return rf"\text{kind[1:]}script{{{inner}}}"
    return f"[U+{ord(character):04X}]"


def _accented(letter: str, marks: Sequence[str]) -> str:
    accents = [_ACCENTS[mark] for mark in marks]
    if letter in "ij" and not all(accent in _BELOW for accent in accents):
        # The accent stands where the dot would.
        letter = rf"\{letter}"
    for accent in accents:
        letter = rf"\{accent}{{{letter}}}"
    return letter
