"""Several multiverses say the rules that they share once, below the last."""

from gdbench.display.sheets.multiverse_printout import multiverse_sections
from gdbench.display.sheets.multiverse_sheets import RULES
from gdbench.display.sheets.sheet import Sheet
from tests.comparison.judging import a_block
from tests.comparison.judgment.test_multiverse_verdicts import CLAIM, judged, results_where


def test_rules_are_said_once_and_what_differs_with_each_table():
    block = a_block({"A": 0.981}, tolerance=0.005)
    found = judged(results_where(lambda _width, epochs: epochs == "20", published=(block,), claims=(CLAIM,)))
    first, last = (
        [each for each in section.blocks if isinstance(each, Sheet)] for section in multiverse_sections([found] * 2)
    )
    notes = [note for sheet in last for note in sheet.notes]
    assert [notes.count(rule) for rule in RULES] == [1, 1, 1]
    assert not [note for sheet in first for note in sheet.notes if note in RULES]
    own = ("Nearest to the source: ", "3 seeds in each protocol.", "source: ")
    assert [any(note.startswith(text) for sheet in first for note in sheet.notes) for text in own] == [True] * 3
