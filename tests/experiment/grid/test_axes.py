from pathlib import Path

import pytest

from tests.configs import labels_of, mistake_of, mistakes_of, rows_of, values_of

LINKED = '"optimizer, optimizer.learning_rate"'


def test_a_list(tmp_path: Path):
    assert labels_of(tmp_path, "optimizer.learning_rate: [1e-3, 0.10]") == ("1e-3", "0.10")


def test_labels_of_components_in_a_list(tmp_path: Path):
    axis = "optimizer: [sgd, {name: sgd, momentum: 0.9, label: momentum}, adam]"
    assert labels_of(tmp_path, axis) == ("sgd", "momentum", "adam")


def test_label_to_value(tmp_path: Path):
    axis = "optimizer: {SGD: sgd, Momentum: {name: sgd, momentum: 0.9}, 3: adam}"
    assert labels_of(tmp_path, axis) == ("SGD", "Momentum", "3")
    assert values_of(tmp_path, f"grid: {{{axis}}}", "optimizer.name") == ["sgd", "sgd", "adam"]


@pytest.mark.parametrize(
    "grid", [f"grid:\n  {LINKED}: [[sgd, 0.1], [adam, 1e-3]]", f"grid: {{{LINKED}: [[sgd, 0.1], [adam, 1e-3]]}}"]
)
def test_linked_paths_vary_together(tmp_path: Path, grid: str):
    assert rows_of(tmp_path, grid) == ["sgd, 0.1", "adam, 1e-3"]
    assert values_of(tmp_path, grid, "optimizer.learning_rate") == [0.1, 0.001]


def test_linked_paths_with_labels(tmp_path: Path):
    assert labels_of(tmp_path, f"{LINKED}: {{slow: [sgd, 0.1], fast: [adam, 0.001]}}") == ("slow", "fast")


@pytest.mark.parametrize(
    "grid",
    [
        "grid:\n  optimizer, optimizer.learning_rate: [[sgd, 0.1], [adam, 0.001]]",
        "grid:\n  {optimizer, optimizer.learning_rate: [[sgd, 0.1], [adam, 0.001]]}",
    ],
)
def test_a_linked_key_left_unquoted_is_one_mistake_in_block_and_flow_style(tmp_path: Path, grid: str):
    assert mistake_of(tmp_path, grid) == (
        "config.yaml:2: optimizer, optimizer.learning_rate: expected quotes around a key that links paths; "
        "got 'optimizer, optimizer.learning_rate'"
    )


def test_a_linked_value_has_a_part_for_each_path(tmp_path: Path):
    assert mistake_of(tmp_path, f"grid:\n  {LINKED}:\n    - [sgd, 0.1]\n    - [adam]") == (
        "config.yaml:4: optimizer, optimizer.learning_rate: expected a list of 2 values, one "
        "for each path; got ['adam']"
    )


def test_variants_are_named_points(tmp_path: Path):
    text = "grid: {variants: {relu: {}, relu + dropout: {regularization.dropout: 0.25, architecture.hidden: [64]}}}"
    assert rows_of(tmp_path, text) == ["relu", "relu + dropout"]
    assert values_of(tmp_path, text, "regularization.dropout.hidden") == [0.0, 0.25]
    assert values_of(tmp_path, text, "architecture.hidden") == [[128], [64]]


def test_a_variant_is_a_mapping(tmp_path: Path):
    text = "grid: {variants: {relu: {}, dropout: 0.5}}"
    assert mistake_of(tmp_path, text) == (
        "config.yaml:1: variants.dropout: expected a mapping from path to value ({} for none); got 0.5"
    )


@pytest.mark.parametrize(
    ("axis", "complaints"),
    [
        ("optimizer.learning_rate: [1, 1.0, 1e0]", ["expected distinct values; got 1.0 again"] * 2),
        ("optimizer: [sgd, {name: sgd}]", ["expected distinct values; got {name: 'sgd'} again"]),
        ("optimizer: [adam, {name: sgd, label: adam}]", ["expected distinct labels; got 'adam' again"]),
        ('optimizer: {a: sgd, "a ": adam}', ["expected a label without blanks at its ends; got 'a '"]),
        ("optimizer: {a: sgd, b: sgd}", ["expected distinct values; got 'sgd' again"]),
    ],
)
def test_equal_values_or_labels(tmp_path: Path, axis: str, complaints: list[str]):
    path = axis.partition(":")[0]
    assert mistakes_of(tmp_path, f"grid:\n  {axis}") == [f"config.yaml:2: {path}: {text}" for text in complaints]


@pytest.mark.parametrize("axis", ['optimizer: {"": sgd, a: adam}', 'optimizer: {" ": sgd}', 'variants: {"": {}}'])
def test_an_empty_label(tmp_path: Path, axis: str):
    complaint = f"config.yaml:2: {axis.partition(':')[0]}: expected a label; got an empty one"
    assert complaint in mistakes_of(tmp_path, f"grid:\n  {axis}")


@pytest.mark.parametrize("component", ["{name: sgd, momentum: 0.9}", "{name: sgd}"])
def test_a_component_without_its_list(tmp_path: Path, component: str):
    assert mistake_of(tmp_path, f"grid:\n  optimizer: {component}").startswith(
        "config.yaml:2: optimizer: expected a list of components or a mapping from label to component; got {name: 'sgd'"
    )


@pytest.mark.parametrize(("value", "received"), [("sgd", "'sgd'"), ("[]", "[]"), ("{}", "{}"), ("", "nothing")])
def test_what_is_no_axis(tmp_path: Path, value: str, received: str):
    assert mistake_of(tmp_path, f"grid:\n  optimizer: {value}") == (
        "config.yaml:2: optimizer: expected a list, a mapping from label to value, or a range "
        "{from, to, per_decade or step}; "
        f"got {received}"
    )


def test_a_path_starts_with_a_section(tmp_path: Path):
    assert mistake_of(tmp_path, "grid:\n  optimzer.momentum: [0.9]") == (
        "config.yaml:2: optimzer.momentum: expected a path that starts with one of dataset, "
        "architecture, optimizer, training, "
        "regularization; got 'optimzer'; did you mean 'optimizer'?"
    )


@pytest.mark.parametrize("label", ["[a]", "{a: b}", '""', ""])
def test_a_label_is_a_word(tmp_path: Path, label: str):
    text = f"grid:\n  optimizer: [sgd, {{name: adam, label: {label}}}]"
    assert mistake_of(tmp_path, text).startswith("config.yaml:2: optimizer.label: expected a word or a number; got ")


@pytest.mark.parametrize(
    ("axis", "received", "twin"),
    [
        ("optimizer: [sgd, {name: sgd, momentum: 0}]", "{name: 'sgd', momentum: 0}", "sgd"),
        ("optimizer: [{name: sgd, learning_rate: 1e-2, label: slow}, sgd]", "'sgd'", "slow"),
        ("regularization.dropout: [0.25, {hidden: 0.25}]", "{hidden: 0.25}", "0.25"),
        ('"optimizer, training.epochs": [[sgd, 1], [{name: sgd, nesterov: false}, 1]]', None, "sgd, 1"),
        ("variants: {plain: {}, five: {training.epochs: 5}}", "{training.epochs: 5}", "plain"),
    ],
)
def test_values_that_are_equal_once_their_defaults_are_filled_in(
    tmp_path: Path, axis: str, received: str | None, twin: str
):
    line = mistake_of(tmp_path, f"grid:\n  {axis}\n  dataset.seed: [1, 2]")
    assert f": expected values that train different runs ('{twin}' trains the same); got {received or '['}" in line
    assert line.startswith("config.yaml:2: ")


def test_values_that_differ_at_one_point_are_not_equal(tmp_path: Path):
    axes = "optimizer: [sgd, {name: sgd, learning_rate: 0.5, label: fast}]"
    text = f"grid:\n  {axes}\n  variants: {{own rate: {{}}, fixed: {{optimizer.learning_rate: 0.1}}}}"
    assert rows_of(tmp_path, text) == ["sgd/own rate", "sgd/fixed", "fast/own rate", "fast/fixed"]


def test_values_that_a_longer_path_makes_equal_everywhere(tmp_path: Path):
    text = "grid:\n  optimizer: [sgd, {name: sgd, learning_rate: 0.5}]\n  optimizer.learning_rate: [0.1, 0.2]"
    assert "('sgd' trains the same)" in mistake_of(tmp_path, text)


@pytest.mark.parametrize(
    "paths", ["{optimizer: sgd, optimizer.name: adam}", "{training.epochs: 1, training.epochs.name: 2}"]
)
def test_a_variant_gives_each_path_once(tmp_path: Path, paths: str):
    line = mistake_of(tmp_path, f"grid:\n  variants:\n    one: {{}}\n    two: {paths}")
    assert line.startswith("config.yaml:4: variants.two: expected distinct paths; got ")
