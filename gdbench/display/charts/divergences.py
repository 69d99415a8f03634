"""Runs that diverged: a cross at the epoch or update at which each of them did."""

from collections.abc import Iterator, Sequence

import altair

from gdbench.display.charts.figure import Cell, Rows, count
from gdbench.records import Record

# Below the upper edge of a plot, where no value stands for what is not finite.
HEIGHT = 6


def divergences(name: str, records: Sequence[Record], **others: Cell) -> Rows:
    """Return an item for each run of a row that diverged, by its seed; `others` are further fields of the items."""
    return [
        {
            "row": name,
            **others,
            "epoch": record.outcome.diverged["epoch"],
            "update": record.outcome.diverged["step"],
            "diverged": record.run.seed,
        }
        for record in records
        if record.outcome.diverged
    ]


def crosses(drawn: Rows, x: altair.X, color: altair.Color | None = None) -> list[altair.Chart]:
    """Return a layer without data with the crosses, in the colors of the rows if there are some; none if none diverged.

    Of rows that are `colored` or not, only the former have crosses.
    """
    if not any(item["diverged"] is not None for item in drawn):
        return []
    lost = altair.Chart().transform_filter(altair.FieldValidPredicate(field="diverged", valid=True))
    if color is not None:
        lost = lost.transform_filter(altair.FieldEqualPredicate(field="colored", equal=True))
    cross = lost.mark_point(shape="cross", angle=45, size=60, filled=True, opacity=1)
    told = [altair.Tooltip("row:N"), altair.Tooltip("diverged:Q", title="diverged, seed"), altair.Tooltip(x.shorthand)]
    drawn_cross = cross.encode(x=x, y=altair.value(HEIGHT), tooltip=told)
    return [drawn_cross if color is None else drawn_cross.encode(color=color)]


def divergence_note(drawn: Rows) -> Iterator[str]:
    """Yield how many runs diverged."""
    lost = {(item["row"], item["diverged"]) for item in drawn if item["diverged"] is not None}
    if lost:
        yield f"{count(len(lost), 'run')} diverged (×); a curve ends where the first run of its row does."
