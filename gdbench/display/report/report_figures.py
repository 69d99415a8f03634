"""The charts of a report: for each comparison those that its data allow."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from gdbench.comparison.judgment.multiverse_verdicts import judge_multiverse
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection, default_metrics
from gdbench.display.charts.class_charts import confusion_figure, recall_figure
from gdbench.display.charts.curve_chart import curve_figure
from gdbench.display.charts.expected_best_chart import expected_best_figure
from gdbench.display.charts.figure import ChartSource, Figure
from gdbench.display.charts.heatmap_chart import heatmap_figure
from gdbench.display.charts.layer_chart import MOST_LAYERS, MOST_PANELS, layer_figure, recorded_quantities
from gdbench.display.charts.loss_chart import loss_figure
from gdbench.display.charts.multiverse_chart import multiverse_figure
from gdbench.display.charts.published_chart import published_figures
from gdbench.display.charts.row_styles import without
from gdbench.display.charts.sensitivity_chart import numeric_axis, sensitivity_figure
from gdbench.display.charts.strip_chart import strip_figure
from gdbench.display.charts.target_chart import target_figure
from gdbench.display.charts.trajectory_chart import trajectory_figures
from gdbench.display.charts.trials_chart import trials_figure
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison
from gdbench.metrics import METRICS
from gdbench.records import Record

# Points of all curves of a page together, and of one curve at least and at most.
ALL_POINTS, LEAST_POINTS, MOST_POINTS = 16_000, 24, 240
# Charts with more lines or cells would be too long for a page.
MOST_STRIPS, MOST_CELLS, MOST_RIVALS = 80, 600, 24
# A confusion matrix of 100 classes.
MOST_CLASS_CELLS = 10_000


def report_figures(results: Results, comparison: Comparison) -> list[Figure]:
    """Return the charts of a comparison, in the order in which questions come up."""
    metric = METRICS[default_metrics(results.of_comparisons([comparison.name]).own_records)[0]]
    subject = ChartSource(results, comparison, Selection(metric, "last"), most_points=points_of_a_curve(results))
    return list(_figures(subject))


def points_of_a_curve(results: Results) -> int:
    """Return how many points a curve may have, so that the page stays small."""
    # Two splits, a loss and an accuracy each.
    curves = 4 * sum(len(comparison.points) for comparison in results.comparisons)
    return max(LEAST_POINTS, min(MOST_POINTS, ALL_POINTS // max(1, curves)))


def _figures(subject: ChartSource) -> Iterator[Figure]:
    if not any(record.outcome.was_measured for record in _records(subject)):
        return
    if len(subject.comparison.points) <= MOST_STRIPS:
        yield from _if_any(strip_figure, subject)
    split = subject.selection.metric.split
    for kind in ("accuracy", "loss"):
        # A run that was never evaluated has no curve.
        yield from _if_any(curve_figure, replace(subject, selection=Selection(METRICS[f"{split}_{kind}"], "last")))
    if _rivals(subject) <= MOST_RIVALS:
        yield from _if_any(sensitivity_figure, subject)
    if len(subject.comparison.axes) > 1 and len(subject.comparison.points) <= MOST_CELLS:
        yield from _if_any(heatmap_figure, subject)
    if any(record.outcome.losses for record in _records(subject)):
        yield from _if_any(loss_figure, subject)
    yield from _layer_figures(subject)
    if any(record.outcome.trajectory for record in _records(subject)):
        yield from trajectory_figures(subject)
    yield from _class_figures(subject)
    if subject.comparison.tuning:
        for draw in (trials_figure, expected_best_figure):
            yield from _if_any(draw, subject)
    if subject.comparison.target is not None:
        for by in ("updates", "seconds"):
            yield from _if_any(target_figure, replace(subject, by=by))
    if any(block.values for block in subject.comparison.published):
        yield from published_figures(subject)
    found = judge_multiverse(subject.comparison, subject.results.records)
    if found is not None and not found.missing:
        yield multiverse_figure(subject)


def _layer_figures(subject: ChartSource) -> Iterator[Figure]:
    recorded = recorded_quantities(subject)
    most = max(LEAST_POINTS, min(MOST_POINTS, ALL_POINTS // (MOST_PANELS * MOST_LAYERS * max(1, len(recorded)))))
    for quantity in recorded:
        yield from _if_any(layer_figure, replace(subject, quantity=quantity, most_points=most))


def _class_figures(subject: ChartSource) -> Iterator[Figure]:
    for figure in (*_if_any(recall_figure, subject), *_if_any(confusion_figure, subject)):
        if len(figure.rows) <= MOST_CLASS_CELLS:
            yield figure


def _rivals(subject: ChartSource) -> float:
    """Return how many lines there are along a numeric axis, infinitely many without one."""
    index = numeric_axis(subject.table)
    if index is None:
        return math.inf
    return len({without(row.labels, index) for row in subject.table.rows})


def _if_any(draw: Callable[[ChartSource], Figure], subject: ChartSource) -> Iterator[Figure]:
    try:
        yield draw(subject)
    except RequestError:
        return


def _records(subject: ChartSource) -> list[Record]:
    return [record for point in subject.comparison.points for record in subject.measurement.records_of(point)]
