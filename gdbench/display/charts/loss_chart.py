"""The training loss of single updates, where runs have recorded it: the mean over seeds with its 95 % band."""

from dataclasses import replace

import altair

from gdbench.comparison.learning_curves import loss_curve, run_losses
from gdbench.comparison.selection import Selection
from gdbench.comparison.statistics import Statistics
from gdbench.display.charts.ceilings import ceilings
from gdbench.display.charts.divergences import crosses, divergence_note, divergences
from gdbench.display.charts.encodings import MARGIN, number_axis
from gdbench.display.charts.figure import Cell, ChartSource, Figure, Rows, count, data_of, number_of
from gdbench.display.charts.line_layers import Lines
from gdbench.display.charts.single_runs import run_items
from gdbench.display.charts.thinning import thinned
from gdbench.errors import RequestError
from gdbench.metrics import METRICS

MOST_TOLD = 8


def loss_figure(subject: ChartSource) -> Figure:
    """Return the loss by update of the rows whose runs have recorded it.

    Raises:
        RequestError: no run has recorded it.
    """
    drawn: Rows = []
    longest = 0
    for point in subject.comparison.points:
        records = subject.measurement.records_of(point)
        points, name = loss_curve(records), subject.names[point.key]
        kept = thinned([each.statistics.mean or 0.0 for each in points], subject.most_points)
        longest = max(longest, len(points) if len(kept) < len(points) else 0)
        drawn += [_item(name, points[place].update, points[place].statistics) for place in kept]
        drawn += divergences(name, records, mean=None, low=None, high=None, runs=None) if points else []
    if not drawn:
        raise RequestError("--kind losses: expected runs with `training.record_every`; got none")
    x = altair.X(
        "update:Q", scale=altair.Scale(nice=False, zero=False, padding=MARGIN), axis=altair.Axis(tickMinStep=1)
    )
    # By its last loss a row is good or not, whatever else is compared.
    by_loss = replace(subject, selection=Selection(METRICS["train_loss"], "last"))
    lines = Lines(by_loss, drawn, x, "training loss", number_axis(), ceilings=ceilings({None: _sound(subject)}, drawn))
    if lines.bands_hide:
        lines = replace(lines, runs=_runs(subject, is_log=lines.is_log))
        drawn = [*drawn, *lines.runs]
    layers = [*lines.layers(), *crosses(drawn, x, lines.color)]
    chart = altair.LayerChart(layer=layers, data=data_of(lines.marked))
    title = f"{subject.comparison.title or subject.comparison.name}: training loss of single updates"
    thin = (f"Curves of up to {longest:,} updates are thinned, their extremes kept.",) if longest else ()
    notes = (*lines.notes(), *divergence_note(drawn), *thin)
    return Figure("losses", subject.comparison.name, title, chart, drawn, _text(drawn), notes)


def _runs(subject: ChartSource, *, is_log: bool) -> Rows:
    """Return an item for each recorded update of each single run."""
    drawn: Rows = []
    for point in subject.comparison.points:
        losses = run_losses(subject.measurement.records_of(point))
        drawn += run_items(losses, subject.most_points, is_log=is_log, row=subject.names[point.key])
    return drawn


def _sound(subject: ChartSource) -> list[float]:
    """Return all losses of the runs that did not diverge, where any did."""
    records = [record for point in subject.comparison.points for record in subject.measurement.records_of(point)]
    kept = [record for record in records if not record.outcome.has_diverged]
    if len(kept) == len(records):
        return []
    return [found.value for record in kept for curve in run_losses([record]).values() for found in curve]


def _item(name: str, update: int, figures: Statistics) -> dict[str, Cell]:
    return {
        "row": name,
        "update": update,
        "mean": figures.mean,
        "low": figures.ci_low,
        "high": figures.ci_high,
        "runs": figures.n,
        "diverged": None,
    }


def _text(drawn: Rows) -> str:
    ends = {item["row"]: item for item in drawn if item["mean"] is not None}
    told = [
        f"{name} ends at {number_of(item['mean']):.4f} after update {number_of(item['update']):,.0f}"
        for name, item in list(ends.items())[:MOST_TOLD]
    ]
    if len(ends) > MOST_TOLD:
        told.append(f"and {count(len(ends) - MOST_TOLD, 'more row')}")
    return f"Training loss of single updates, mean over seeds: {'; '.join(told)}."
