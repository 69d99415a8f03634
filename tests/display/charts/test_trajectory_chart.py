"""Paths over test functions: a chart for each function, with what is drawn and said of it."""

from dataclasses import replace

import numpy as np
import pytest

from gdbench.catalog.datasets.surfaces import SURFACES
from gdbench.comparison.results import Results
from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.contours import LEVELS, contour_rows, window_of
from gdbench.display.charts.kinds import chart, figures
from gdbench.errors import RequestError
from gdbench.records import Outcome, Record, Run
from tests.builders import a_record, an_experiment

PATH = {"epoch": [0, 1, 2, 3], "x": [-1.0, -0.9999, 0.5, 1.0], "y": [1.0, 1.0, 0.5, 1.0]}


def record_of(run_id: str, function: str, trajectory: dict[str, list[float]]) -> Record:
    dataset = {"name": "test_function", "function": function, "start": "random"}
    run = Run(run_id, 0, dataset, {"name": "mlp"}, {"name": "adam"}, {"epochs": 3}, {})
    history = {"epoch": [1, 2, 3], "update": [1, 2, 3], "train_loss": [4.0, 0.5, 0.25]}
    outcome = Outcome("done", {"train_loss": 0.25}, history, {"train": 1.0}, trajectory=trajectory)
    return replace(a_record(run_id), run=run, outcome=outcome)


@pytest.fixture(scope="module")
def results() -> Results:
    """Two functions and two optimizers."""
    points = {
        (function, optimizer): [f"{function[0]}{optimizer}0"]
        for function in ("rosenbrock", "saddle")
        for optimizer in ("adam", "sgd")
    }
    experiment = an_experiment({"dataset.function": ["rosenbrock", "saddle"], "optimizer": ["adam", "sgd"]}, points)
    far = {**PATH, "x": [-1.0, 0.0, 40.0, 50.0]}
    records = {
        runs[0]: record_of(runs[0], function, far if optimizer == "sgd" else PATH)
        for (function, optimizer), runs in points.items()
    }
    return Results(experiment, records)


def test_each_function_has_a_chart_of_the_paths_over_it(results: Results):
    first, second = figures(results, "trajectory")
    assert first.title == "Optimizers on MNIST: paths over Rosenbrock's function"
    assert second.title.endswith("saddle")
    assert {row["row"] for row in first.rows} == {"adam", "sgd"}
    adam = [row for row in first.rows if row["row"] == "adam"]
    # The second point is too near to the first one to be seen.
    assert [(row["x"], row["part"]) for row in adam] == [(-1.0, "start"), (0.5, "path"), (1.0, "end")]
    assert first.text == (
        "Paths over Rosenbrock's function; its values at the end: adam ends at 0.25; sgd ends at 0.25."
    )
    assert "1 path ended outside the picture." in first.notes


def test_what_is_far_outside_is_cut_off_where_it_leaves_and_comes_back(results: Results):
    there_and_back = {"epoch": [0, 1, 2, 3], "x": [0.0, 1e6, 1e6, 1.0], "y": [0.0, 0.0, 1.0, 1.0]}
    records = {
        run: record_of(run, record.run.dataset["function"], there_and_back) for run, record in results.records.items()
    }
    first, _second = figures(Results(results.experiment, records), "trajectory")
    edge = window_of(SURFACES["rosenbrock"], [(0.0, 0.0)]).around().right
    adam = [(row["x"], row["y"], row["part"], row["piece"]) for row in first.rows if row["row"] == "adam"]
    assert adam == [
        (0.0, 0.0, "start", 1),
        (pytest.approx(edge), 0.0, "path", 1),
        (pytest.approx(edge), 1.0, "path", 2),
        (1.0, 1.0, "end", 2),
    ]


def test_it_is_drawn(results: Results):
    drawn = svg(chart(results, "trajectory").to_dict())
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn


def test_starts_of_a_run_are_lines_of_their_own(results: Results):
    path = {**PATH, "start": [0, 0, 1, 1]}
    records = {run: record_of(run, record.run.dataset["function"], path) for run, record in results.records.items()}
    first, _second = figures(Results(results.experiment, records), "trajectory")
    adam = [(row["line"], row["part"]) for row in first.rows if row["row"] == "adam"]
    assert adam == [
        ("adam, seed 0, start 0", "start"),
        ("adam, seed 0, start 0", "end"),
        ("adam, seed 0, start 1", "start"),
        ("adam, seed 0, start 1", "end"),
    ]


@pytest.mark.parametrize("name", SURFACES)
def test_contours_are_at_log_spaced_heights(name: str):
    surface = SURFACES[name]
    rows = contour_rows(surface, window_of(surface, []))
    levels = sorted({row["level"] for row in rows if isinstance(row["level"], float)})
    assert LEVELS - 6 <= len(levels) <= LEVELS
    for row in rows[:: len(rows) // 20]:
        height = surface.value(row["x"], row["y"], np.cos)
        assert height == pytest.approx(row["level"], rel=0.3, abs=0.02 * levels[-1])


def test_runs_on_images_have_no_path():
    experiment = an_experiment({"optimizer": ["adam"]}, {("adam",): ["a0"]})
    with pytest.raises(RequestError, match="expected runs with `dataset: test_function`; got none"):
        figures(Results(experiment, {"a0": a_record("a0")}), "trajectory")
