"""Every table of the committed results and every character, set by pdflatex with Debian's texlive-latex-recommended."""

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from gdbench.comparison.arrange import pivot
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection, has_value
from gdbench.display.formats import latex
from gdbench.display.formats.latex_text import escaped
from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.sheet import CaptionNote, Column, Remarked, Sheet
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.display.sheets.units import unit_of
from gdbench.display.sheets.verdict_printout import VerdictsPrintout
from gdbench.metrics import METRICS
from tests.display.formats.test_latex import HOSTILE

PDFLATEX = shutil.which("pdflatex")
RESULTS = Path(__file__).parents[3] / "results"
FOLDERS = sorted(path.parent for path in RESULTS.glob("**/experiment.yaml"))
# What reads badly: an error, a sign that no font has, a table wider than its page by more than a letter.
COMPLAINT = re.compile(r"^! .*|^Missing character.*|^Overfull \\hbox \((?:[1-9]\d|\d{3,})\.\d+pt.*", re.MULTILINE)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PDFLATEX is None, reason="no pdflatex; Debian has it in texlive-latex-recommended"),
]


def complaints(text: str, folder: Path, preamble: str = "") -> list[str]:
    """What pdflatex says against a piece of a document."""
    document = rf"\documentclass{{article}}{preamble}\begin{{document}}" f"\n{text}\n" r"\end{document}"
    (folder / "document.tex").write_text(document, encoding="utf-8")
    command = [str(PDFLATEX), "-no-shell-escape", "-interaction=nonstopmode", "document.tex"]
    # Twice, since a list of tables is made of what the first one wrote.
    for _ in range(2):
        ended = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    found = COMPLAINT.findall((folder / "document.log").read_text(encoding="latin-1"))
    return found or ([] if ended.returncode == 0 else [f"exit code {ended.returncode}"])


def preamble_of(text: str) -> str:
    """What the first line of a page says that it needs."""
    return text.partition("\n")[0].removeprefix("% needs ")


@pytest.mark.parametrize("encoding", ["OT1", "T1"])
def test_every_character_can_be_set(encoding, tmp_path):
    signs = [chr(code) for code in range(0x20, 0x3000) if unicodedata.category(chr(code))[0] in "LMNPS"]
    lines = [rf"{escaped(sign)} \textbf{{\boldmath {escaped(sign)}}}" for sign in signs]
    assert complaints("\n\n".join(lines), tmp_path, rf"\usepackage[{encoding}]{{fontenc}}") == []


def test_no_label_breaks_a_document(tmp_path):
    sheets = [
        Sheet(
            label,
            (Column(label, align="left"), Column(label), Column("mean", unit_of(METRICS["test_accuracy"]))),
            ((label, label, Remarked(0.5, f" {label}", " ab ")), (label, None, 0.5)) * repeats,
            (label, CaptionNote(label)),
            strong=frozenset({0}),
        )
        for label in HOSTILE
        for repeats in (1, 30)
    ]
    # How wide they are is the labels' own doing.
    text = latex.page([Section((sheet, label), label, label) for sheet, label in zip(sheets, HOSTILE * 2, strict=True)])
    found = complaints(rf"\listoftables {text}", tmp_path, preamble_of(text))
    assert [complaint for complaint in found if not complaint.startswith("Overfull")] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_committed_tables_fit_a_page(folder, tmp_path):
    results = Results.load(folder)
    # A test function has no accuracy.
    usual = METRICS["test_accuracy"]
    metric = usual.name if has_value(Selection(usual, "last"), results.own_records) else "train_loss"
    shown = results.tables([metric, "train_seconds"], ["last"])
    axes = [table.axes[0] for table in shown if table.axes]
    turned = [pivot([table], axis)[0] for table, axis in zip(shown, axes, strict=False) if len(table.axes) > 1]
    text = latex.page(
        [
            *TablesPrintout(shown).sections(),
            *TablesPrintout(turned).sections(),
            *VerdictsPrintout([results]).sections(),
        ]
    )
    assert complaints(text, tmp_path, preamble_of(text)) == []
