"""Charts of losses beside runs that diverge: where curves are cut off, and that all others keep the chart."""

import json
from dataclasses import replace
from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.display.charts.ceilings import ceilings, cut
from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.figure import Figure
from gdbench.display.charts.kinds import figures
from gdbench.records import Record
from tests.builders import a_record, an_experiment

RESULTS = Path(__file__).parents[3] / "results" / "reference"
NOTE = "Curves that diverge are cut off at 10 times the highest loss of all other runs."


def curve(*means: float) -> list[dict]:
    return [{"row": "a", "split": "test", "mean": mean} for mean in means]


def heights(figure: Figure) -> list[float]:
    datasets = json.loads(figure.chart.to_json())["datasets"].values()
    return [item["height"] for rows in datasets for item in rows if item.get("height") is not None]


def test_a_curve_is_drawn_up_to_the_point_at_which_it_leaves():
    drawn = curve(1.0, 2.0, 50.0, 1e30, 60.0, 3.0)
    assert [item["height"] for item in cut(drawn, {"test": 20.0})] == [1.0, 2.0, 20.0, None, 20.0, 3.0]
    assert list(cut([], {"test": 20.0})) == []


def test_only_curves_that_leave_the_chart_give_it_a_ceiling():
    assert ceilings({"test": [0.5, 2.0]}, curve(1.0, 21.0)) == {"test": 20.0}
    assert ceilings({"test": [0.5, 2.0]}, curve(1.0, 19.0)) == {}
    # Functions have values below zero; and where all diverge, or nothing is lower, there is nothing to be told apart.
    assert ceilings({"test": [-1.0, -0.5]}, curve(-1.0, 1e30)) == {"test": 4.0}
    assert ceilings({"test": []}, curve(1.0, 1e30)) == {}
    assert ceilings({"test": [2.0]}, curve(1e29, 1e30)) == {}


def test_a_row_that_diverges_leaves_the_valley_to_the_others():
    (figure,) = figures(Results.load(RESULTS / "test-functions"), "curves", comparison="valley")
    assert max(item["mean"] for item in figure.rows if item["mean"] is not None) > 1e20
    assert max(heights(figure)) < 1e5
    assert NOTE in figure.notes
    assert svg(figure.chart.to_dict()).count("diverged, seed") == 1


def test_losses_of_single_updates_have_a_ceiling():
    def recorded(status: str, losses: list[float | None]) -> Record:
        record = a_record(status=status, history={"epoch": [1], "update": [3], "test_accuracy": [0.5]})
        return replace(record, outcome=replace(record.outcome, losses=losses))

    experiment = an_experiment({"optimizer": ["adam", "sgd"]}, {("adam",): ["0"], ("sgd",): ["1"]})
    records = {"0": recorded("done", [2.0, 1.0, 0.5]), "1": recorded("diverged", [3.0, 1e9, 1e20, None])}
    (figure,) = figures(Results(experiment, records), "losses")
    assert heights(figure) == [2.0, 1.0, 0.5, 3.0, 20.0]
    assert NOTE in figure.notes


def test_a_single_run_has_no_band_to_draw():
    history = {"epoch": [1, 2], "update": [1, 2], "test_accuracy": [0.5, 0.6]}
    experiment = an_experiment({"optimizer": ["adam"]}, {("adam",): ["0"]})
    (figure,) = figures(Results(experiment, {"0": a_record(history=history)}), "curves")
    assert '"area"' not in figure.chart.to_json()


def test_losses_of_many_magnitudes_have_a_logarithmic_axis_though_their_intervals_reach_below_zero():
    (figure,) = figures(Results.load(RESULTS / "test-functions"), "strip", comparison="valley")
    newton = next(item for item in figure.rows if item["row"] == "Newton" and item["part"] == "mean")
    assert newton["low"] < 0 < newton["bottom"]
    assert figure.notes[0].endswith("its 95 % interval, cut off where it leaves the chart.")
    assert '"log"' in figure.chart.to_json()
