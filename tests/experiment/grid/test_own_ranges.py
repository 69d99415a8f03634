from pathlib import Path

import pytest

from tests.configs import comparison_of, mistake_of, mistakes_of, rows_of, values_of

RAGGED = """\
grid:
  optimizer:
    SGD: {name: sgd, learning_rate: {from: 1e-2, to: 1, per_decade: 1}}
    Adam: {name: adam, learning_rate: {each: [3e-4, 1e-3]}}
    RMSprop: rmsprop
"""


def test_a_range_stands_for_all_its_values_for_that_row_alone(tmp_path: Path):
    assert rows_of(tmp_path, RAGGED) == ["SGD/0.01", "SGD/0.1", "SGD/1", "Adam/3e-4", "Adam/1e-3", "RMSprop/1e-3"]
    assert values_of(tmp_path, RAGGED, "optimizer.learning_rate") == [0.01, 0.1, 1.0, 3e-4, 1e-3, 1e-3]


def test_it_adds_its_path_as_the_innermost_axis(tmp_path: Path):
    text = f"{RAGGED}  training.batch_size: [32, 128]\n"
    comparison = comparison_of(tmp_path, text)
    assert [axis.key for axis in comparison.axes] == ["optimizer", "training.batch_size", "optimizer.learning_rate"]
    assert comparison.axes[2].labels == ("0.01", "0.1", "1", "3e-4", "1e-3")
    assert rows_of(tmp_path, text)[:7] == [
        *("SGD/32/0.01", "SGD/32/0.1", "SGD/32/1", "SGD/128/0.01", "SGD/128/0.1", "SGD/128/1", "Adam/32/3e-4")
    ]


def test_two_ranges_in_one_component_are_their_product_in_written_order(tmp_path: Path):
    text = "grid: {optimizer: {M: {name: sgd, momentum: {each: [0, 0.9]}, learning_rate: {each: [0.1, 1]}}, A: adam}}"
    # Adam has no momentum.
    assert rows_of(tmp_path, text) == ["M/0/0.1", "M/0/1", "M/0.9/0.1", "M/0.9/1", "A/-/0.001"]


def test_paths_of_variants_take_ranges_too(tmp_path: Path):
    text = """\
grid:
  variants:
    plain: {optimizer: sgd}
    dropout: {optimizer: {name: sgd, nesterov: {each: [true]}}, regularization.dropout: {each: [0.2, 0.50]}}
"""
    assert rows_of(tmp_path, text) == ["plain/false/-", "dropout/true/0.2", "dropout/true/0.50"]
    assert values_of(tmp_path, text, "optimizer.nesterov") == [False, True, True]


def test_words_and_components_other_than_sections(tmp_path: Path):
    text = """\
grid:
  training.loss: [cross_entropy, {name: focal, gamma: {each: [1, 2]}}]
  architecture: {A: {name: mlp, activation: {each: [relu, tanh]}}}
"""
    assert rows_of(tmp_path, text) == [
        "cross_entropy/A/-/relu",
        "cross_entropy/A/-/tanh",
        *("focal/A/1/relu", "focal/A/1/tanh", "focal/A/2/relu", "focal/A/2/tanh"),
    ]


def test_equal_values_of_two_rows_have_one_label(tmp_path: Path):
    rates = (
        "{SGD: {name: sgd, learning_rate: {each: [1e-1, 1]}}, Adam: {name: adam, learning_rate: {each: [0.1, 1.0]}}}"
    )
    assert rows_of(tmp_path, f"grid: {{optimizer: {rates}}}") == ["SGD/1e-1", "SGD/1", "Adam/1e-1", "Adam/1"]


def test_each_directly_on_an_axis_is_a_label(tmp_path: Path):
    assert rows_of(tmp_path, "grid: {optimizer.learning_rate: {each: 0.1, other: 1}}") == ["each", "other"]


def test_default_labels_leave_ranges_out(tmp_path: Path):
    axis = "[{name: sgd, learning_rate: {each: [0.1]}}, {name: sgd, momentum: 0.9, learning_rate: {each: [1]}}]"
    assert rows_of(tmp_path, f"grid: {{optimizer: {axis}}}") == ["sgd/0.1", "sgd momentum=0.9/1"]


def test_exclude_and_include_know_the_axis(tmp_path: Path):
    beside = """\
exclude: [{optimizer: SGD, optimizer.learning_rate: 0.10}]
include: [{optimizer: nadam}, {optimizer: SGD, optimizer.learning_rate: 10}]
"""
    rows = ["SGD/0.01", "SGD/1", "Adam/3e-4", "Adam/1e-3", "RMSprop/1e-3", "nadam/1e-3", "SGD/10"]
    assert rows_of(tmp_path, RAGGED + beside) == rows
    assert values_of(tmp_path, RAGGED + beside, "optimizer.learning_rate")[-1] == 10.0
    assert mistake_of(tmp_path, f"{RAGGED}include: [{{optimizer: SGD}}]") == (
        "config.yaml:6: include: expected a value for every axis, including optimizer.learning_rate; "
        "got {optimizer: 'SGD'}"
    )


def test_published_values_and_claims_name_its_points(tmp_path: Path):
    beside = """\
published:
  source: a paper
  values: {SGD: {1e-1: 96 %, 1: 97 %}, Adam: {0.0003: 98 %}, RMSprop: 97 %}
  claims: [{best: {SGD: 0.1, Adam: 0.001}}, RMSprop < Adam/0.001]
"""
    (block,) = comparison_of(tmp_path, RAGGED + beside).published
    assert [labels for labels, _ in block.values] == [
        *(("SGD", "0.1"), ("SGD", "1"), ("Adam", "3e-4"), ("RMSprop", "1e-3"))
    ]
    assert block.claims[0].best_of == (("SGD", "0.1"), ("Adam", "1e-3"))
    assert block.claims[1].rows == ("RMSprop/1e-3", "Adam/1e-3")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("optimizer: {learning_rate: {from: 0.1, to: 1, step: 0.1}}", "optimizer.learning_rate"),
        ("optimizer: {name: sgd, momentum: {each: [0.9]}}", "optimizer.momentum"),
        ("training: {epochs: {each: [1, 2]}}", "training.epochs"),
        ('grid: {"optimizer, training.epochs": [[{name: sgd, momentum: {each: [0.9]}}, 1]]}', "optimizer.momentum"),
        ("grid: {optimizer.momentum: [{each: [0.9]}], optimizer: [sgd]}", "optimizer.momentum"),
        ("architecture: {layers: [{name: Dense, units: {each: [8, 16]}}]}", "architecture.layers[0].units"),
        (
            "grid: {training.schedule: [{name: step, every: 3, rate: 0.1}], architecture: "
            "[{name: mlp, output: {activation: {each: [softmax]}}}]}",
            "architecture.output.activation",
        ),
        (
            "grid: {optimizer: [sgd]}\ninclude: [{optimizer: {name: sgd, momentum: {each: [0.9]}}}]",
            "optimizer.momentum",
        ),
    ],
)
def test_elsewhere_it_is_refused(tmp_path: Path, text: str, path: str):
    line = mistakes_of(tmp_path, text)[0]
    assert f": {path}: expected " in line
    assert "; got {" in line
    # What stands inside a list has no path that could be an axis.
    assert line.endswith(f"; to try several values, put them under `grid:` as `{path}: ...`") == ("[" not in path)


def test_set_takes_none(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, "seeds: 1", "optimizer.learning_rate={each: [0.1]}")
    assert line.endswith("put them under `grid:` as `optimizer.learning_rate: ...`")
    assert "--set optimizer.learning_rate" in line


def test_set_is_refused_where_a_row_has_a_range(tmp_path: Path):
    (line,) = mistakes_of(tmp_path, RAGGED, "optimizer.learning_rate=0.1")
    assert "that no grid varies" in line


@pytest.mark.parametrize(
    "other", ["optimizer.learning_rate: [1]", "variants: {a: {optimizer.learning_rate: {each: [1]}}}"]
)
def test_a_second_axis_of_its_path_is_refused(tmp_path: Path, other: str):
    assert any(
        "expected a path that no other axis varies (optimizer does); got 'optimizer.learning_rate'" in line
        or "expected a path that no other axis varies (optimizer.learning_rate does)" in line
        for line in mistakes_of(tmp_path, f"{RAGGED}  {other}\n")
    )


@pytest.mark.parametrize(
    ("range_", "complaint"),
    [
        ("{each: []}", "expected a list of numbers or words, such as {each: [0.01, 0.1]}; got []"),
        ("{each: 0.1}", "expected a list of numbers or words, such as {each: [0.01, 0.1]}; got 0.1"),
        ("{each: [[0.1]]}", "expected a list of numbers or words, such as {each: [0.01, 0.1]}; got [0.1]"),
        ("{each: [0.1, 1e-1]}", "expected distinct values; got 0.1 again"),
        ("{each: [0.1], to: 1}", "expected a key of a range of one row; got unknown key 'to'"),
        ("{from: 1, to: 0.1, per_decade: 1}", "expected 0 < from <= to, and a per_decade from 1 to 100"),
        ("{from: 1}", "expected a range of from, to and either per_decade or step"),
        ("{each: [-1, 1]}", "expected a number above 0; got -1"),
    ],
)
def test_mistakes_in_a_range(tmp_path: Path, range_: str, complaint: str):
    line = mistake_of(tmp_path, f"grid:\n  optimizer: [adam, {{name: sgd, learning_rate: {range_}}}]")
    assert line.startswith("config.yaml:2: optimizer.learning_rate")
    assert complaint in line


def test_the_points_of_ranges_count(tmp_path: Path):
    text = (
        "grid: {optimizer: [{name: sgd, learning_rate: {from: 1, to: 90000, step: 1}}], training.epochs: [1, 2, 3, 4]}"
    )
    assert "expected at most 333,333 points" in mistake_of(tmp_path, text)


def test_a_default_that_is_in_the_range_of_another_row_may_stand_beside_it(tmp_path: Path):
    rows = "{Tuned: {name: sgd, learning_rate: {each: [0.01, 0.1]}}, Default: sgd}"
    assert rows_of(tmp_path, f"grid: {{optimizer: {rows}}}") == ["Tuned/0.01", "Tuned/0.1", "Default/0.01"]
    twins = "{A: {name: sgd, learning_rate: {each: [0.01, 0.1]}}, B: {name: sgd, learning_rate: {each: [1e-2, 1e-1]}}}"
    assert "distinct values" in mistake_of(tmp_path, f"grid: {{optimizer: {twins}}}")


def test_ranges_of_two_rows_must_not_meet(tmp_path: Path):
    rows = (
        "[{name: sgd, learning_rate: {from: 0.1, to: 0.3, step: 0.1}}, "
        "{name: sgd, learning_rate: {each: [0.1, 0.6]}, label: b}]"
    )
    assert mistake_of(tmp_path, f"grid: {{optimizer: {rows}}}").endswith(
        "optimizer: expected rows that train different runs ('sgd/0.1' trains the same); got 'b/0.1'"
    )
    named = "{SGD: {name: {each: [sgd, adam]}}, Adam: adam}"
    assert rows_of(tmp_path, f"grid: {{optimizer: {named}}}") == ["SGD/sgd", "SGD/adam", "Adam/adam"]


def test_a_number_has_one_spelling_on_an_axis(tmp_path: Path):
    rows = "{Adam: {name: adam, learning_rate: {each: [3e-4, 1e-3]}}, RMSprop: rmsprop}"
    assert rows_of(tmp_path, f"grid: {{optimizer: {rows}}}") == ["Adam/3e-4", "Adam/1e-3", "RMSprop/1e-3"]
