"""A table of results as people read it: a row per grid point, and below it what it comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gdbench.comparison.names import short_names
from gdbench.comparison.selection import Selection
from gdbench.comparison.separation import Difference, RowSeparation, Separation
from gdbench.comparison.statistics import Statistics
from gdbench.comparison.tables import Row, Table
from gdbench.display.sheets.answers import Answer, interval_note
from gdbench.display.sheets.background_notes import background_notes
from gdbench.display.sheets.headings import heading
from gdbench.display.sheets.numbered_notes import NumberedNotes
from gdbench.display.sheets.sheet import (
    NOTHING,
    CaptionNote,
    Change,
    ChangeRange,
    Column,
    Half,
    Interval,
    Letters,
    Remarked,
    Sheet,
    Unit,
    Value,
)
from gdbench.display.sheets.sparklines import Sparklines
from gdbench.display.sheets.stopping_text import stopping_notes
from gdbench.display.sheets.tuning_sheet import setting_columns, tuning_notes
from gdbench.display.sheets.units import P_VALUE, unit_of

# How much the halves of an interval may differ, as a share of it, before both ends are printed.
ASYMMETRY = 1e-6
# The figures that only a wide table shows; the rank says which of them stays longest.
DETAILS = {"sd": 2, "median": 3, "min": 5, "max": 4}

Columns = Iterator[tuple[Column, Sequence[Value]]]


def label_columns(axes: Sequence[str]) -> list[Column]:
    """Return a column of labels for each axis."""
    return [Column(name, align="left", label=True) for name in short_names(axes)]


def interval_of(figures: Statistics) -> Interval | None:
    """Return the 95 % interval of the mean, None for fewer than two values."""
    if figures.ci_low is None or figures.ci_high is None:
        return None
    return Interval(figures.ci_low, figures.ci_high)


def result_sheet(table: Table, index: int, precision: int | None, curves: Sparklines | None = None) -> Sheet:
    """Return a table in the metric of its n-th selection, with the curve of each row where there are some."""
    selection, separation = table.selections[index], table.separations[index]
    shown = None if len(table.rows) == len(separation.rows) else [row.key for row in table.rows]
    answer = Answer(separation, selection.metric, precision, shown=shown)
    notes = NumberedNotes.of(note for row in table.rows for note in row.notes)
    columns = list(_Columns(table, index, precision, notes, curves).all())
    return Sheet(
        heading(table.title, selection, table.background),
        tuple(column for column, _values in columns),
        tuple(zip(*(values for _column, values in columns), strict=True)),
        (
            *_about_rows_left_out(table, separation),
            *answer.sentences(),
            *([curves.note] if curves else []),
            *stopping_notes(table.stopping),
            *tuning_notes(table.tuning, table.rows),
            *_about_intervals(table, index),
            *background_notes(table.background, selection),
            *_about_classes(table, index),
            *notes.lines(),
        ),
        frozenset(number for number, row in enumerate(table.rows) if separation.rows[row.key].is_best),
        kind="results",
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table with their values; those that would be empty are left out."""

    table: Table
    index: int
    precision: int | None
    notes: NumberedNotes
    curves: Sparklines | None

    def all(self) -> Columns:
        """Yield them from left to right, the details last."""
        rows = self.table.rows
        labels = zip(*(row.labels for row in rows), strict=True)
        yield from zip(label_columns(self.table.axes), labels, strict=True)
        if self.table.tuning:
            yield from setting_columns(self.table.tuning, rows)
        yield Column("mean", self.unit), [mean_of(row, self.index, self.selection) for row in rows]
        halves = [_half(row, self.index, self.selection) for row in rows]
        if any(half is not None for half in halves):
            yield Column("95 %", self.unit, rank=1), halves
        yield from self._comparisons()
        endings = [self._ending(row) for row in rows]
        if any(endings):
            yield Column("runs", align="left"), endings
        if self.curves:
            yield Column("curve"), [self.curves.curves[row.key] for row in rows]
        yield from self._details()

    @property
    def selection(self) -> Selection:
        return self.table.selections[self.index]

    @property
    def separation(self) -> Separation:
        return self.table.separations[self.index]

    @property
    def unit(self) -> Unit:
        return unit_of(self.selection.metric, self.precision)

    def _comparisons(self) -> Columns:
        """Yield how far each row is from the best and from the baseline, and its letters."""
        if self.separation.obstacle:
            return
        rows = [self.separation.rows[row.key] for row in self.table.rows]
        if self.separation.baseline != self.separation.best:
            yield Column("vs best", self.unit), [_change(row, row.from_best) for row in rows]
        if self.separation.baseline:
            yield Column(f"vs {self.separation.baseline}", self.unit), [_change(row, row.from_baseline) for row in rows]
        yield Column("", align="left"), [Letters(row.group) for row in rows]

    def _ending(self, row: Row) -> str:
        parts = [ending_of(row), f"{row.collapsed} collapsed" if row.collapsed else ""]
        marks = self.notes.marks(row.notes)
        return " ".join(text for text in (", ".join(filter(None, parts)), marks) if text)

    def _details(self) -> Columns:
        """Yield what only a wide table has room for: the evidence for each difference, and the other figures."""
        if not self.separation.obstacle:
            name = f"vs {self.separation.baseline or 'best'}"
            differences = [self.separation.difference(row.key) for row in self.table.rows]
            ranges = [ChangeRange(each.low, each.high) if each else "" for each in differences]
            yield Column(f"{name} 95 %", self.unit, rank=7, detail=True), ranges
            yield Column("p (Holm)", P_VALUE, rank=6, detail=True), [each.p if each else "" for each in differences]
        for name, rank in DETAILS.items():
            # No standard deviation has diverged: it may only be too large for a number.
            unit = replace(self.unit, infinite="inf") if name == "sd" else self.unit
            values = [getattr(row.statistics[self.index], name) for row in self.table.rows]
            if any(value is not None for value in values):
                yield Column(name, unit, rank=rank, detail=True), values


def _change(row: RowSeparation, difference: Difference | None) -> Value:
    if row.group is None:
        return NOTHING
    # A row is not compared with itself.
    return Change(difference.mean) if difference else ""


def mean_of(row: Row, index: int, selection: Selection) -> Value:
    """Return the mean of a row, or what stands in for it where it would describe none of the runs."""
    figures = row.statistics[index]
    if _is_split(row, selection):
        return Remarked(figures.median, " (median)")
    # An empty mean needs a reason, where there is one.
    if figures.mean is None and row.diverged and not row.done:
        return "diverged"
    return figures.mean


def _is_split(row: Row, selection: Selection) -> bool:
    """Return whether some of the runs have collapsed, so that their mean describes neither these nor the others."""
    return 0 < row.collapsed < row.done and not selection.metric.timed


def _half(row: Row, index: int, selection: Selection) -> Value:
    """Return the interval of a mean: half its width, or both ends where it is cut at 0 or 100 %."""
    figures = row.statistics[index]
    interval = interval_of(figures)
    if interval is None or figures.mean is None or _is_split(row, selection):
        return None
    below, above = figures.mean - interval.low, interval.high - figures.mean
    return Half(above) if abs(above - below) <= ASYMMETRY * (above + below) else interval


def ending_of(row: Row) -> str:
    """Return `2/3, 1 diverged` for a row whose runs are not all done, else nothing."""
    missing = row.runs - row.done - row.diverged - row.failed
    counts = {"diverged": row.diverged, "failed": row.failed, "missing": missing}
    endings = [f"{count} {name}" for name, count in counts.items() if count]
    return ", ".join([f"{row.done}/{row.runs}", *endings]) if endings else ""


def _about_rows_left_out(table: Table, separation: Separation) -> Iterator[str]:
    """Yield what the sentences below are about where a table shows only some of its rows."""
    if len(table.rows) < len(separation.rows):
        shown = f"{len(table.rows)} {'is' if len(table.rows) == 1 else 'are'} shown"
        yield f"All {len(separation.rows)} rows are compared; {shown}."


def _about_intervals(table: Table, index: int) -> Iterator[str]:
    """Yield what the intervals of the rows are of, if there are any."""
    figures = [each for row in table.rows if interval_of(each := row.statistics[index])]
    if figures:
        yield CaptionNote(interval_note(table.selections[index].metric, table.background, index, figures))


def _about_classes(table: Table, index: int) -> Iterator[str]:
    """Yield how large the largest class is, where classes are unequal and the metric counts images of all of them."""
    metric, largest = table.selections[index].metric, table.background.largest
    if largest and metric.percent and metric.split == "test" and not metric.of_answers:
        label, share = largest
        yield (
            f"Classes are unequal: class {label}, the largest, has {100 * share:.2f} % of the test "
            f"{table.background.noun}. Always "
            "answering with it gives this accuracy; test_balanced_accuracy counts all classes alike."
        )
