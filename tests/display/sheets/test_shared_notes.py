"""Notes that several tables have in common are said once."""

from gdbench.display.sheets.printout import Printout, Section
from gdbench.display.sheets.shared_notes import SharedNotes
from gdbench.display.sheets.sheet import CaptionNote, Column, OwnNote, Sheet
from tests.display.screens import at_a_terminal, on_a_pipe

FEW = "Few seeds: with 3."
DRAWN = CaptionNote("95 % intervals: Student's t. For these 10,000 images: 0.3 points.")
DRAWN_TOO = CaptionNote("95 % intervals: Student's t. For these 10,000 images: 0.5 points.")
FOOT = "[1] collapsed 1 of 3"


def sheet(*notes: str, kind: str = "results") -> Sheet:
    return Sheet("a title", (Column("row"),), (("adam",),), notes, kind=kind)


class Several(Printout):
    def __init__(self, *sheets: Sheet) -> None:
        self.blocks = sheets

    def sections(self):
        return [Section((block,)) for block in self.blocks]

    def model(self):
        return None


def test_what_all_tables_say_is_taken_out_and_what_differs_stays():
    shared = SharedNotes.of(
        [sheet(OwnNote("a is best."), FEW, DRAWN, FOOT), sheet(OwnNote("a is best."), FEW, DRAWN_TOO)]
    )
    assert shared.notes == (FEW, "95 % intervals: Student's t.")
    assert [each.notes for each in shared.sheets] == [
        ("a is best.", "For these 10,000 images: 0.3 points.", FOOT),
        ("a is best.", "For these 10,000 images: 0.5 points."),
    ]


def test_a_footnote_stays_with_its_rows():
    assert SharedNotes.of([sheet(FOOT), sheet(FOOT)]).notes == ()


def test_a_note_that_one_table_lacks_stays_with_the_others():
    sheets = [sheet(FEW), sheet(FEW), sheet()]
    assert SharedNotes.of(sheets) == SharedNotes(tuple(sheets), ())


def test_tables_of_other_kinds_and_single_ones_are_left_alone():
    sheets = [sheet(FEW), sheet(FEW, kind="trials"), sheet(FEW, kind=""), sheet(FEW, kind="")]
    assert SharedNotes.of(sheets) == SharedNotes(tuple(sheets), ())


def test_a_terminal_says_them_below_the_last_table():
    printed = "a title\n   row\n  adam\n\na title\n   row\n  adam\n\nAll tables:\nFew seeds: with 3.\n"
    assert on_a_pipe(Several(sheet(FEW), sheet(FEW))) == printed
    assert at_a_terminal(Several(sheet(FEW), sheet(FEW)), 80) == printed
