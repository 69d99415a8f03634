"""The way to a target: the updates, seconds or epochs of every seed, with the runs that never reached it."""

import math
from dataclasses import replace

import altair

from gdbench.comparison.names import one_of
from gdbench.comparison.selection import Selection
from gdbench.comparison.values import value
from gdbench.display.charts.encodings import (
    MARGIN,
    SEED,
    layered,
    log_ticks,
    number_axis,
    number_scale,
    row_axis,
    row_color,
    row_shape,
    with_log_ticks,
)
from gdbench.display.charts.figure import WIDTH, Cell, ChartSource, Figure, Rows, count, data_of, has, missed_text
from gdbench.display.charts.strip_chart import ABOVE, BELOW, ROW
from gdbench.display.sheets.headings import SPLIT_WORDS
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError
from gdbench.metrics import METRICS
from gdbench.records import Record
from gdbench.text import plain_number

# What the way can be measured in: the metric, and the title of the axis.
WAYS = {
    "updates": ("updates_to_target", "updates"),
    "seconds": ("seconds_to_target", "seconds of training"),
    "epochs": ("epochs_to_target", "epochs"),
}
MOST_TOLD = 8


def target_figure(subject: ChartSource) -> Figure:
    """Return how long every run of a comparison took to reach its target, misses at the right edge.

    Raises:
        RequestError: the comparison has no target, `by` is no unit of the way, or no run knows it.
    """
    target = subject.comparison.target
    if target is None:
        raise RequestError("--kind target: expected a comparison with a target, such as `target: 97 %`; got none")
    way = _way(subject)
    subject = replace(subject, selection=Selection(METRICS[WAYS[way][0]], "last"))
    drawn = _runs(subject)
    if not drawn:
        raise RequestError(f"--kind target: expected runs whose {way} to the target are known; got none")
    reached = f"{way} to {plain_number(100 * target)} % {SPLIT_WORDS[subject.table.background.target_split]} accuracy"
    title = f"{subject.comparison.title or subject.comparison.name}: {reached}"
    notes = (
        "A point is one seed, the bar below the median (a miss counts as longer than any number); × never reached it.",
    )
    text = _text(subject, drawn, reached.capitalize())
    return Figure("target", subject.comparison.name, title, _chart(subject, drawn, WAYS[way][1]), drawn, text, notes)


def _way(subject: ChartSource) -> str:
    if subject.by is None:
        found = [name for name, (metric, _title) in WAYS.items() if metric == subject.metric.name]
        return found[0] if found else "updates"
    return one_of("--by", subject.by, WAYS)


def _runs(subject: ChartSource) -> Rows:
    """Return an item for each run that was measured, its value None for a miss, and the median of each row."""
    drawn: Rows = []
    for point, row in zip(subject.comparison.points, subject.table.rows, strict=True):
        records = [(record, _value(subject, record)) for record in subject.measurement.records_of(point)]
        known = [(record, number) for record, number in records if number is not None]
        middle = row.statistics[0].median
        name = subject.names[point.key]
        drawn += [_item(name, record.run.seed, None if math.isinf(number) else number) for record, number in known]
        if known:
            remark = missed_text([number for _record, number in known])
            finite = middle if middle is not None and math.isfinite(middle) else None
            drawn.append({**_item(name, None, finite), "part": "median", "remark": remark})
    return drawn


def _value(subject: ChartSource, record: Record) -> float | None:
    return value(record, subject.metric, "last", subject.comparison.target)


def _item(name: str, seed: int | None, number: float | None) -> dict[str, Cell]:
    part = "seed" if number is not None else "miss"
    return {"part": part, "row": name, "seed": seed, "value": number, "remark": None}


def _chart(subject: ChartSource, drawn: Rows, title: str) -> altair.LayerChart:
    keys, names = list(subject.names), list(subject.names.values())
    values = [number for item in drawn if isinstance(number := item["value"], int | float)]
    scale, axis = number_scale(values), number_axis()
    scale.padding = MARGIN
    if scale.type == "log":
        axis = with_log_ticks(axis, log_ticks(values))
    x = altair.X("value:Q", title=title, scale=scale, axis=axis)
    y = row_axis(names)
    color = row_color(subject.styles, keys, names, legend=False)
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=max(2, len(names)) * ROW)
    pointer = [altair.Tooltip("row:N"), altair.Tooltip("seed:Q"), altair.Tooltip("value:Q", format=".4~g")]
    seeds = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="seed"))
    shape = row_shape(subject.styles, keys, names, legend=False)
    points = seeds.mark_point(size=45, filled=True, opacity=SEED, yOffset=ABOVE).encode(
        x=x, y=y, color=color, shape=shape, tooltip=pointer
    )
    medians = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="median"))
    known = medians.transform_filter(altair.FieldValidPredicate(field="value", valid=True))
    tick = known.mark_tick(thickness=2.5, size=10, opacity=1, yOffset=BELOW).encode(x=x, y=y, tooltip=pointer)
    misses = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="miss"))
    cross = misses.mark_point(shape="cross", angle=45, size=60, filled=True, opacity=1, yOffset=ABOVE).encode(
        x=altair.value("width"), y=y, color=color, tooltip=pointer[:2]
    )
    remarks = medians.mark_text(align="left", dx=10).encode(x=altair.value("width"), y=y, text="remark:N")
    layers = [points] if has(drawn, "value", part="seed") else []
    layers += [tick] if has(drawn, "value", part="median") else []
    return layered(*layers, cross, remarks)


def _text(subject: ChartSource, drawn: Rows, what: str) -> str:
    unit = unit_of(subject.metric)
    medians = [item for item in drawn if item["part"] == "median"]
    told = []
    for item in medians[:MOST_TOLD]:
        number = item["value"]
        middle = f"median {unit.text(number)}" if isinstance(number, int | float) else "missed by most seeds"
        told.append(f"{item['row']} {middle}" + (f" ({item['remark']})" if item["remark"] else ""))
    if len(medians) > MOST_TOLD:
        told.append(f"and {count(len(medians) - MOST_TOLD, 'more row')}")
    return f"{what}: {'; '.join(told)}."
