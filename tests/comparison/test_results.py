import pytest

from gdbench.comparison.results import Results
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Comparison, Experiment, Plan, Point
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from tests.builders import a_record, accuracies, an_experiment

EXPERIMENT = an_experiment({"optimizer": ["sgd", "adam"]}, {("sgd",): ["b0", "a0"], ("adam",): ["c0"]})


def test_a_folder_is_loaded_whole(tmp_path):
    write_experiment(tmp_path, Plan(EXPERIMENT, (), {"optimizers": {}}))
    with Ledger(tmp_path) as ledger:
        for record in accuracies("a", 0.5, 0.75).values():
            ledger.append(record)
    assert Results.load(tmp_path) == Results(EXPERIMENT, accuracies("a", 0.5, 0.75))


def test_a_folder_without_an_experiment_is_refused(tmp_path):
    with pytest.raises(RequestError, match="no results yet"):
        Results.load(tmp_path)


def test_its_own_records_are_those_asked_for_in_the_order_of_the_file():
    results = Results(EXPERIMENT, {**accuracies("a", 0.5), "old": a_record("old"), **accuracies("b", 0.5)})
    assert [record.run.id for record in results.own_records] == ["b0", "a0"]


def test_an_interrupted_run_has_not_ended():
    endings = {"a0": "interrupted", "b0": "failed", "c0": "diverged"}
    results = Results(EXPERIMENT, {run: a_record(run, status) for run, status in endings.items()})
    assert [record.run.id for record in results.finished_records(EXPERIMENT.run_ids)] == ["b0", "c0"]


def test_a_run_of_two_comparisons_is_one():
    other = Comparison("other", "Other", (), (Point((), ("c0", "d0")),), (0,))
    experiment = Experiment("two", "Two", (*EXPERIMENT.comparisons, other))
    assert experiment.run_ids == ("b0", "a0", "c0", "d0")
    assert [point.key for point in experiment.comparisons[0].points] == ["sgd", "adam"]
