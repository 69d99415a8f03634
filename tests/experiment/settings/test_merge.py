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
    assert mistake_of(tmp_path, text).startswith(
        "config.yaml:2: optimizer: expected the name of an optimizer: see gdbench list "
    )


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


BELOW = "dataset: {validation: 0.1, train: 100, scale: standard, label_noise: 0.2, seed: 3}\n"
OTHERS = "[mnist, fashion_mnist, {name: kmnist, validation: 50}]"


@pytest.mark.parametrize(
    "text",
    [
        f"{BELOW}grid: {{dataset: {OTHERS}}}",
        f"{BELOW}grid: {{dataset.name: [mnist, fashion_mnist], variants: {{a: {{}}}}}}",
        f"{BELOW}grid: {{variants: {{a: {{dataset: mnist}}, b: {{dataset.name: fashion_mnist}}}}}}",
        f'{BELOW}grid: {{"dataset, training.epochs": [[mnist, 5], [fashion_mnist, 6]]}}',
        f"{BELOW}comparisons: {{a: {{dataset: mnist}}, b: {{dataset: {{name: fashion_mnist}}}}}}",
        f"{BELOW}grid: {{dataset: [mnist]}}\ninclude: [{{dataset: fashion_mnist}}]",
    ],
    ids=["grid", "name", "variants", "linked", "comparison", "include"],
)
def test_another_dataset_keeps_the_options_of_the_family(tmp_path: Path, text: str):
    datasets = values_of(tmp_path, text, "dataset")
    assert [dataset["name"] for dataset in datasets][:2] == ["mnist", "fashion_mnist"]
    kept = [("validation", 0.1), ("train", 100), ("scale", "standard"), ("label_noise", 0.2), ("seed", 3)]
    assert [[(key, dataset[key]) for key, _ in kept] for dataset in datasets[:2]] == [kept, kept]
    assert [dataset["validation"] for dataset in datasets[2:]] in ([], [50])


@pytest.mark.parametrize("override", ["dataset=fashion_mnist", "dataset.name=fashion_mnist", "dataset={name: kmnist}"])
def test_a_dataset_of_the_command_line_keeps_them_too(tmp_path: Path, override: str):
    assert values_of(tmp_path, BELOW, "dataset.validation", override) == [0.1]


def test_an_optimizer_keeps_the_options_of_the_family_and_loses_the_arguments_of_its_own(tmp_path: Path):
    text = """
optimizer: {name: sgd, momentum: 0.9, learning_rate: 0.5, clipnorm: 1, weight_decay: 0.1, use_ema: true}
grid: {optimizer: [adam, {name: sgd, clipnorm: 2}, adamw]}
"""
    assert values_of(tmp_path, text, "optimizer.clipnorm") == [1.0, 2.0, 1.0]
    assert values_of(tmp_path, text, "optimizer.use_ema") == [True, True, True]
    assert values_of(tmp_path, text, "optimizer.learning_rate") == [0.001, 0.01, 0.001]
    # adamw declares a weight decay of its own.
    assert values_of(tmp_path, text, "optimizer.weight_decay") == [0.1, 0.1, 0.004]


def test_what_an_entry_declares_itself_goes_with_it(tmp_path: Path):
    text = "optimizer: {name: adamw, weight_decay: 0.1}\ngrid: {optimizer: [adam, adamw]}"
    assert values_of(tmp_path, text, "optimizer.weight_decay") == ["off", 0.004]
    text = "dataset: {name: synthetic, scale: unit, seed: 4}\ngrid: {dataset: [mnist, synthetic]}"
    assert values_of(tmp_path, text, "dataset.scale") == ["unit", "none"]
    assert values_of(tmp_path, text, "dataset.seed") == [4, 4]


def test_an_architecture_keeps_initializers_and_output(tmp_path: Path):
    text = "architecture: {hidden: [9], kernel_initializer: he_normal, output: {activation: sigmoid}}\n"
    grid = "grid: {architecture: [cnn, {name: mlp, output: {}}]}"
    assert values_of(tmp_path, text + grid, "architecture.kernel_initializer.name") == ["he_normal", "he_normal"]
    outputs = values_of(tmp_path, text + grid, "architecture.output.activation")
    assert outputs == [{"name": "sigmoid"}, None]
    listed = "architecture: {output: {activation: sigmoid}}\ngrid: {architecture: [{layers: [Flatten]}]}"
    assert values_of(tmp_path, listed, "architecture.output.activation") == [{"name": "sigmoid"}]


@pytest.mark.parametrize(
    ("text", "option", "component"),
    [
        ("{kernel_initializer: ones}\ngrid:\n  architecture:\n    - mlp\n    - layers: [Flatten]", 1, 5),
        ("\n  kernel_initializer: ones\ncomparisons:\n  one:\n    architecture:\n      {layers: [Flatten]}", 2, 6),
        # What is changed afterwards beside it takes nothing away.
        (
            "{kernel_initializer: ones}\ncomparisons:\n  one:\n    architecture:\n      {layers: [Flatten]}\n"
            "    grid: {architecture.output.activation: [softmax]}",
            1,
            5,
        ),
    ],
)
def test_an_option_that_the_new_component_does_not_take_is_an_error_that_names_both(
    tmp_path: Path, text: str, option: int, component: int
):
    assert mistake_of(tmp_path, f"architecture: {text}") == (
        f"config.yaml:{option}: architecture.kernel_initializer: expected an option that layers, at line "
        f"{component}, takes as well, since options stay where one component replaces another; got 'kernel_initializer'"
    )


def test_a_plugin_keeps_the_options_that_it_does_not_declare(tmp_path: Path):
    (tmp_path / "own.py").write_text("def data(examples=5, scale='none'): ...\n")
    text = f"{BELOW}grid: {{dataset: [mnist, 'own:data']}}"
    assert values_of(tmp_path, text, "dataset.validation") == [0.1, 0.1]
    assert values_of(tmp_path, text, "dataset.scale") == ["standard", "none"]


def test_other_entries_have_no_options_to_keep(tmp_path: Path):
    text = "training: {loss: {name: cross_entropy, label_smoothing: 0.1}}\ngrid: {training.loss: [cross_entropy]}"
    assert values_of(tmp_path, text, "training.loss.label_smoothing") == [0.0]
