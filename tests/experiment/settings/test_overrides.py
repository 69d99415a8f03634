from pathlib import Path

import pytest

from tests.configs import EXAMPLE, mistake_of, plan_of, values_of


def test_an_override_acts_as_if_typed_into_the_file(tmp_path: Path):
    assert values_of(tmp_path, "training: {epochs: 5, batch_size: 64}", "training", "training.epochs=2") == values_of(
        tmp_path, "training: {epochs: 2, batch_size: 64}", "training"
    )


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("optimizer.learning_rate=1e-2", "optimizer.learning_rate", 0.01),
        ("optimizer=sgd", "optimizer.name", "sgd"),
        ("optimizer.name=sgd", "optimizer.name", "sgd"),
        ("optimizer={name: sgd, momentum: 0.9}", "optimizer.momentum", 0.9),
        ("architecture.hidden=[64, 32]", "architecture.hidden", [64, 32]),
        ("regularization.dropout.input=0.2", "regularization.dropout.input", 0.2),
    ],
)
def test_the_value_is_yaml(tmp_path: Path, override: str, path: str, value: object):
    assert values_of(tmp_path, "", path, override) == [value]


def test_it_acts_on_every_comparison_over_what_the_comparison_says(tmp_path: Path):
    text = "comparisons: {a: {training: {epochs: 9}}, b: {optimizer: sgd}}"
    assert values_of(tmp_path, text, "training.epochs", "training.epochs=1") == [1, 1]


def test_it_need_not_fit_what_every_comparison_replaces(tmp_path: Path):
    text = "comparisons: {a: {optimizer: sgd}, b: {optimizer: rmsprop}}"
    assert values_of(tmp_path, text, "optimizer.momentum", "optimizer.momentum=0.5") == [0.5, 0.5]


def test_later_overrides_win(tmp_path: Path):
    assert values_of(tmp_path, "", "training.epochs", "training.epochs=1", "training.epochs=2") == [2]


@pytest.mark.parametrize(
    ("override", "varied"),
    [
        ("training.batch_size=64", "training.batch_size"),
        ("optimizer=adam", "optimizer"),
        ("optimizer.learning_rate=0.1", "optimizer"),
    ],
)
def test_a_path_that_a_grid_varies_is_refused(tmp_path: Path, override: str, varied: str):
    path = override.partition("=")[0]
    assert mistake_of(tmp_path, EXAMPLE, override) == (
        f"--set {override}: {path}: expected a path that no grid varies ({varied} is varied); got '{path}'"
    )


def test_a_path_above_or_beside_an_axis_is_not_refused(tmp_path: Path):
    grid = "grid: {optimizer.learning_rate: [0.1, 0.2]}"
    assert values_of(tmp_path, grid, "optimizer.name", "optimizer=sgd") == ["sgd", "sgd"]
    assert values_of(tmp_path, grid, "optimizer.beta_1", "optimizer.beta_1=0.5") == [0.5, 0.5]


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("training.epochs", "expected path=value; got 'training.epochs'"),
        ("training.epochs=", "expected path=value; got 'training.epochs='"),
        ("=5", "expected path=value; got '=5'"),
        ("training.epochs=many", "training.epochs: expected a whole number of at least 1; got 'many'"),
        (
            "training.epoch=3",
            "training.epoch: expected a key of training; got unknown key 'epoch'; did you mean 'epochs'?",
        ),
        ("training.batch_size={a", "not YAML: expected ',' or '}', but got '<stream end>'"),
        (
            "optimizr=sgd",
            "optimizr: expected a path that starts with one of dataset, architecture, optimizer, "
            "training, regularization; "
            "got 'optimizr'; did you mean 'optimizer'?",
        ),
    ],
)
def test_what_is_no_override(tmp_path: Path, override: str, complaint: str):
    assert mistake_of(tmp_path, "", override) == f"--set {override}: {complaint}"


def test_seeds_on_the_command_line_stand_for_0_to_n_everywhere(tmp_path: Path):
    text = "seeds: [7]\ncomparisons: {a: {}, b: {seeds: [3, 4], optimizer: sgd}}"
    plan = plan_of(tmp_path, text, seeds=2)
    assert [comparison.seeds for comparison in plan.experiment.comparisons] == [(0, 1), (0, 1)]
    assert [run.seed for run in plan.runs] == [0, 1, 0, 1]


def test_an_override_of_nothing_has_no_blank_in_its_name(tmp_path: Path):
    assert mistake_of(tmp_path, "", "") == "--set: expected path=value; got ''"
