"""The paths of runs over a test function: a line for each row and seed on the contours, minima marked."""

import math
from collections.abc import Mapping, Sequence

import altair

from gdbench.catalog.datasets.surfaces import SURFACES, Surface
from gdbench.display.charts.contours import Window, contour_rows, window_of
from gdbench.display.charts.encodings import layered, row_color, row_dash
from gdbench.display.charts.figure import WIDTH, Cell, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.display.charts.row_styles import chart_names, without
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Point, row_key
from gdbench.records import Record

FUNCTION_AXIS = "dataset.function"
MOST_TOLD = 8
# A step shorter than this share of the window cannot be seen.
SHORTEST = 0.002
GRAY = "#8A8A8A"
# A path in the square from -1 to 1.
_STAR = "M0,-1L0.23,-0.31L0.95,-0.31L0.36,0.12L0.59,0.81L0,0.38L-0.59,0.81L-0.36,0.12L-0.95,-0.31L-0.23,-0.31Z"


def trajectory_figures(subject: ChartSource) -> list[Figure]:
    """Return a chart for each test function of a comparison.

    Raises:
        RequestError: no run has a path.
    """
    functions: dict[str, list[tuple[Point, list[Record]]]] = {}
    for point in subject.comparison.points:
        records = [record for record in subject.measurement.records_of(point) if record.outcome.trajectory]
        if records:
            functions.setdefault(records[0].run.dataset["function"], []).append((point, records))
    if not functions:
        raise RequestError("--kind trajectory: expected runs with `dataset: test_function`; got none")
    return [_figure(subject, name, rows) for name, rows in functions.items()]


def _figure(subject: ChartSource, function: str, rows: Sequence[tuple[Point, list[Record]]]) -> Figure:
    surface = SURFACES[function]
    keys = [_rival(subject, point) for point, _records in rows]
    names = chart_names(keys)
    starts = [_ends(record)[0] for _point, records in rows for record in records]
    window = window_of(surface, starts)
    drawn = [
        item
        for key, (_point, records) in zip(keys, rows, strict=True)
        for record in records
        for item in _within(_path(names[key], record, window), window.around())
    ]
    title = f"{subject.comparison.title or subject.comparison.name}: paths over {_called(function)}"
    chart = _chart(subject, names, drawn, contour_rows(surface, window), surface, window)
    outside = sum(not window.holds(*_ends(record)[1]) for _point, records in rows for record in records)
    notes = [
        "Contours are log-spaced above the minimum (stars); an empty circle is a start, a filled mark the last point."
    ]
    if outside:
        notes.append(f"{count(outside, 'path')} ended outside the picture.")
    return Figure(
        "trajectory", subject.comparison.name, title, chart, drawn, _text(function, names, rows), tuple(notes)
    )


def _called(function: str) -> str:
    """Return `Rosenbrock's function`, since most of them have the names of people."""
    return "the saddle" if function == "saddle" else f"{function.capitalize()}'s function"


def _rival(subject: ChartSource, point: Point) -> str:
    """Return the name of a row within the chart of its function."""
    axes = [axis.key for axis in subject.comparison.axes]
    return row_key(without(point.labels, axes.index(FUNCTION_AXIS))) if FUNCTION_AXIS in axes else point.key


def _path(name: str, record: Record, window: Window) -> Rows:
    """Return the points of a run's path, those left out that are too near to the one before to be seen."""
    path: Mapping[str, Sequence[float]] = record.outcome.trajectory or {}
    items: Rows = []
    last = (math.inf, math.inf)
    legs = path.get("start") or [0] * len(path["x"])
    for index, (epoch, x, y, leg) in enumerate(zip(path["epoch"], path["x"], path["y"], legs, strict=True)):
        apart = max(abs(x - last[0]) / (window.right - window.left), abs(y - last[1]) / (window.top - window.bottom))
        is_end = index + 1 == len(legs) or legs[index + 1] != leg
        is_start = index == 0 or legs[index - 1] != leg
        if apart < SHORTEST and not (is_end or is_start):
            continue
        last = (x, y)
        part = "start" if is_start else "end" if is_end else "path"
        line = f"{name}, seed {record.run.seed}" + (f", start {leg}" if "start" in path else "")
        items.append({"row": name, "seed": record.run.seed, "line": line, "part": part, "epoch": epoch, "x": x, "y": y})
    return items


def _within(path: Rows, window: Window) -> Rows:
    """Return a path without what is far outside of the picture, in pieces.

    A run that diverges goes so far that a browser draws its line without dashes, and a file has none at all.
    """
    items: Rows = []
    piece = 0
    for before, item in zip([None, *path], path, strict=False):
        here = _place(item)
        if before is None or item["part"] == "start":
            piece += 1
            items.append({**item, "piece": piece})
            continue
        shown = window.inside(_place(before), here)
        if shown is None:
            continue
        begin, end = shown
        if begin != _place(items[-1]):
            piece += 1
            items.append({**before, "part": "path", "x": begin[0], "y": begin[1], "piece": piece})
        part = item["part"] if end == here else "path"
        items.append({**item, "part": part, "x": end[0], "y": end[1], "piece": piece})
    return items


def _place(item: Mapping[str, Cell]) -> tuple[float, float]:
    return number_of(item["x"]), number_of(item["y"])


def _chart(
    subject: ChartSource, names: Mapping[str, str], drawn: Rows, contours: Rows, surface: Surface, window: Window
) -> altair.LayerChart:
    keys, shown = list(names), list(names.values())
    plain = altair.Axis(grid=False)
    across = altair.Scale(domain=[window.left, window.right], nice=False, zero=False)
    up = altair.Scale(domain=[window.bottom, window.top], nice=False, zero=False)
    x, y = altair.X("x:Q", title="x", scale=across, axis=plain), altair.Y("y:Q", title="y", scale=up, axis=plain)
    size = {"width": WIDTH, "height": WIDTH * 3 // 4}
    depth = altair.Opacity("depth:Q", scale=altair.Scale(domain=[0, 1], range=[0.25, 0.9]), legend=None)
    heights = altair.Chart(data_of(contours)).properties(**size).mark_line(color=GRAY, strokeWidth=0.7, clip=True)
    heights = heights.encode(x=x, y=y, detail="line:N", order="index:Q", opacity=depth, tooltip=["level:Q"])
    base = altair.Chart(data_of(drawn)).properties(**size)
    color = row_color(subject.styles, keys, shown, lines=True)
    told = [altair.Tooltip("line:N"), altair.Tooltip("epoch:Q"), altair.Tooltip("x:Q"), altair.Tooltip("y:Q")]
    paths = base.mark_line(strokeWidth=1.3, clip=True, opacity=0.9)
    dash = row_dash(subject.styles, keys, shown)
    pieces = ["line:N", "piece:N"]
    paths = paths.encode(x=x, y=y, color=color, strokeDash=dash, detail=pieces, order="epoch:Q", tooltip=told)
    starts = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="start"))
    circles = starts.mark_point(shape="circle", size=30, color="black", strokeWidth=1, clip=True).encode(x=x, y=y)
    ends = base.transform_filter(altair.FieldEqualPredicate(field="part", equal="end"))
    shapes = subject.styles.shapes(keys)
    # One layer a shape: encoded, shapes would take the place of the lines in the legend.
    marks = [
        ends.transform_filter(altair.FieldOneOfPredicate(field="row", oneOf=_of_shape(shape, shown, shapes)))
        .mark_point(shape=shape, size=35, filled=True, opacity=1, clip=True)
        .encode(x=x, y=y, color=color, tooltip=told)
        for shape in dict.fromkeys(shapes)
    ]
    minima: Rows = [{"x": low[0], "y": low[1]} for low in surface.minima]
    stars = altair.Chart(data_of(minima)).properties(**size)
    stars = stars.mark_point(shape=_STAR, size=60, filled=True, color="black", opacity=1).encode(x=x, y=y)
    return layered(heights, paths, circles, *marks, stars)


def _of_shape(shape: str, names: Sequence[str], shapes: Sequence[str]) -> list[str]:
    """Return the names of the rows with a shape; those that share a color differ in it."""
    return [name for name, own in zip(names, shapes, strict=True) if own == shape]


def _ends(record: Record) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the first and the last point of a run's path."""
    path = record.outcome.trajectory or {}
    return (path["x"][0], path["y"][0]), (path["x"][-1], path["y"][-1])


def _text(function: str, names: Mapping[str, str], rows: Sequence[tuple[Point, list[Record]]]) -> str:
    told = []
    for name, (_point, records) in list(zip(names.values(), rows, strict=True))[:MOST_TOLD]:
        values = [number_of((record.outcome.metrics or {}).get("train_loss")) for record in records]
        lost = sum(record.outcome.has_diverged for record in records)
        reached = [f"{value:.3g}" for value, record in zip(values, records, strict=True) if record.outcome.is_done]
        ends = f"ends at {', '.join(reached)}" if reached else ""
        diverged = f"diverges {count(lost, 'time')}" if lost else ""
        told.append(f"{name} {' and '.join(filter(None, [ends, diverged]))}")
    if len(rows) > MOST_TOLD:
        told.append(f"and {count(len(rows) - MOST_TOLD, 'more row')}")
    return f"Paths over {_called(function)}; its values at the end: {'; '.join(told)}."
