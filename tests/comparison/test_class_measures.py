from dataclasses import replace

import pytest

from gdbench.comparison.class_measures import answers_at, largest_class, recalls
from gdbench.comparison.selection import select
from gdbench.comparison.values import value
from gdbench.errors import RequestError
from gdbench.metrics import METRICS
from gdbench.records import Record, Status
from tests.builders import a_record

# 5, 3, 2 and 0 images of the classes; one image is taken for the class without any.
CONFUSION = [[4, 1, 0, 0], [0, 2, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0]]
LAST = {"epoch": 3, "confusion": CONFUSION, "ranks": [6, 1, 1, 1, 0, 1]}
BEST = {"epoch": 2, "confusion": [[1, 0], [0, 1]], "ranks": [2, 0, 0, 0, 0, 0]}


def a_classifier(status: Status = "done", *, validation: bool = False, **answers: object) -> Record:
    history = {"epoch": [1, 2, 3], "test_accuracy": [0.5, 0.6, 0.6]}
    history |= {"val_accuracy": [0.5, 0.7, 0.6]} if validation else {}
    record = a_record("a", status, history=history)
    return replace(record, outcome=replace(record.outcome, answers=answers or None))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # scikit-learn 1.7: balanced_accuracy_score, and f1_score(average="macro"), of these ten answers.
        ("test_balanced_accuracy", (4 / 5 + 2 / 3 + 0) / 3),
        ("test_macro_f1", (8 / 10 + 4 / 6 + 0 + 0) / 4),
        ("test_top_3_accuracy", 0.8),
        ("test_top_5_accuracy", 0.9),
    ],
)
def test_the_measures_of_ten_answers(metric: str, expected: float):
    assert value(a_classifier(last=LAST), METRICS[metric], "last") == pytest.approx(expected)


def test_recall_is_known_of_classes_with_images():
    assert recalls(CONFUSION) == [4 / 5, 2 / 3, 0, None]


def test_the_largest_class_matters_where_classes_are_unequal():
    assert largest_class(CONFUSION) == (0, 0.5)
    assert largest_class([[1, 1], [2, 0]]) is None
    assert largest_class([]) is None


@pytest.mark.parametrize(
    ("validation", "at", "epoch"),
    [
        (False, "last", 3),
        (False, "best_val", None),
        (True, "best_val", 2),
        (True, 2, 2),
        (True, 3, 3),
        (True, 1, None),
        (True, "max", None),
    ],
)
def test_the_moments_whose_answers_are_kept(validation: bool, at, epoch: int | None):
    answers = {"last": LAST} | ({"best_val": BEST} if validation else {})
    found = answers_at(a_classifier(validation=validation, **answers), at)
    assert (found["epoch"] if found else None) == epoch


def test_where_the_last_evaluation_is_the_best_its_answers_are_kept_once():
    record = a_classifier(validation=True, last=LAST)
    assert value(record, METRICS["test_top_3_accuracy"], "best_val") == 0.8


@pytest.mark.parametrize("metric", [metric for metric in METRICS.values() if metric.of_answers], ids=lambda m: m.name)
def test_runs_without_answers_have_no_measure(metric):
    assert value(a_classifier(), metric, "last") is None
    assert value(a_classifier("diverged", last=LAST), metric, "last") is None
    no_images = {"epoch": 1, "confusion": [[0, 0], [0, 0]], "ranks": [0] * 6}
    assert value(a_classifier(last=no_images), metric, "last") is None


def test_more_classes_than_a_matrix_is_kept_of_leave_the_ranks():
    record = a_classifier(last={"epoch": 3, "ranks": [6, 1, 1, 1, 0, 1]})
    found = [value(record, METRICS[name], "last") for name in ("test_macro_f1", "test_top_3_accuracy")]
    assert found == [None, 0.8]


def test_an_epoch_without_answers_is_refused_by_name():
    with pytest.raises(RequestError, match=r"--metric: expected one that a run has at max .*; got 'test_macro_f1'"):
        select(["test_macro_f1"], ["max"], [a_classifier(last=LAST)])
