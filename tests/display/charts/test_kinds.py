"""Every kind of chart on committed and made results: its rows, its words, and that it can be drawn."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import altair
import pytest

from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection
from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.curve_chart import curve_figure
from gdbench.display.charts.encodings import log_scale, log_ticks, number_axis
from gdbench.display.charts.figure import ChartSource, Figure, data_of
from gdbench.display.charts.kind_texts import KIND_TEXTS
from gdbench.display.charts.kinds import KINDS, chart, figures
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment
from gdbench.metrics import METRICS
from gdbench.records import Record
from tests.builders import a_record, an_experiment
from tests.display.report.pages import many

LOSS = Selection(METRICS["test_loss"], "last")
RESULTS = Path(__file__).parents[3] / "results"


def committed(name: str) -> Results:
    return Results.load(RESULTS / name)


def the(results: Results, kind: str, **options: str) -> Figure:
    found = figures(results, kind, **options)
    assert len(found) == 1
    return found[0]


def made(*records: Record, target: float | None = None) -> Results:
    """One row, `adam`, with these records."""
    ids = [f"{number:012}" for number in range(len(records))]
    experiment: Experiment = an_experiment({"optimizer": ["adam"]}, {("adam",): ids})
    comparison = replace(experiment.comparisons[0], target=target)
    return Results(replace(experiment, comparisons=(comparison,)), dict(zip(ids, records, strict=True)))


DRAWN = [
    ("curves", "reference/quickstart", {}),
    ("curves", "article", {"comparison": "optimizers", "by": "seconds", "metric": "test_loss"}),
    ("strip", "reference/quickstart", {}),
    ("sensitivity", "reference/learning-rate", {}),
    ("heatmap", "reference/learning-rate", {"by": "optimizer"}),
    ("target", "article", {"comparison": "optimizers"}),
    ("published", "article", {"comparison": "optimizers"}),
]


@pytest.mark.parametrize(("kind", "name", "options"), DRAWN)
def test_a_chart_is_drawn_and_valid(kind: str, name: str, options: dict[str, str]):
    # Altair checks it against the schema of Vega-Lite.
    spec = chart(committed(name), kind, **options).to_dict()
    drawn = svg(spec)
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn
    assert "undefined" not in drawn


@pytest.mark.parametrize(("kind", "name", "options"), DRAWN)
def test_a_chart_has_a_text_and_a_frame(kind: str, name: str, options: dict[str, str]):
    for figure in figures(committed(name), kind, **options):
        assert figure.text.endswith(".")
        assert len(figure.frame) == len(figure.rows) > 0
        assert figure.title


def test_curves_have_the_figures_of_the_table():
    results = committed("reference/quickstart")
    frame = the(results, "curves").frame
    last = frame[(frame["row"] == "adam") & (frame["split"] == "test") & (frame["epoch"] == 5)].iloc[0]
    figures_of_table = results.tables(["test_accuracy"], ["last"])[0].rows[2].statistics[0]
    assert (last["mean"], last["low"], last["high"]) == (
        figures_of_table.mean,
        figures_of_table.ci_low,
        figures_of_table.ci_high,
    )
    assert list(dict.fromkeys(frame["split"])) == ["training", "test"]


def test_a_divergence_is_marked_at_its_update():
    history = {"epoch": [1], "update": [10], "test_accuracy": [0.5]}
    results = made(a_record(history=history), a_record("1", "diverged", history=history))
    figure = the(results, "curves", by="update")
    lost = [row for row in figure.rows if row["diverged"] is not None]
    assert [(row["update"], row["mean"]) for row in lost] == [(17, None)]
    assert figure.notes[-1].startswith("1 run diverged (×)")


def test_sensitivity_marks_the_best_value_of_each_line_and_shades_what_collapsed():
    figure = the(committed("reference/learning-rate"), "sensitivity")
    best = {"sgd": 0.316, "momentum": 0.1, "adagrad": 0.316, "rmsprop": 0.00316, "adam": 0.00316}
    assert {row["row"]: row["x"] for row in figure.rows if row["best"]} == best
    assert "sgd learning rate 0.316 (96.82 %)" in figure.text
    layers = figure.chart.to_dict()
    regions = [rows for rows in layers["datasets"].values() if "from" in rows[0]]
    assert len(regions) == 1
    assert regions[0][0]["from"] == pytest.approx(3.16**0.5)
    assert regions[0][-1]["to"] == 10


def test_a_heat_map_has_a_cell_for_each_row():
    figure = the(committed("reference/learning-rate"), "heatmap")
    shown = {(row["down"], row["across"]): row["shown"] for row in figure.rows}
    assert len(shown) == 55
    assert shown["momentum", "0.1"] == "97.41"


def test_misses_of_a_target_are_counted():
    reached = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.9]}
    missed = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.6]}
    results = made(a_record(history=reached), a_record(history=missed), a_record(history=missed), target=0.8)
    figure = the(results, "target")
    assert [(row["part"], row["value"]) for row in figure.rows] == [
        ("seed", 20),
        ("miss", None),
        ("miss", None),
        ("median", None),
    ]
    assert figure.text == "Updates to 80 % test accuracy: adam missed by most seeds (2 of 3 missed)."


def test_published_figures_stand_beside_measured_ones():
    values, words = figures(committed("article"), "published", comparison="optimizers")
    sgd = values.rows[0]
    assert (sgd["published"], sgd["low_tolerated"], sgd["high_tolerated"]) == pytest.approx((0.92, 0.915, 0.925))
    assert (sgd["verdict"], sgd["shown"]) == ("higher", "higher")
    assert words.rows[0]["shown"] == "published Slow"
    assert words.rows[1]["shown"] == "published Medium, measured missed"


def test_losses_of_updates_are_drawn_where_recorded():
    record = a_record()
    recorded = replace(record, outcome=replace(record.outcome, losses=[2.0, 1.5, 1.0]))
    figure = the(made(recorded), "losses")
    assert [(row["update"], row["mean"]) for row in figure.rows] == [(1, 2.0), (2, 1.5), (3, 1.0)]
    assert svg(figure.chart.to_dict()).startswith("<svg")


def test_losses_end_where_a_run_diverged_with_a_mark():
    history = {"epoch": [1], "update": [10], "test_accuracy": [0.5]}
    records = [a_record("0", history=history), a_record("1", "diverged", history=history)]
    losses = ([2.0, 1.5, 1.0], [2.5, None])
    recorded = [
        replace(record, outcome=replace(record.outcome, losses=found))
        for record, found in zip(records, losses, strict=True)
    ]
    figure = the(made(*recorded), "losses")
    assert [(row["update"], row["mean"], row["diverged"]) for row in figure.rows] == [(1, 2.25, None), (17, None, 0)]
    assert figure.notes[1:] == ("1 run diverged (×); a curve ends where the first run of its row does.",)
    assert svg(figure.chart.to_dict()).count("diverged, seed") == 1


def test_of_many_rows_the_best_have_colors():
    figure = the(many(20, 2, 5), "curves")
    colored = {row["row"] for row in _drawn(figure) if row["colored"]}
    assert colored == {f"row {row}" for row in range(12)}
    assert figure.notes[1:] == ("Of 20 rows the 12 that end best have colors; the others are gray.",)
    assert svg(figure.chart.to_dict()).startswith("<svg")


def test_a_metric_has_one_panel_and_what_it_measures_has_one_for_each_split():
    results = committed("reference/quickstart")
    assert {row["split"] for row in the(results, "curves", metric="test_accuracy").rows} == {"test"}
    one = the(results, "curves", metric="train_loss")
    assert {row["split"] for row in one.rows} == {"training"}
    assert one.title == "Three optimizers on MNIST: training loss by epoch"
    assert {row["split"] for row in the(results, "curves", metric="loss").rows} == {"training", "test"}


def test_a_chart_says_what_its_marks_mean():
    title = chart(committed("reference/quickstart"), "curves").to_dict()["title"]
    assert title["text"] == ["Three optimizers on MNIST: accuracy by epoch"]
    assert title["subtitle"] == ["Lines are means of 3 runs, bands their 95 % intervals."]


def test_a_number_stands_with_the_name_of_its_axis():
    figure = the(committed("reference/learning-rate"), "strip")
    assert figure.rows[0]["row"] == "sgd, learning rate 0.0001"


def test_the_ticks_of_a_logarithmic_axis_are_round():
    assert log_ticks([0.3, 2.2]) == [0.5, 1, 2]
    assert log_ticks([0.011, 3]) == [0.01, 0.03, 0.1, 0.3, 1, 3]
    assert log_ticks([1e-6, 1]) == [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]
    assert len(log_ticks([1e-30, 1])) <= 7
    assert log_ticks([]) == []


def test_long_curves_are_thinned_and_say_so():
    results = many(2, 2, 500)
    figure = curve_figure(ChartSource(results, results.experiment.comparisons[0], LOSS, most_points=50))
    assert len(figure.rows) <= 4 * 50
    assert figure.notes == (
        "Lines are means of 2 runs, bands their 95 % intervals, cut off where they leave the chart.",
        "Curves of up to 500 evaluations are drawn with at most 49 points, their extremes kept.",
    )
    drawn = figure.frame[(figure.frame["row"] == "row 0") & (figure.frame["split"] == "test")]
    whole = the(results, "curves", metric="test_loss").frame
    every = whole[(whole["row"] == "row 0") & (whole["split"] == "test")]
    assert (drawn["mean"].max(), drawn["mean"].min()) == (every["mean"].max(), every["mean"].min())


def _drawn(figure: Figure) -> list[dict]:
    (rows,) = figure.chart.to_dict()["datasets"].values()
    return rows


HOSTILE = "</script><script>alert(1)</script>', datum.x['"


def test_labels_are_data_and_never_expressions():
    record = a_record(history={"epoch": [1, 2], "update": [1, 2], "test_accuracy": [0.5, 0.9]})
    experiment = an_experiment({"a.b[0]": [HOSTILE, "x" * 10_000]}, {(HOSTILE,): ["1"], ("x" * 10_000,): ["2"]})
    results = Results(experiment, {"1": record, "2": record})
    for kind in ("curves", "strip"):
        spec = chart(results, kind).to_dict()
        text = json.dumps({key: value for key, value in spec.items() if key != "datasets"})
        assert "x" * 50 not in text
        assert "<svg" in svg(spec)
        assert all("script" not in each for each in _expressions(spec))


def _expressions(spec: object) -> list[str]:
    """The texts of a specification that Vega evaluates."""
    if isinstance(spec, dict):
        own = [str(spec[key]) for key in ("calculate", "filter", "test", "expr", "signal") if key in spec]
        return own + [each for value in spec.values() for each in _expressions(value)]
    return [each for value in spec for each in _expressions(value)] if isinstance(spec, list) else []


@pytest.mark.parametrize(
    ("name", "kind", "options", "message"),
    [
        ("reference/quickstart", "bars", {}, f"--kind: expected one of {', '.join(KINDS)}; got 'bars'"),
        ("reference/quickstart", "heatmap", {}, "--kind heatmap: expected a comparison with two axes; got optimizer"),
        ("reference/quickstart", "sensitivity", {}, "--kind sensitivity: expected a comparison with an axis of 3 or"),
        ("reference/quickstart", "target", {}, "--kind target: expected a comparison with a target"),
        ("reference/quickstart", "published", {}, "--kind published: expected a comparison with published values"),
        ("reference/quickstart", "losses", {}, "--kind losses: expected runs with `training.record_every`"),
        ("reference/quickstart", "curves", {"by": "epochs"}, "--by: expected epoch, update or seconds; got 'epochs'"),
        ("reference/activations", "curves", {"by": "seconds"}, "--kind curves: expected runs with a history by second"),
        ("reference/quickstart", "curves", {"metric": "train_seconds"}, "--kind curves: expected a loss, an accuracy"),
        ("reference/quickstart", "strip", {"at": "last,3"}, "--at: expected a single moment; got last,3"),
        ("reference/learning-rate", "heatmap", {"by": "rate"}, "--by: expected an axis"),
        ("article", "curves", {}, "--comparison: expected one of optimizers, learning-rate"),
    ],
)
def test_what_cannot_be_drawn_is_refused(name: str, kind: str, options: dict[str, str], message: str):
    with pytest.raises(RequestError) as refused:
        chart(committed(name), kind, **options)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("strip", {"by": "epoch"}, "--by: expected a --kind that it changes (curves, sensitivity, heatmap, target or "),
        ("curves", {"at": "1"}, "--at: expected a --kind that it changes (sensitivity, heatmap, strip, recall or "),
        ("losses", {"metric": "test_loss"}, "--metric: expected a --kind that it changes (curves, sensitivity, "),
        (
            "target",
            {"metric": "test_loss"},
            "--metric: expected one of updates_to_target, seconds_to_target, epochs_to",
        ),
    ],
)
def test_an_option_that_changes_nothing_is_refused(kind: str, options: dict[str, str], message: str):
    with pytest.raises(RequestError) as error:
        figures(committed("article"), kind, comparison="optimizers", **options)
    assert str(error.value).startswith(message)


def test_a_strip_says_how_many_runs_missed_the_target():
    reached = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.9]}
    missed = {"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.5, 0.6]}
    results = made(a_record(history=reached), a_record(history=missed), a_record(history=missed), target=0.8)
    figure = the(results, "strip", metric="epochs_to_target")
    assert [row["letters"] for row in figure.rows if row["part"] == "mean"] == ["2 of 3 missed"]
    assert "2 of 3 missed" in figure.text


def test_a_strip_says_how_many_finished_runs_have_a_value():
    """A run that was stopped early has none after a later epoch."""
    short, long = ({"epoch": [1, 2][:last], "test_accuracy": [0.5, 0.9][:last]} for last in (1, 2))
    figure = the(made(a_record(history=long), a_record(history=long), a_record(history=short)), "strip", at="2")
    assert [row["letters"] for row in figure.rows if row["part"] == "mean"] == ["2 of 3 have a value"]
    assert "(2 of 3 have a value)" in figure.text


@pytest.mark.parametrize("numbers", [[1e-3, 0.1, 1e300], [1e10, 1e30, 1.5e300], [5e-308, 1.0, 1.7e308]])
def test_points_over_a_huge_range_stand_apart(numbers: list[float]):
    scale = log_scale(numbers, 8)
    low, high = scale.domain
    assert 0 < low <= min(numbers) * 1.01
    assert max(numbers) * 0.99 <= high < math.inf
    x = altair.X("x:Q", scale=scale, axis=None)
    drawn = svg(altair.Chart(data_of([{"x": number} for number in numbers])).mark_point().encode(x=x).to_dict())
    places = [float(place) for place in re.findall(r'aria-label="x: [^"]*"[^>]*transform="translate\(([\d.]+),', drawn)]
    assert len(set(places)) == 3


def test_each_kind_has_a_line_of_help():
    assert list(KIND_TEXTS) == list(KINDS)


@pytest.mark.parametrize(
    ("kind", "name", "at", "moment"),
    [
        ("strip", "reference/quickstart", "last", "after epoch 5"),
        ("strip", "reference/quickstart", "1", "after epoch 1"),
        ("sensitivity", "reference/learning-rate", "max", "at each run's best epoch"),
        ("heatmap", "reference/learning-rate", "1", "after epoch 1"),
    ],
)
def test_a_chart_names_the_moment_of_its_metric(kind: str, name: str, at: str, moment: str):
    figure = the(committed(name), kind, at=at)
    assert moment in figure.title
    assert moment in figure.text


def test_a_published_chart_names_the_moment_of_its_figures():
    block = committed("article").of_comparisons(["optimizers"]).comparisons[0].published[0]
    figure = figures(committed("article"), "published", comparison="optimizers")[0]
    words = {"last": "after epoch", "best_val": "at the epoch of the best validation accuracy"}
    assert (len(block.at) > 1) or words.get(str(block.at[0]), f"after epoch {block.at[0]}") in figure.title


def test_ticks_of_a_logarithmic_axis_have_plain_digits_where_they_are_short():
    values = [2e-5, 1e-5, 0.001, 1, 100, 1e7]
    axis = number_axis(values=values)
    points = altair.Chart(data_of([{"x": 10.0**exponent} for exponent in (-6, 8)])).mark_point()
    drawn = svg(points.encode(x=altair.X("x:Q", scale=altair.Scale(type="log"), axis=axis)).to_dict())
    for label in ("2·10⁻⁵", "10⁻⁵", "0.001", "1", "100", "10⁷"):
        assert f">{label}<" in drawn
    assert ">1e" not in drawn


def test_the_only_line_over_an_axis_is_called_nothing():
    text = the(committed("article"), "sensitivity", comparison="learning-rate").text
    assert "best at: learning rate 0.001 (97.29 %)" in text
