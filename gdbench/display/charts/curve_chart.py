"""Learning curves: training beside test, the mean over seeds with its 95 % band, by epoch, update or second."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import altair

from gdbench.comparison.learning_curves import CurvePoint, learning_curve, run_curves
from gdbench.display.charts.ceilings import Ceilings, ceilings
from gdbench.display.charts.divergences import crosses, divergence_note, divergences
from gdbench.display.charts.encodings import MARGIN, metric_title, value_axis
from gdbench.display.charts.figure import AnyChart, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.display.charts.line_layers import Lines
from gdbench.display.charts.single_runs import run_items
from gdbench.display.charts.thinning import thinned
from gdbench.display.sheets.headings import SPLIT_WORDS
from gdbench.display.sheets.units import unit_of
from gdbench.errors import RequestError
from gdbench.metrics import METRICS, Metric, SplitName
from gdbench.text import listing, suggestion

# What stands on the x axis: the field of the rows, and the title.
PROGRESS = {"epoch": "epoch", "update": "update", "seconds": "seconds of training"}
SHAPE = {"accuracy": "accuracy", "error": "error", "loss": "loss"}
# A text names no more rows than this.
MOST_TOLD = 8
# So many epochs have a tick each.
MOST_TICKS = 12


def curve_figure(subject: ChartSource) -> Figure:
    """Return the learning curves of a comparison, a panel for each split.

    Raises:
        RequestError: the metric has no curve, or nothing was measured along the wanted axis.
    """
    if subject.metric.of_whole_run or subject.metric.of_answers:
        raise RequestError(f"--kind curves: expected a loss, an accuracy or an error; got '{subject.metric.name}'")
    by = _progress(subject.by)
    metrics = _metrics(subject)
    drawn = [row for metric in metrics for row in _Panel(subject, metric).rows()]
    curves = [row for row in drawn if row["mean"] is not None]
    if not any(row[by] is not None for row in curves):
        raise RequestError(f"--kind curves: expected runs with a history by {by}; got none")
    panels = list(dict.fromkeys(str(row["split"]) for row in drawn))
    lines = replace(_lines(subject, by, drawn, metrics), ceilings=_ceilings(subject, metrics, drawn))
    if lines.bands_hide:
        lines = replace(
            lines, runs=[row for metric in metrics for row in _Panel(subject, metric).runs(is_log=lines.is_log)]
        )
        drawn = [*drawn, *lines.runs]
    chart = _chart(lines, panels)
    notes = (*lines.notes(), *_notes(drawn))
    what = metric_title(metrics[0]) if len(metrics) == 1 else SHAPE[subject.metric.kind]
    title = f"{subject.comparison.title or subject.comparison.name}: {what} by {by}"
    return Figure("curves", subject.comparison.name, title, chart, drawn, _text(subject, drawn), notes)


def _progress(by: str | None) -> str:
    by = "epoch" if by is None else {"second": "seconds"}.get(by, by)
    if by not in PROGRESS:
        raise RequestError(f"--by: expected epoch, update or seconds; got '{by}'{suggestion(by, PROGRESS)}")
    return by


def _metrics(subject: ChartSource) -> list[Metric]:
    """Return the metric's kind on each split that runs have measured, training first; or the metric alone."""
    measured = {
        name
        for record in subject.measurement.comparison.run_ids
        if record in subject.results.records
        for name in subject.results.records[record].outcome.history
    }
    if subject.one_split:
        return [subject.metric] if subject.metric.source in measured else []
    splits: list[SplitName] = ["train", "val", "test"]
    if f"train_eval_{subject.metric.kind.replace('error', 'accuracy')}" in measured:
        # As the test split is measured: after the epoch, without dropout.
        splits[0] = "train_eval"
    found = [METRICS[f"{split}_{subject.metric.kind}"] for split in splits]
    return [metric for metric in found if metric.source in measured]


def _ceilings(subject: ChartSource, metrics: Sequence[Metric], drawn: Rows) -> Ceilings:
    """Return how high the panels of losses reach beside runs that diverged."""
    if subject.metric.kind != "loss" or all(item["diverged"] is None for item in drawn):
        return {}
    panels = [_Panel(subject, metric) for metric in metrics]
    return ceilings({panel.split: list(panel.sound()) for panel in panels}, drawn)


class _Panel:
    """The curves of one split."""

    def __init__(self, subject: ChartSource, metric: Metric) -> None:
        self.subject = subject
        self.metric = metric
        self.split = SPLIT_WORDS[metric.split or "test"]

    def rows(self) -> Rows:
        """Return an item for each point of a curve, and one for each run that diverged."""
        drawn: Rows = []
        nothing: Mapping[str, None] = dict.fromkeys(["seconds", "mean", "low", "high", "runs", "thinned"])
        for point in self.subject.comparison.points:
            records = self.subject.measurement.records_of(point)
            name = self.subject.names[point.key]
            drawn += self._curve(name, learning_curve(records, self.metric))
            drawn += divergences(name, records, split=self.split, **nothing)
        return drawn

    def runs(self, *, is_log: bool) -> Rows:
        """Return an item for each point of the curve of each single run."""
        drawn: Rows = []
        for point in self.subject.comparison.points:
            curves = run_curves(self.subject.measurement.records_of(point), self.metric)
            name = self.subject.names[point.key]
            drawn += run_items(curves, self.subject.most_points, is_log=is_log, row=name, split=self.split)
        return drawn

    def sound(self) -> Iterator[float]:
        """Yield all numbers of the runs that did not diverge."""
        for point in self.subject.comparison.points:
            records = [each for each in self.subject.measurement.records_of(point) if not each.outcome.has_diverged]
            for curve in run_curves(records, self.metric).values():
                yield from (found.value for found in curve)

    def _curve(self, name: str, points: Sequence[CurvePoint]) -> Rows:
        means = [point.statistics.mean or 0.0 for point in points]
        kept = thinned(means, self.subject.most_points)
        return [
            {
                "row": name,
                "split": self.split,
                "epoch": point.epoch,
                "update": point.update,
                "seconds": point.seconds,
                "mean": point.statistics.mean,
                "low": point.statistics.ci_low,
                "high": point.statistics.ci_high,
                "runs": point.statistics.n,
                "diverged": None,
                "thinned": len(points) if len(kept) < len(points) else None,
            }
            for point in (points[place] for place in kept)
        ]


def _lines(subject: ChartSource, by: str, drawn: Rows, metrics: Sequence[Metric]) -> Lines:
    metric = subject.metric
    last = max((number_of(row["epoch"]) for row in drawn), default=0.0)
    ticks = altair.Axis(tickMinStep=1) if by != "seconds" else altair.Axis()
    if by == "epoch" and last <= MOST_TICKS:
        # Vega halves steps of few ticks, and there is no epoch 1.5 to look at.
        ticks.values, ticks.format = list(range(1, int(last) + 1)), "d"
    x = altair.X(
        f"{by}:Q", title=PROGRESS[by], scale=altair.Scale(zero=by == "seconds", nice=False, padding=MARGIN), axis=ticks
    )
    log = None if metric.kind != "accuracy" else False
    y_title = metric_title(metrics[0]) if len(metrics) == 1 else SHAPE[metric.kind]
    return Lines(subject, drawn, x, y_title, value_axis(metric), log)


def _chart(lines: Lines, panels: Sequence[str]) -> AnyChart:
    layers = [*lines.layers(), *crosses(lines.drawn, lines.x, lines.color)]
    data = data_of(lines.marked)
    if len(panels) == 1:
        return altair.LayerChart(layer=layers, data=data)
    header = altair.Header(title=None, labelFontWeight="bold")
    facet = altair.Facet("split:N", sort=list(panels), header=header, title=None)
    chart = altair.layer(*layers, data=data).facet(facet=facet, columns=len(panels))
    # A training loss that falls by orders of magnitude would leave a test loss that rises again a flat line.
    return chart.resolve_scale(y="independent") if lines.is_log else chart


def _text(subject: ChartSource, drawn: Rows) -> str:
    metric, curves = subject.metric, [row for row in drawn if row["mean"] is not None]
    seeds = max(len(point.runs) for point in subject.comparison.points)
    ends = {(row["row"], row["split"]): row for row in curves}
    unit = unit_of(metric)
    parts = []
    for name in list(dict.fromkeys(row["row"] for row in curves))[:MOST_TOLD]:
        figures = [
            f"{split} {unit.text(number_of(row['mean']))}" for (other, split), row in ends.items() if other == name
        ]
        epoch = next(row["epoch"] for (other, _split), row in ends.items() if other == name)
        parts.append(f"{name} ends at {listing(figures)} after epoch {number_of(epoch):g}")
    more = len({row["row"] for row in curves}) - len(parts)
    told = "; ".join([*parts, *([f"and {count(more, 'more row')}"] if more else [])])
    around = "and single runs" if any(row.get("seed") is not None for row in drawn) else "with 95 % bands"
    of = f"mean over {count(seeds, 'seed')}" + (f" {around}" if seeds > 1 else "")
    return f"Curves of the {SHAPE[metric.kind]}, {of}: {told}."


def _notes(drawn: Rows) -> Iterator[str]:
    yield from divergence_note(drawn)
    longest = max((thin for row in drawn if isinstance(thin := row["thinned"], int)), default=0)
    if longest:
        kept = max(sum(1 for _row in rows) for rows in _by_curve(drawn).values())
        yield f"Curves of up to {longest:,} evaluations are drawn with at most {kept:,} points, their extremes kept."


def _by_curve(drawn: Rows) -> dict[tuple[object, object], Rows]:
    curves: dict[tuple[object, object], Rows] = {}
    for row in drawn:
        if row["mean"] is not None:
            curves.setdefault((row["row"], row["split"]), []).append(row)
    return curves
