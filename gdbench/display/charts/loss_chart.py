"""The training loss of single updates, where runs have recorded it: the mean over seeds with its 95 % band."""

import altair

from gdbench.comparison.learning_curves import loss_curve
from gdbench.comparison.statistics import Statistics
from gdbench.display.charts.encodings import (
    BAND,
    NUMBER,
    layered,
    number_scale,
    row_color,
    row_dash,
)
from gdbench.display.charts.figure import WIDTH, Cell, Figure, Rows, Subject, count, data_of, number_of
from gdbench.display.charts.thinning import thinned
from gdbench.errors import RequestError

MOST_TOLD = 8


def loss_figure(subject: Subject) -> Figure:
    """Return the loss by update of the rows whose runs have recorded it.

    Raises:
        RequestError: no run has recorded it.
    """
    drawn: Rows = []
    longest = 0
    for point in subject.comparison.points:
        points = loss_curve(subject.measurement.records_of(point))
        kept = thinned([each.statistics.mean or 0.0 for each in points], subject.most_points)
        longest = max(longest, len(points) if len(kept) < len(points) else 0)
        drawn += [_item(subject.names[point.key], points[place].update, points[place].statistics) for place in kept]
    if not drawn:
        raise RequestError("--kind losses: expected runs with `training.record_every`; got none")
    title = f"{subject.comparison.title or subject.comparison.name}: training loss of single updates"
    notes = (f"Curves of up to {longest:,} updates are thinned, their extremes kept.",) if longest else ()
    return Figure("losses", subject.comparison.name, title, _chart(subject, drawn), drawn, _text(drawn), notes)


def _item(name: str, update: int, figures: Statistics) -> dict[str, Cell]:
    return {
        "row": name,
        "update": update,
        "mean": figures.mean,
        "low": figures.ci_low,
        "high": figures.ci_high,
        "runs": figures.n,
    }


def _chart(subject: Subject, drawn: Rows) -> altair.LayerChart:
    seen = {item["row"] for item in drawn}
    keys = [point.key for point in subject.comparison.points if subject.names[point.key] in seen]
    names = [subject.names[key] for key in keys]
    means = [number_of(item["mean"]) for item in drawn]
    scale = number_scale(means)
    color = row_color(subject.styles, keys, names, lines=True)
    x = altair.X("update:Q", scale=altair.Scale(nice=False, zero=False), axis=altair.Axis(tickMinStep=1))
    y = altair.Y("mean:Q", title="training loss", scale=scale, axis=altair.Axis(format=NUMBER))
    floor = min(means) / 2 if min(means) > 0 else min(means) - 1
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=WIDTH * 3 // 4)
    bounded = base.transform_filter(altair.FieldValidPredicate(field="low", valid=True))
    bounded = bounded.transform_calculate(floored=f"max(datum.low, {floor!r})")
    lower = altair.Y("floored:Q", title="training loss", scale=scale, axis=altair.Axis(format=NUMBER))
    band = bounded.mark_area(opacity=BAND, clip=True).encode(x=x, y=lower, y2="high:Q", color=color)
    pointer = [altair.Tooltip("row:N"), altair.Tooltip("update:Q"), altair.Tooltip("mean:Q", format=".4~g")]
    dash = row_dash(subject.styles, keys, names)
    line = base.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=color, strokeDash=dash, tooltip=pointer)
    return layered(band, line)


def _text(drawn: Rows) -> str:
    ends = {item["row"]: item for item in drawn}
    told = [
        f"{name} ends at {number_of(item['mean']):.4f} after update {number_of(item['update']):,.0f}"
        for name, item in list(ends.items())[:MOST_TOLD]
    ]
    if len(ends) > MOST_TOLD:
        told.append(f"and {count(len(ends) - MOST_TOLD, 'more row')}")
    return f"Training loss of single updates, mean over seeds: {'; '.join(told)}."
