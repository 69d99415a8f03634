"""The kinds of charts by name, and one chart of any kind as `gdbench plot` and Python ask for it."""

from collections.abc import Callable, Mapping, Sequence

import altair

from gdbench.comparison.names import one_of
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection, default_metrics, read_at
from gdbench.display.charts.class_charts import confusion_figure, recall_figure
from gdbench.display.charts.curve_chart import curve_figure
from gdbench.display.charts.expected_best_chart import expected_best_figure
from gdbench.display.charts.figure import AnyChart, ChartSource, Figure
from gdbench.display.charts.heatmap_chart import heatmap_figure
from gdbench.display.charts.layer_chart import layer_figure
from gdbench.display.charts.look import SCREEN, Look
from gdbench.display.charts.loss_chart import loss_figure
from gdbench.display.charts.multiverse_chart import multiverse_figure
from gdbench.display.charts.profile_chart import profile_figure
from gdbench.display.charts.published_chart import published_figures
from gdbench.display.charts.sensitivity_chart import sensitivity_figure
from gdbench.display.charts.strip_chart import strip_figure
from gdbench.display.charts.target_chart import WAYS, target_figure
from gdbench.display.charts.trajectory_chart import trajectory_figures
from gdbench.display.charts.trials_chart import trials_figure
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison
from gdbench.experiment.moment import At
from gdbench.metrics import METRICS
from gdbench.text import listing

# What curves are drawn of on every split.
SHAPES = ("accuracy", "loss", "error")
KINDS: Mapping[str, Callable[[ChartSource], list[Figure]]] = {
    "curves": lambda subject: [curve_figure(subject)],
    "sensitivity": lambda subject: [sensitivity_figure(subject)],
    "heatmap": lambda subject: [heatmap_figure(subject)],
    "strip": lambda subject: [strip_figure(subject)],
    "target": lambda subject: [target_figure(subject)],
    "published": published_figures,
    "multiverse": lambda subject: [multiverse_figure(subject)],
    "losses": lambda subject: [loss_figure(subject)],
    "layers": lambda subject: [layer_figure(subject)],
    "trials": lambda subject: [trials_figure(subject)],
    "expected-best": lambda subject: [expected_best_figure(subject)],
    "profile": lambda subject: [profile_figure(subject)],
    "trajectory": trajectory_figures,
    "recall": lambda subject: [recall_figure(subject)],
    "confusion": lambda subject: [confusion_figure(subject)],
}
# The options that change a chart of each kind.
CHANGED_BY: Mapping[str, Sequence[str]] = {
    "curves": ("metric", "by"),
    "sensitivity": ("metric", "by", "at"),
    "heatmap": ("metric", "by", "at"),
    "strip": ("metric", "at"),
    "target": ("metric", "by"),
    "published": (),
    "multiverse": (),
    "losses": (),
    "layers": ("metric",),
    "expected-best": (),
    "trials": (),
    "profile": ("by",),
    "trajectory": (),
    "recall": ("at",),
    "confusion": ("metric", "at"),
}
# Of all comparisons together.
OF_ALL = ("profile",)


def chart(
    results: Results,
    kind: str,
    *,
    metric: str | None = None,
    by: str | None = None,
    at: At | str = "last",
    comparison: str | None = None,
    look: Look = SCREEN,
) -> AnyChart:
    """Return a chart of one comparison.

    `kind` is one of KINDS. `metric` (by default test_accuracy) and `at` are as for tables. Curves of accuracy (by
    default), loss or error have a panel for each split, those of a metric such as val_loss one panel. Under layers
    `metric` is gradient_norm, update_ratio or weight_norm, by default the first that was recorded. `by` is what stands
    on the x axis: epoch, update or seconds under curves, updates, seconds or epochs under target and profile, an
    axis of the grid under sensitivity and heatmap. A profile is of all comparisons together.

    Raises:
        RequestError: an unknown kind, metric, moment, axis or comparison, or the comparison has nothing of the kind.
    """
    drawn = figures(results, kind, metric=metric, by=by, at=at, comparison=comparison)
    titled = [figure.chart.properties(title=look.title(figure.title, figure.notes)) for figure in drawn]
    whole = titled[0] if len(titled) == 1 else altair.vconcat(*titled)
    return whole.properties(config=altair.Config.from_dict(look.config()))


def figures(
    results: Results,
    kind: str,
    *,
    metric: str | None = None,
    by: str | None = None,
    at: At | str = "last",
    comparison: str | None = None,
) -> list[Figure]:
    """Return the figures of one kind and one comparison: one, or one for each published block or test function.

    Raises:
        RequestError: as `chart`.
    """
    one_of("--kind", kind, KINDS)
    moments = read_at(str(at))
    _check_effect(kind, {"metric": metric, "by": by, "at": None if at == "last" else at})
    if len(moments) != 1:
        raise RequestError(f"--at: expected a single moment; got {at}")
    chosen = results.comparisons[0] if kind in OF_ALL else _comparison(results, comparison)
    default = _default(results, chosen)
    has_splits = kind == "curves" and (metric is None or metric in SHAPES)
    named = default if metric is None or kind == "layers" else metric
    if has_splits and metric is not None:
        named = f"{METRICS[default].split}_{metric}"
    selection = _selection(results, chosen, named, moments[0])
    quantity = metric if kind == "layers" else None
    return KINDS[kind](ChartSource(results, chosen, selection, by, quantity=quantity, one_split=not has_splits))


def _check_effect(kind: str, options: Mapping[str, At | str | None]) -> None:
    """Refuse an option that would change nothing of a chart."""
    for name, value in options.items():
        if value is not None and name not in CHANGED_BY[kind]:
            kinds = listing([each for each, changing in CHANGED_BY.items() if name in changing], "or")
            raise RequestError(f"--{name}: expected a --kind that it changes ({kinds}); got {kind}")
    if kind == "target" and options["metric"] is not None:
        one_of("--metric", str(options["metric"]), [name for name, _title in WAYS.values()])


def file_stem(
    results: Results, kind: str, *, metric: str | None, by: str | None, at: At | str, comparison: str | None
) -> str:
    """Return `optimizers-curves`, with whatever differs from the usual behind it."""
    chosen = results.comparisons[0] if kind in OF_ALL else _comparison(results, comparison)
    name = results.experiment.name if kind in OF_ALL else chosen.name
    usual = metric is None or (metric == _default(results, chosen) and kind != "curves")
    others = ["" if usual else metric or "", by or "", "" if at == "last" else str(at)]
    return "-".join([name, kind, *(part.replace("/", "-") for part in others if part)])


def _default(results: Results, comparison: Comparison) -> str:
    return default_metrics(results.of_comparisons([comparison.name]).own_records)[0]


def _comparison(results: Results, name: str | None) -> Comparison:
    known = results.comparisons
    if name is not None:
        return results.of_comparisons([name]).comparisons[0]
    if len(known) > 1:
        names = ", ".join(comparison.name for comparison in known)
        raise RequestError(f"--comparison: expected one of {names}, since there are several")
    return known[0]


def _selection(results: Results, comparison: Comparison, metric: str, at: At) -> Selection:
    """Return a metric at a moment, checked against the records as that of a table is."""
    return results.of_comparisons([comparison.name]).tables([metric], [at])[0].selections[0]
