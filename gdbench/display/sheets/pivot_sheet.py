"""A table turned around one axis as people read it: a cell per grid point."""

from collections.abc import Sequence
from dataclasses import replace

from gdbench.comparison.arrange import Pivot
from gdbench.comparison.names import short_names
from gdbench.comparison.tables import Row
from gdbench.display.sheets.answers import Answer
from gdbench.display.sheets.background_notes import background_notes
from gdbench.display.sheets.headings import heading
from gdbench.display.sheets.numbered_notes import NumberedNotes
from gdbench.display.sheets.result_sheet import ending_of, mean_of
from gdbench.display.sheets.sheet import NOTHING, Column, Remarked, Sheet, Value
from gdbench.display.sheets.stopping_text import stopping_notes
from gdbench.display.sheets.tuning_sheet import settings_text, tuning_notes
from gdbench.display.sheets.units import unit_of


def pivot_sheet(table: Pivot, index: int, precision: int | None) -> Sheet:
    """Return a turned table in the metric of its n-th selection, its letters left out where they don't fit."""
    without = _sheet(table, index, precision, letters=False)
    if table.separations[index].obstacle:
        return without
    return replace(_sheet(table, index, precision, letters=True), narrower=without)


def _sheet(table: Pivot, index: int, precision: int | None, *, letters: bool) -> Sheet:
    selection, separation = table.selections[index], table.separations[index]
    present = [row for _label, cells in table.rows for row in cells if row]
    axis, *others = short_names([table.axis, *table.others])
    unit = unit_of(selection.metric, precision)
    width = max(len(row.group or NOTHING) for row in separation.rows.values()) if letters else 0
    notes = NumberedNotes.of(note for row in present for note in _notes_on(row))
    room = max(len(notes.marks(_notes_on(row))) for row in present)
    settings = _settings(table, present)
    # Headers stand above the numbers, which letters and marks follow.
    padding = " " * (width + bool(width) + len(next(iter(settings.values()), "")) + room + bool(room))
    metric_columns = [Column((", ".join(labels) or "mean") + padding, unit) for labels in table.columns]

    def cell(row: Row | None) -> Value:
        # The grid lacks this point, which is something else than a point without a value.
        if row is None:
            return ""
        group = f" {(separation.rows[row.key].group or NOTHING).ljust(width)}" if letters else ""
        marks = f" {notes.marks(_notes_on(row)).ljust(room)}" if room else ""
        return _remarked(mean_of(row, index, selection), group, settings.get(row.key, "") + marks)

    across = f"; columns: {', '.join(others)}" if others else ""
    return Sheet(
        heading(table.title, selection, table.background) + across,
        (Column(axis, align="left", label=True), *metric_columns),
        tuple((label, *map(cell, cells)) for label, cells in table.rows),
        (
            *Answer(separation, selection.metric, precision, letters).sentences(),
            *stopping_notes(table.stopping),
            *tuning_notes(table.tuning, present),
            *background_notes(table.background, selection),
            *notes.lines(),
        ),
        frozenset(
            (number, place)
            for number, (_label, cells) in enumerate(table.rows)
            for place, row in enumerate(cells, start=1)
            if row and separation.rows[row.key].is_best
        ),
        kind="results",
    )


def _settings(table: Pivot, rows: Sequence[Row]) -> dict[str, str]:
    """Return what tuned rows chose, and what the others have, all of one width."""
    found = {row.key: f" at {settings_text(table.tuning, row.key)}" for row in rows} if table.tuning else {}
    width = max(map(len, found.values()), default=0)
    return {key: text.ljust(width) for key, text in found.items()}


def _notes_on(row: Row) -> tuple[str, ...]:
    # A cell has no room for how its runs ended.
    ending = ending_of(row)
    return (ending, *row.notes) if ending else row.notes


def _remarked(mean: Value, letters: str, marks: str) -> Value:
    match mean:
        case Remarked(number, words):
            return Remarked(number, words + letters + marks)
        case str():
            return mean + letters + marks
        case int() | float() | None:
            return Remarked(mean, marks, letters)
    return mean
