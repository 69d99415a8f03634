"""Notes that several tables have in common, said once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gdbench.display.sheets.sheet import CaptionNote, OwnNote, Sheet

ALL_TABLES = "All tables"
# A footnote of one table, by its number.
NUMBERED = re.compile(r"\[\d+\] ")


@dataclass(frozen=True, slots=True)
class SharedNotes:
    """Sheets without the notes that all sheets of their kind share, and these notes."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, sheets: Sequence[Sheet]) -> "SharedNotes":
        """Divide the notes of sheets; one that is the only one of its kind keeps all of its own."""
        shared: dict[str, set[str]] = {}
        for kind in dict.fromkeys(sheet.kind for sheet in sheets if sheet.kind):
            said = [_movable(sheet) for sheet in sheets if sheet.kind == kind]
            if len(said) > 1:
                shared[kind] = {part for part in said[0] if all(part in each for each in said[1:])}
        found = [part for sheet in sheets for part in _movable(sheet) if part in shared.get(sheet.kind, ())]
        return cls(
            tuple(_without(sheet, shared.get(sheet.kind, set())) for sheet in sheets), tuple(dict.fromkeys(found))
        )


def _without(sheet: Sheet, shared: set[str]) -> Sheet:
    if not shared:
        return sheet
    notes = ((note, " ".join(part for part in _parts(note) if part not in shared)) for note in sheet.notes)
    kept = (note if _is_own(note) else type(note)(left) for note, left in notes if left or _is_own(note))
    return replace(sheet, notes=tuple(kept), narrower=sheet.narrower and _without(sheet.narrower, shared))


def _movable(sheet: Sheet) -> list[str]:
    return [part for note in sheet.notes if not _is_own(note) for part in _parts(note)]


def _is_own(note: str) -> bool:
    return isinstance(note, OwnNote) or NUMBERED.match(note) is not None


def _parts(note: str) -> list[str]:
    """Return the parts that can be moved separately: the sentences of a caption note, or else the whole note."""
    return re.split(r"(?<=\.) (?=[A-Z])", note) if isinstance(note, CaptionNote) else [note]
