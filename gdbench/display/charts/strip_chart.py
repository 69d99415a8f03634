"""A strip plot: every seed as a point, the mean of each row with its 95 % interval, and the letters beside it."""

import math

import altair

from gdbench.comparison.tables import Row
from gdbench.display.charts.bands import LEAVING, cut_intervals, interval_fields, is_cut
from gdbench.display.charts.encodings import (
    SEED,
    is_wide,
    layered,
    log_ticks,
    metric_title,
    number_scale,
    row_axis,
    row_color,
    row_shape,
    value_axis,
    value_tooltip,
    with_log_ticks,
)
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, count, data_of, has, missed_text, number_of
from gdbench.display.sheets.result_sheet import ending_of
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError

# The height of a row, with its runs above the middle and their mean below it: neither hides the other.
ROW = 26
ABOVE, BELOW = -5, 6
MOST_TOLD = 8


def strip_figure(subject: ChartSource) -> Figure:
    """Return the metric of every run of a comparison, a line of points for each row.

    Raises:
        RequestError: no run has the metric.
    """
    drawn = _seeds(subject) + _means(subject)
    if not has(drawn, "value"):
        raise RequestError(f"--kind strip: expected a run with {subject.metric.name}; got none")
    is_log = subject.metric.kind != "accuracy" and is_wide(
        number_of(item["value"]) for item in drawn if item["value"] is not None
    )
    drawn = cut_intervals(drawn, is_log=is_log)
    title = f"{subject.table.title}: {metric_title(subject.metric)} of every seed{subject.moment}"
    return Figure(
        "strip",
        subject.comparison.name,
        title,
        _chart(subject, drawn, is_log=is_log),
        drawn,
        _text(subject),
        _notes(subject, drawn),
    )


def _seeds(subject: ChartSource) -> Rows:
    """Return an item for each run with a finite value."""
    drawn: Rows = []
    for point in subject.comparison.points:
        sample = subject.measurement.sample(point, subject.metric, subject.selection.at)
        drawn += [
            {
                "part": "seed",
                "row": subject.names[point.key],
                "seed": seed,
                "value": number,
                "low": None,
                "high": None,
                "letters": None,
            }
            for seed, number in zip(subject.comparison.seeds, sample, strict=False)
            if number is not None and math.isfinite(number)
        ]
    return drawn


def _means(subject: ChartSource) -> Rows:
    """Return an item for each row: its mean, the interval, its letters, and what became of runs that are not done."""
    separation = subject.table.separations[0]
    drawn: Rows = []
    for row in subject.table.rows:
        figures = row.statistics[0]
        collapsed = f"{row.collapsed} collapsed" if row.collapsed else ""
        partial = _partial(subject, row)
        letters = separation.rows[row.key].group or ""
        missed = missed_runs(subject, row.key) if subject.metric.to_target else ""
        drawn.append(
            {
                "part": "mean",
                "row": subject.names[row.key],
                "seed": None,
                "value": None if row.is_partly_collapsed and not subject.metric.timed else figures.mean,
                "low": figures.ci_low,
                "high": figures.ci_high,
                "letters": "  ".join(filter(None, [letters, ending_of(row), collapsed, missed, partial])),
            }
        )
    return drawn


def _partial(subject: ChartSource, row: Row) -> str:
    """Return `2 of 3 have a value` for a row some of whose finished runs lack the metric, else nothing."""
    count = row.statistics[0].n
    return f"{count} of {row.done} have a value" if count < row.done and not subject.metric.to_target else ""


def missed_runs(subject: ChartSource, key: str) -> str:
    """Return `2 of 5 missed` for a row some of whose runs have not reached the target, else nothing."""
    point = next(point for point in subject.comparison.points if point.key == key)
    sample = subject.measurement.sample(point, subject.metric, "last")
    return missed_text([number for number in sample if number is not None])


def _chart(subject: ChartSource, drawn: Rows, *, is_log: bool) -> altair.LayerChart:
    metric = subject.metric
    keys, names = list(subject.names), list(subject.names.values())
    low, high = interval_fields(drawn)
    values = [value for item in drawn for value in (item["value"], item[low]) if isinstance(value, int | float)]
    scale, axis = number_scale(values, log=is_log), value_axis(metric)
    if is_log:
        axis = with_log_ticks(axis, log_ticks(values))
    x = altair.X("value:Q", title=metric_title(metric), scale=scale, axis=axis)
    y = row_axis(names)
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=max(2, len(names)) * ROW)
    color = row_color(subject.styles, keys, names, legend=False)
    seeds = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="seed"))
    points = seeds.mark_point(size=45, filled=True, opacity=SEED, yOffset=ABOVE).encode(
        x=x,
        y=y,
        color=color,
        shape=row_shape(subject.styles, keys, names, legend=False),
        tooltip=[altair.Tooltip("row:N"), altair.Tooltip("seed:Q"), *value_tooltip(metric, "value")],
    )
    means = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="mean"))
    ranged = means.transform_filter(altair.FieldValidPredicate(field=low, valid=True))
    pointer = [altair.Tooltip("row:N"), *value_tooltip(metric, "value", "low", "high")]
    interval = ranged.mark_rule(strokeWidth=1.5, yOffset=BELOW).encode(
        x=altair.X(f"{low}:Q"), x2=f"{high}:Q", y=y, tooltip=pointer
    )
    tick = means.mark_tick(thickness=2.5, size=10, opacity=1, yOffset=BELOW).encode(x=x, y=y, tooltip=pointer)
    letters = means.mark_text(align="left", dx=8).encode(x=altair.value("width"), y=y, text="letters:N")
    layers = [interval] if has(drawn, low, part="mean") else []
    layers += [points] if has(drawn, "value", part="seed") else []
    layers += [tick] if has(drawn, "value", part="mean") else []
    return layered(*layers, letters)


def _text(subject: ChartSource) -> str:
    unit = unit_of(subject.metric)
    rows = subject.table.rows
    parts = []
    for row in rows[:MOST_TOLD]:
        figures = row.statistics[0]
        missed = missed_runs(subject, row.key) if subject.metric.to_target else ""
        ending = ", ".join(filter(None, [ending_of(row), missed, _partial(subject, row)]))
        said = [
            f"{subject.names[row.key]} {unit.text(figures.mean)}",
            f"from {unit.text(figures.min)} to {unit.text(figures.max)}" if figures.n > 1 else "",
            f"({ending})" if ending else "",
        ]
        parts.append(" ".join(filter(None, said)))
    if len(rows) > MOST_TOLD:
        parts.append(f"and {count(len(rows) - MOST_TOLD, 'more row')}")
    return f"{metric_title(subject.metric).capitalize()} of every seed{subject.moment}: {'; '.join(parts)}."


def _notes(subject: ChartSource, drawn: Rows) -> tuple[str, ...]:
    edge = LEAVING.replace("they leave", "it leaves") if any(map(is_cut, drawn)) else ""
    notes = [f"A point is one seed; the bar below is the mean, the line its 95 % interval{edge}."]
    if subject.table.separations[0].obstacle is None:
        notes.append("Rows sharing a letter are not shown to differ.")
    return tuple(notes)
