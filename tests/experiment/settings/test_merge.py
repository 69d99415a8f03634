from pathlib import Path

import pytest

from gdbench.experiment.settings.merge import canonical, overlay
from gdbench.experiment.yaml.document import Node, parse
from gdbench.experiment.yaml.mistakes import Mistakes
from tests.configs import mistake_of, values_of


def tree(text: str) -> Node:
    return parse(text, "a.yaml", Mistakes())


@pytest.mark.parametrize(
    ("below", "above", "result"),
    [
        ("{name: sgd, momentum: 0.9}", "adam", "adam"),
        ("{name: sgd, momentum: 0.9}", "{name: adam}", {"name": "adam"}),
        ("{name: sgd, momentum: 0.9}", "{learning_rate: 1}", {"name": "sgd", "momentum": 0.9, "learning_rate": 1}),
        ("sgd", "{momentum: 0.9}", {"name": "sgd", "momentum": 0.9}),
        ("{name: mlp, hidden: [9]}", "{layers: [x]}", {"layers": ["x"]}),
        ("{output: {a: 1, b: 2}}", "{output: {b: 3}}", {"output": {"a": 1, "b": 3}}),
        ("off", "{patience: 3}", {"patience": 3}),
        ("{dropout: 0.5}", "{dropout: {input: 0.2}}", {"dropout": {"hidden": 0.5, "input": 0.2}}),
        ("{gaussian_noise: 1}", "{gaussian_noise: {hidden: 0.2}}", {"gaussian_noise": {"input": 1, "hidden": 0.2}}),
        ("true", "{momentum: 0.9}", {"momentum": 0.9}),
        ("{l2: 1}", "{}", {"l2": 1}),
    ],
)
def test_a_component_replaces_and_a_mapping_without_name_changes(below: str, above: str, result: object):
    assert overlay(tree(below), tree(above)).data() == result


def test_optimizer_name_means_optimizer():
    assert canonical("optimizer.name") == "optimizer"
    assert canonical("training.loss.name") == "training.loss"
    assert canonical("optimizer.namespace") == "optimizer.namespace"


def test_a_whole_component_takes_its_own_defaults_for_what_it_does_not_give(tmp_path: Path):
    text = "optimizer: {name: sgd, learning_rate: 0.5}\ngrid: {optimizer: [sgd, {name: sgd, momentum: 0.9}]}"
    assert values_of(tmp_path, text, "optimizer.learning_rate") == [0.01, 0.01]


def test_defaults_then_file_then_comparison_then_point(tmp_path: Path):
    text = """
training: {epochs: 7, batch_size: 64}
comparisons:
  plain: {}
  longer: {training: {epochs: 9}}
  point: {training: {epochs: 9}, grid: {training.epochs: [11]}}
"""
    assert values_of(tmp_path, text, "training.epochs") == [7, 9, 11]
    assert values_of(tmp_path, text, "training.batch_size") == [64, 64, 64]
    assert values_of(tmp_path, text, "training.drop_remainder") == [False, False, False]


def test_the_same_holds_for_a_nested_component(tmp_path: Path):
    text = """
training: {schedule: {name: exponential, rate: 0.5, every: 100}}
comparisons:
  changed: {training: {schedule: {every: 7}}}
  replaced: {training: {schedule: constant}}
"""
    assert values_of(tmp_path, text, "training.schedule") == [
        {"name": "exponential", "rate": 0.5, "every": 7, "floor": 0.0},
        {"name": "constant"},
    ]


def test_a_grid_value_replaces_what_stands_at_its_path(tmp_path: Path):
    text = "regularization: {l1: 0.5}\ngrid: {regularization: [{}, {l2: 0.0001}]}"
    assert values_of(tmp_path, text, "regularization.l1") == [0.0, 0.0]
    assert values_of(tmp_path, text, "regularization.l2") == [0.0, 0.0001]


def test_a_grid_value_without_name_is_no_component(tmp_path: Path):
    text = "optimizer: sgd\ngrid: {optimizer: [{momentum: 0.9}]}"
    assert mistake_of(tmp_path, text).startswith("config.yaml:2: optimizer: expected the name of an optimizer: sgd, ")


@pytest.mark.parametrize(
    "order", ["{optimizer: [sgd], optimizer.momentum: [0.9]}", "{optimizer.momentum: [0.9], optimizer: [sgd]}"]
)
def test_short_paths_are_applied_before_long_ones_whatever_their_order(tmp_path: Path, order: str):
    assert values_of(tmp_path, f"grid: {order}", "optimizer.momentum") == [0.9]
    assert values_of(tmp_path, f"grid: {order}", "optimizer.name") == ["sgd"]


def test_a_path_may_go_below_a_short_form(tmp_path: Path):
    text = "regularization: {dropout: 0.5}\ngrid: {regularization.dropout.input: [0, 0.2]}"
    assert values_of(tmp_path, text, "regularization.dropout") == [
        {"input": 0.0, "hidden": 0.5},
        {"input": 0.2, "hidden": 0.5},
    ]


def test_a_path_may_go_below_off(tmp_path: Path):
    text = "dataset: {validation: 100}\ntraining: {early_stopping: off}\ngrid: {training.early_stopping.patience: [2]}"
    assert values_of(tmp_path, text, "training.early_stopping.patience") == [2]
