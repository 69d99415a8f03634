"""What was recorded of layers as charts: medians over seeds, a panel for each row, and where runs diverged."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.figure import Figure
from gdbench.display.charts.kinds import figures
from gdbench.display.report.report_figures import report_figures
from gdbench.errors import RequestError
from gdbench.records import LayerCurves, Record
from tests.builders import a_record, an_experiment

VANISHING = Path(__file__).parents[3] / "results" / "reference" / "vanishing-gradients"


@pytest.fixture(scope="module")
def vanishing() -> Results:
    return Results.load(VANISHING)


def recorded(*numbers: float | None, status: str = "done", every: int = 10) -> Record:
    """A run of two layers that has recorded these gradient norms of the first, and 1 of the second."""
    layers: LayerCurves = {
        "every": every,
        "names": ["hidden_1", "output"],
        "curves": {"gradient_norm": [list(numbers), [1.0 for _number in numbers]]},
    }
    record = a_record(status=status, history={"epoch": [1], "update": [17], "test_accuracy": [0.5]})
    return replace(record, outcome=replace(record.outcome, layers=layers))


def drawn(*records: Record) -> Figure:
    ids = [f"{number:012}" for number in range(len(records))]
    results = Results(an_experiment({"optimizer": ["adam"]}, {("adam",): ids}), dict(zip(ids, records, strict=True)))
    return figures(results, "layers")[0]


def test_the_gradient_of_ten_sigmoid_layers_vanishes_from_layer_to_layer(vanishing: Results):
    figure = figures(vanishing, "layers", metric="gradient_norm")[0]
    rows = [row for row in figure.rows if row["row"] == "10 layers/sigmoid"]
    first = {row["layer"]: row["value"] for row in rows if row["update"] == 50}
    assert list(first) == [*(f"hidden_{number}" for number in range(1, 11)), "output"]
    later = list(first.values())[2:]
    assert all(2 < after / before < 10 for before, after in pairwise(later))
    assert first["hidden_1"] < 2e-6
    assert "10 layers/sigmoid ends at hidden_1 8.2e-07 and output 0.35 after update 600" in figure.text
    spec = figure.chart.to_dict()
    assert spec["columns"] == 3
    assert svg(spec).startswith("<svg")


def test_lines_are_medians_over_seeds_and_end_with_the_first_run():
    figure = drawn(recorded(1.0, 2.0, 3.0), recorded(5.0, 4.0), recorded(3.0, 9.0, 9.0))
    line = [(row["update"], row["value"]) for row in figure.rows if row["layer"] == "hidden_1"]
    assert line == [(10, 3.0), (20, 4.0)]


def test_a_divergence_is_marked_at_its_update():
    figure = drawn(recorded(1.0, 2.0), recorded(1.0, None, status="diverged"))
    assert [(row["update"], row["diverged"]) for row in figure.rows][-1] == (17, 0)
    assert [row["update"] for row in figure.rows if row["layer"] == "hidden_1"] == [10]
    assert "1 run diverged (×); a curve ends where the first run of its row does." in figure.notes
    assert svg(figure.chart.to_dict()).count("diverged, seed") == 1


def test_a_norm_of_zero_has_no_place_on_a_logarithmic_axis_and_is_told():
    assert "A logarithmic axis cannot show where the number is exactly 0." in drawn(recorded(0.0, 2.0)).notes


def test_a_report_has_a_chart_for_each_recorded_quantity(vanishing: Results):
    found = [figure for figure in report_figures(vanishing, vanishing.comparisons[0]) if figure.kind == "layers"]
    assert [figure.title for figure in found] == [
        "Vanishing gradients: sigmoid, tanh and ReLU over depth: gradient norm of each layer"
    ]


def test_what_was_not_recorded_is_refused(vanishing: Results):
    with pytest.raises(RequestError, match="expected one of gradient_norm; got 'weight_norm'"):
        figures(vanishing, "layers", metric="weight_norm")
    with pytest.raises(RequestError, match=r"expected runs with `training\.record`; got none"):
        figures(Results.load(VANISHING.parent / "quickstart"), "layers")
