"""The trials of tuned rows: the score of each setting that was tried, and which of them was chosen."""

import math
from collections.abc import Iterator

import altair

from gdbench.comparison.names import short_names
from gdbench.comparison.rate_sensitivity import number_tuned
from gdbench.comparison.tuned_choice import RowChoice
from gdbench.comparison.tuned_rows_table import TableTuning, table_tuning
from gdbench.display.charts.encodings import (
    layered,
    metric_title,
    number_scale,
    position_axis,
    position_scale,
    row_color,
    row_shape,
    value_axis,
)
from gdbench.display.charts.figure import WIDTH, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError

MOST_TOLD = 8


def trials_figure(subject: ChartSource) -> Figure:
    """Return the scores of all settings that have been tried, along the number that rows tune or their order.

    Raises:
        RequestError: no trial of the comparison has ended.
    """
    tuning = table_tuning(subject.measurement)
    drawn = list(_points(subject, tuning)) if tuning else []
    if tuning is None or not any(isinstance(item["value"], float) for item in drawn):
        raise RequestError("--kind trials: expected a comparison with tuned rows whose trials have ended; got none")
    comparison, words = subject.comparison, metric_title(tuning.metric)
    title = f"{comparison.title or comparison.name}: {words} in trials"
    return Figure(
        "trials", comparison.name, title, _chart(subject, tuning, drawn), drawn, _text(drawn, tuning), _notes(drawn)
    )


def _points(subject: ChartSource, tuning: TableTuning) -> Iterator[dict[str, str | int | float | None]]:
    """Yield an item for each setting whose trials have ended; without a value where one of them diverged."""
    by_number = _by_number(tuning)
    for key, choice in _choices(tuning).items():
        numbers = [number_tuned(candidate.labels) for candidate in choice.row.candidates]
        for place, (number, score) in enumerate(zip(numbers, choice.scores, strict=True)):
            if score is not None:
                yield {
                    "row": subject.names[key],
                    "x": number if by_number else place + 1,
                    "setting": ", ".join(choice.row.candidates[place].labels),
                    "value": score if math.isfinite(score) else None,
                    "rungs": choice.reached[place],
                    "chosen": place == choice.chosen,
                }


def _choices(tuning: TableTuning) -> dict[str, RowChoice]:
    return {key: row.choice for key, row in tuning.rows.items() if row.choice is not None}


def _by_number(tuning: TableTuning) -> bool:
    """Whether all rows tune the same single path and try numbers."""
    candidates = [candidate for choice in _choices(tuning).values() for candidate in choice.row.candidates]
    return len(tuning.paths) == 1 and all(number_tuned(candidate.labels) is not None for candidate in candidates)


def _chart(subject: ChartSource, tuning: TableTuning, drawn: Rows) -> altair.LayerChart:
    seen = {item["row"] for item in drawn}
    keys = [key for key in tuning.rows if subject.names[key] in seen]
    names = [subject.names[key] for key in keys]
    values = [number for item in drawn if isinstance(number := item["value"], float)]
    xs = sorted({found for item in drawn if isinstance(found := item["x"], int | float)})
    x_title = short_names(tuning.paths)[0].replace("_", " ") if _by_number(tuning) else "setting"
    x = altair.X("x:Q", title=x_title, scale=position_scale(xs), axis=position_axis(xs))
    title = metric_title(tuning.metric)
    y = altair.Y("value:Q", title=title, scale=number_scale(values), axis=value_axis(tuning.metric))
    color = row_color(subject.styles, keys, names)
    pointer = [altair.Tooltip(f"{name}:N") for name in ("row", "setting")]
    pointer += [altair.Tooltip("value:Q", format=".4~g"), altair.Tooltip("rungs:Q"), altair.Tooltip("chosen:N")]
    base = altair.Chart(data_of(drawn)).properties(width=WIDTH, height=WIDTH * 3 // 4)
    known = base.transform_filter(altair.FieldValidPredicate(field="value", valid=True))
    line = known.mark_line(strokeWidth=1, opacity=0.5).encode(x=x, y=y, color=color)
    points = known.mark_point(size=35, filled=True, opacity=1).encode(
        x=x, y=y, color=color, shape=row_shape(subject.styles, keys, names), tooltip=pointer
    )
    chosen = known.transform_filter(altair.FieldEqualPredicate(field="chosen", equal=True))
    ring = chosen.mark_point(size=190, filled=False, strokeWidth=2).encode(x=x, y=y, color=color, tooltip=pointer)
    lost = base.transform_filter(altair.FieldValidPredicate(field="value", valid=False))
    cross = lost.mark_point(shape="cross", angle=45, size=60, filled=True, opacity=1)
    foot = cross.encode(x=x, y=altair.value("height"), yOffset=altair.value(-8), color=color, tooltip=pointer)
    has_lost = any(item["value"] is None for item in drawn)
    return layered(line, points, ring, *([foot] if has_lost else []))


def _text(drawn: Rows, tuning: TableTuning) -> str:
    unit = unit_of(tuning.metric)
    chosen = [item for item in drawn if item["chosen"] and isinstance(item["value"], float)]
    told = [f"{item['row']} {item['setting']} ({unit.text(number_of(item['value']))})" for item in chosen[:MOST_TOLD]]
    more = [f"and {count(len(chosen) - MOST_TOLD, 'more row')}"] if len(chosen) > MOST_TOLD else []
    ending = f", chosen: {'; '.join([*told, *more])}" if chosen else ""
    return f"{metric_title(tuning.metric).capitalize()} of {count(len(drawn), 'setting')} in trials{ending}."


def _notes(drawn: Rows) -> tuple[str, ...]:
    notes = ["Circles mark the chosen settings, whose scores are optimistic since they are the best of several."]
    if len({item["rungs"] for item in drawn}) > 1:
        notes.append("Settings that halving left out have the score of a shorter trial.")
    if any(item["value"] is None for item in drawn):
        notes.append("× at the foot: a trial diverged or failed there.")
    return tuple(notes)
