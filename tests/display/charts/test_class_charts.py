"""Recall of each class and the confusion matrix as charts, and how unequal classes are told."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.charts.chart_file import svg
from gdbench.display.charts.kinds import figures
from gdbench.display.report.report_figures import report_figures
from gdbench.display.sheets.result_sheet import result_sheet
from gdbench.errors import RequestError
from gdbench.records import Record
from tests.builders import a_record, an_experiment

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
# Of 100 images 70 are of class 0.
UNEVEN = [[63, 7, 0], [0, 20, 0], [5, 0, 5]]


def answering(confusion: list[list[int]], accuracy: float = 0.88) -> Record:
    record = a_record(metrics={"test_accuracy": accuracy, "collapsed": False})
    answers = {"last": {"epoch": 1, "confusion": confusion, "ranks": [88, 12, 0, 0, 0, 0]}}
    return replace(record, outcome=replace(record.outcome, answers=answers))


def results(**rows: list[Record]) -> Results:
    points = {(name,): [f"{name}{seed}" for seed in range(len(records))] for name, records in rows.items()}
    found = {f"{name}{seed}": record for name, records in rows.items() for seed, record in enumerate(records)}
    return Results(an_experiment({"optimizer": list(rows)}, points), found)


def test_recall_is_the_mean_over_seeds_of_each_class_and_row():
    other = [[70, 0, 0], [10, 10, 0], [10, 0, 0]]
    figure = figures(results(adam=[answering(UNEVEN), answering(other)], sgd=[answering(UNEVEN)]), "recall")[0]
    shares = {(row["row"], row["class"]): row["recall"] for row in figure.rows}
    assert shares["adam", 0] == pytest.approx((0.9 + 1.0) / 2)
    assert shares["adam", 2] == pytest.approx((0.5 + 0.0) / 2)
    assert shares["sgd", 1] == 1.0
    assert figure.text == (
        "Recall of 3 classes: the lowest is 25.0 %, of class 2 in adam; the highest is 100.0 %, of class 1 in sgd."
    )
    assert svg(figure.chart.to_dict()).startswith("<svg")


def test_the_confusion_matrix_is_that_of_the_best_row_over_its_seeds():
    perfect = [[70, 0, 0], [0, 20, 0], [0, 0, 10]]
    best = [answering(UNEVEN, 0.9), answering(perfect, 0.95)]
    figure = figures(results(sgd=[answering(UNEVEN, 0.5)], adam=best), "confusion")[0]
    cells = {(row["right"], row["predicted"]): (row["images"], row["share"]) for row in figure.rows}
    assert cells[0, 1] == (7, 7 / 140)
    assert cells[2, 0] == (5, 5 / 20)
    assert figure.title.endswith("confusion matrix of adam after the last epoch")
    assert (
        figure.text
        == "Confusion matrix of adam, most often: 25.0 % of class 2 taken for 0; 5.0 % of class 0 taken for 1."
    )
    assert svg(figure.chart.to_dict()).startswith("<svg")


def test_100_classes_are_drawn_without_numbers():
    size = 100
    matrix = [[9 if right == place else (right + place) % 2 for place in range(size)] for right in range(size)]
    figure = figures(results(adam=[answering(matrix)]), "confusion")[0]
    assert len(figure.rows) == size * size
    assert "mark-text role-mark" not in svg(figure.chart.to_dict())


def test_a_report_has_both_where_runs_have_kept_their_answers():
    loaded = Results.load(REFERENCE / "vanishing-gradients")
    kinds = [figure.kind for figure in report_figures(loaded, loaded.comparisons[0])]
    assert kinds[-2:] == ["recall", "confusion"]


@pytest.mark.parametrize("kind", ["recall", "confusion"])
def test_results_without_answers_are_refused(kind: str):
    with pytest.raises(RequestError, match=f"--kind {kind}: expected runs that have kept their answers"):
        figures(Results.load(REFERENCE / "activations"), kind)


def test_a_table_says_how_large_the_largest_of_unequal_classes_is():
    loaded = results(adam=[answering(UNEVEN)])
    told = [note for note in _notes(loaded, "test_accuracy") if "unequal" in note]
    assert told == [
        "Classes are unequal: class 0, the largest, has 70.00 % of the test images. Always answering "
        "with it gives this accuracy; test_balanced_accuracy counts all classes alike."
    ]
    assert not any("unequal" in note for note in _notes(loaded, "test_balanced_accuracy"))
    about_equal = results(adam=[answering([[11, 0], [0, 10]])])
    assert not any("unequal" in note for note in _notes(about_equal, "test_accuracy"))


def test_classes_are_called_by_their_labels_and_features_no_images():
    iris = {"name": "csv", "path": "iris.csv"}
    records = [answering(UNEVEN), answering(UNEVEN)]
    named = [
        replace(
            record,
            run=replace(record.run, dataset=iris),
            outcome=replace(record.outcome, labels=["setosa", "versicolor", "virginica"]),
        )
        for record in records
    ]
    loaded = results(adam=named)
    told = next(note for note in _notes(loaded, "test_accuracy") if "unequal" in note)
    assert told.startswith(
        "Classes are unequal: class setosa, the largest, has 70.00 % of the test examples. Always answering "
    )
    recall, confusion = (figures(loaded, kind)[0] for kind in ("recall", "confusion"))
    assert [row["class"] for row in recall.rows] == ["setosa", "versicolor", "virginica"]
    assert recall.notes[0].startswith("Recall is the percentage of the test examples of a class")
    assert "of class virginica taken for setosa" in confusion.text
    assert {"setosa", "versicolor", "virginica"} <= set(re.findall(r">(\w+)</text>", svg(confusion.chart.to_dict())))
    # Of runs that do not agree, the numbers say which class is meant.
    mixed = results(adam=named, sgd=records)
    assert [row["class"] for row in figures(mixed, "recall")[0].rows] == [0, 1, 2, 0, 1, 2]


def _notes(loaded: Results, metric: str) -> tuple[str, ...]:
    return result_sheet(loaded.tables([metric], ["last"])[0], 0, None).notes
