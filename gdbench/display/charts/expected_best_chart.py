"""The expected best score of each tuned row after 1, 2, ... trials."""

import math

import altair

from gdbench.comparison.tuned_rows_table import TableTuning, table_tuning
from gdbench.display.charts.encodings import metric_title, number_scale, row_color, row_dash, value_axis
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, data_of
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError


def expected_best_figure(subject: ChartSource) -> Figure:
    """Return a line a tuned row, each of whose points is the best of so many trials in random order.

    Raises:
        RequestError: no row of the comparison has been tuned, or a halving left trials out.
    """
    tuning = table_tuning(subject.measurement)
    drawn = _points(subject, tuning) if tuning else []
    if tuning is None or not drawn:
        raise RequestError("--kind expected-best: expected a comparison with tuned rows that have chosen; got none")
    metric, comparison = tuning.metric, subject.comparison
    title = f"{comparison.title or comparison.name}: {metric_title(metric)} of the best of n trials"
    notes = ("Expected over random orders of the trials that were run; a row begins where no divergence can be best.",)
    return Figure("expected-best", comparison.name, title, _chart(subject, tuning, drawn), drawn, _text(tuning), notes)


def _points(subject: ChartSource, tuning: TableTuning) -> Rows:
    return [
        {"row": subject.names[key], "trials": count, "value": score}
        for key, row in tuning.rows.items()
        for count, score in enumerate(row.expected, start=1)
        if math.isfinite(score)
    ]


def _chart(subject: ChartSource, tuning: TableTuning, drawn: Rows) -> altair.Chart:
    seen = {item["row"] for item in drawn}
    keys = [key for key in tuning.rows if subject.names[key] in seen]
    names = [subject.names[key] for key in keys]
    values = [number for item in drawn if isinstance(number := item["value"], int | float)]
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=WIDTH * 3 // 4)
    line = base.mark_line(strokeWidth=2, point=True)
    encoded: altair.Chart = line.encode(
        x=altair.X("trials:Q", title="trials", axis=altair.Axis(tickMinStep=1, format="d")),
        y=altair.Y(
            "value:Q",
            title=f"{metric_title(tuning.metric)} expected of the best",
            scale=number_scale(values),
            axis=value_axis(tuning.metric),
        ),
        color=row_color(subject.styles, keys, names, lines=True),
        strokeDash=row_dash(subject.styles, keys, names),
        tooltip=[altair.Tooltip("row:N"), altair.Tooltip("trials:Q"), altair.Tooltip("value:Q", format=".4~g")],
    )
    return encoded


def _text(tuning: TableTuning) -> str:
    unit = unit_of(tuning.metric)
    told = [f"{key} {unit.text(row.expected[-1])}" for key, row in tuning.rows.items() if row.expected]
    return f"Best {metric_title(tuning.metric)} of all trials: {'; '.join(told)}."
