"""What users of other libraries write out of habit, and how its line answers them."""

from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from gdbench.experiment.keys import FILE_KEYS
from gdbench.experiment.settings import familiar_names
from tests.configs import mistakes_of


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("optimizer: {name: adam, lr: 0.1}", "learning_rate"),
        ("optimizer: {name: adam, LR: 0.1}", "learning_rate"),
        ("optimizer: {name: sgd, momentun: 0.1}", "momentum"),
        ("training: {learning_rate: 0.1}", "optimizer.learning_rate"),
        ("training: {batchsize: 0.1}", "batch_size"),
        ("epochs: 3", "training.epochs"),
        ("repeats: 5", "seeds"),
        ("lr: 0.1", "optimizer.learning_rate"),
        ("comparisons: {a: {epochs: 3}}", "training.epochs"),
        ("grid: {learning_rate: [0.1, 1]}", "optimizer.learning_rate"),
        ("grid: {activation: [relu, tanh]}", "architecture.activation"),
        ("grid: {optimiser.momentum: [0, 0.9]}", "optimizer"),
        ("grid: {optimizer: [SGD, adam]}", "sgd"),
        ("optimizer: adma", "adam"),
        ("training: {loss: mse}", "squared_error"),
        ("training: {loss: sparse_categorical_crossentropy}", "cross_entropy"),
    ],
)
def test_a_habit_is_answered_with_what_it_means_here(tmp_path: Path, text: str, meant: str):
    (line,) = mistakes_of(tmp_path, text)
    assert line.endswith(f"; did you mean '{meant}'?")


def test_the_command_line_answers_alike(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, "seeds: 1", "lr=0.1")
    assert line.endswith("; did you mean 'optimizer.learning_rate'?")


def test_an_argument_of_other_entries_names_them(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, "optimizer: {name: adam, momentum: 0.9}")
    assert line.endswith("got unknown key 'momentum'; it is an argument of sgd, rmsprop and muon")


def test_momentum_is_an_argument(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, "grid: {optimizer: [sgd, Momentum]}")
    assert line.endswith("got 'Momentum'; write {name: sgd, momentum: 0.9}")


def test_without_anything_similar_the_keys_are_listed(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, "training: {early_stopping: {metric: train_loss, patience: 3, zzz: 1}}")
    assert line.endswith("got unknown key 'zzz'; early_stopping has metric, patience and min_delta")


def test_every_habit_leads_to_something_that_exists():
    sections = {path.partition(".")[0] for path in familiar_names._paths()}
    assert set(familiar_names._PATHS.values()) <= {*familiar_names._paths(), *sections}
    assert set(familiar_names._PLAIN_KEYS.values()) <= set(FILE_KEYS)
    entries = {entry for family in FAMILIES.values() for entry in family.entries}
    assert set(familiar_names._ENTRIES.values()) <= entries
