"""`architecture: {layers: [...]}`: what is checked, what is part of a run's identity, how axes name it."""

from pathlib import Path

import pytest

from gdbench.experiment.cost.program_key import program_key
from tests.configs import mistake_of, mistakes_of, plan_of, rows_of, values_of

DENSE = "architecture: {layers: [{name: Dense, units: 16, activation: relu}]}"


def layers_of(folder: Path, *items: str) -> list[dict[str, object]]:
    (resolved,) = values_of(folder, f"architecture: {{layers: [{', '.join(items)}]}}", "architecture.layers")
    assert isinstance(resolved, list)
    return resolved


def id_of(folder: Path, text: str) -> str:
    (run,) = plan_of(folder, text, seeds=1).runs
    return run.id


def test_an_item_has_keras_arguments_and_defaults(tmp_path: Path):
    dense, pool, flatten = layers_of(tmp_path, "{name: Dense, units: 16}", "{name: MaxPooling1D}", "Flatten")
    assert dense["units"] == 16
    assert dense["activation"] is None
    assert dense["kernel_initializer"] == {"name": "glorot_uniform"}
    assert pool == {"name": "MaxPooling1D", "pool_size": 2, "strides": None, "padding": "valid"}
    assert flatten == {"name": "Flatten"}


def test_components_within_an_item(tmp_path: Path):
    item = (
        "{name: Dense, units: 4, activation: {name: elu, alpha: 0.5}, kernel_initializer: he_normal, "
        "kernel_regularizer: {name: l2, l2: 0.001}, kernel_constraint: {name: max_norm, max_value: 3}}"
    )
    (dense,) = layers_of(tmp_path, item)
    assert dense["activation"] == {"name": "elu", "alpha": 0.5}
    assert dense["kernel_initializer"] == {"name": "he_normal"}
    assert dense["kernel_regularizer"] == {"name": "l2", "l2": 0.001}
    assert dense["kernel_constraint"] == {"name": "max_norm", "max_value": 3.0, "axis": 0}


@pytest.mark.parametrize(
    ("item", "argument", "value"),
    [
        ("{name: Conv2D, filters: 4, kernel_size: 3}", "kernel_size", [3, 3]),
        ("{name: Conv2D, filters: 4, kernel_size: [3, 5]}", "kernel_size", [3, 5]),
        ("{name: Conv2DTranspose, filters: 4, kernel_size: 3, strides: 2}", "strides", [2, 2]),
        ("{name: Conv1D, filters: 4, kernel_size: 3}", "kernel_size", 3),
        ("{name: MaxPooling2D, strides: 1}", "strides", [1, 1]),
        ("{name: ZeroPadding2D, padding: 2}", "padding", [[2, 2], [2, 2]]),
        ("{name: ZeroPadding2D, padding: [1, 2]}", "padding", [[1, 1], [2, 2]]),
        ("{name: Cropping2D, cropping: [[1, 2], 3]}", "cropping", [[1, 2], [3, 3]]),
        ("{name: Cropping1D, cropping: 3}", "cropping", [3, 3]),
        ("{name: Reshape, target_shape: [7, -1]}", "target_shape", [7, -1]),
    ],
)
def test_sizes_are_spelled_out(tmp_path: Path, item: str, argument: str, value: object):
    (resolved,) = layers_of(tmp_path, item)
    assert resolved[argument] == value


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        (
            "{name: Desne, units: 3}",
            "architecture.layers[0]: expected the name of a layer: see gdbench list layer; got 'Desne'; "
            "did you mean 'Dense'?",
        ),
        (
            "Flatten, {name: Dense, unit: 3, units: 3}",
            "architecture.layers[1].unit: expected a key of Dense; got unknown key 'unit'; did you mean 'units'?",
        ),
        ("Dense", "architecture.layers[0].units: expected a whole number of at least 1; got nothing"),
        (
            "{name: Conv2D, filters: 3, kernel_size: [3, 3, 3]}",
            "architecture.layers[0].kernel_size: expected a whole number of at least 1 or "
            "a list of 2 items, each a whole number of at least 1; got [3, 3, 3]",
        ),
        (
            "{name: Dense, units: 3, activation: relo}",
            "architecture.layers[0].activation: expected the name of an activation: see gdbench list activation; "
            "got 'relo'; did you mean 'relu'?",
        ),
        (
            "{name: Dense, units: 3, kernel_regularizer: {name: l2, l1: 0.1}}",
            "architecture.layers[0].kernel_regularizer.l1: expected a key of l2; got unknown key 'l1'; l2 has l2",
        ),
        ("{name: Dropout, rate: 1}", "architecture.layers[0].rate: expected a number of at least 0 and below 1; got 1"),
        (
            "{units: 3}",
            "architecture.layers[0]: expected the name of a layer: see gdbench list layer; got {units: 3}",
        ),
        (
            "{name: Dropout, rate: 0.1, seed: 3}",
            "architecture.layers[0].seed: expected a key of Dropout; got unknown key 'seed'; Dropout has rate",
        ),
    ],
)
def test_a_mistake_in_an_item(tmp_path: Path, items: str, complaint: str):
    assert mistake_of(tmp_path, f"architecture: {{layers: [{items}]}}") == f"config.yaml:1: {complaint}"


def test_each_item_has_its_own_line(tmp_path: Path):
    text = "architecture:\n  layers:\n    - {name: Dense}\n    - Flaten\n"
    assert mistakes_of(tmp_path, text) == [
        "config.yaml:3: architecture.layers[0].units: expected a whole number of at least 1; got nothing",
        "config.yaml:4: architecture.layers[1]: expected the name of a layer: see gdbench list layer; got 'Flaten'; "
        "did you mean 'Flatten'?",
    ]


def test_layers_are_a_list(tmp_path: Path):
    assert mistake_of(tmp_path, "architecture: {layers: Dense}") == (
        "config.yaml:1: architecture.layers: expected a list, each item the name of a layer, or a "
        "mapping with name; got 'Dense'; write [Dense]"
    )


@pytest.mark.parametrize("argument", ["hidden: [3]", "activation: relu", "kernel_initializer: zeros"])
def test_arguments_of_other_architectures_have_no_place_beside_layers(tmp_path: Path, argument: str):
    complaint = mistake_of(tmp_path, f"architecture: {{layers: [Flatten], {argument}}}")
    name = argument.partition(":")[0]
    assert complaint.startswith(
        f"config.yaml:1: architecture.{name}: expected a key of layers; got unknown key '{name}'"
    )


@pytest.mark.parametrize(
    ("regularization", "received"),
    [
        ("l2: 0.1", "got 0.1"),
        ("dropout: 0.5", "got {input: 0.0, hidden: 0.5}"),
        ("batch_norm: true", "got {momentum: 0.99, epsilon: 0.001}"),
        ("max_norm: 3", "got 3.0"),
    ],
)
def test_regularization_beside_layers_is_an_error(tmp_path: Path, regularization: str, received: str):
    name = regularization.partition(":")[0]
    assert mistake_of(tmp_path, f"{DENSE}\nregularization: {{{regularization}}}") == (
        f"config.yaml:2: regularization.{name}: expected no value: the layers of architecture.layers "
        f"have their own regularization; {received}"
    )


def test_no_regularization_beside_layers_is_none(tmp_path: Path):
    assert id_of(tmp_path, f"{DENSE}\nregularization: {{l2: 0, batch_norm: false, dropout: 0}}") == id_of(
        tmp_path, DENSE
    )


@pytest.mark.parametrize(
    "same",
    [
        "architecture: {layers: [{activation: {name: relu}, units: 16, name: Dense}]}",
        "architecture: {name: layers, layers: [{name: Dense, units: 16.0, activation: relu, use_bias: true}]}",
        "architecture: {layers: [{name: Dense, units: 16, activation: relu, kernel_initializer: glorot_uniform}]}",
    ],
)
def test_defaults_and_spelling_are_no_part_of_the_identity(tmp_path: Path, same: str):
    assert id_of(tmp_path, same) == id_of(tmp_path, DENSE)


@pytest.mark.parametrize(
    "other",
    [
        "architecture: {layers: [{name: Dense, units: 17, activation: relu}]}",
        "architecture: {layers: [{name: Dense, units: 16, activation: tanh}]}",
        "architecture: {layers: [{name: Dense, units: 16, activation: relu}, {name: Dropout, rate: 0.1}]}",
        "architecture: {layers: [{name: Dense, units: 16, activation: relu}], output: {kernel_initializer: zeros}}",
        "architecture: {layers: []}",
        "architecture: mlp",
    ],
)
def test_another_stack_is_another_run_and_program(tmp_path: Path, other: str):
    (one,), (two,) = plan_of(tmp_path, DENSE, seeds=1).runs, plan_of(tmp_path, other, seeds=1).runs
    assert one.id != two.id
    assert program_key(one) != program_key(two)


def test_a_stack_on_an_axis(tmp_path: Path):
    text = (
        "grid:\n  architecture:\n"
        "    - mlp\n    - {label: deep, layers: [{name: Dense, units: 4}, {name: Dense, units: 4}]}\n"
        "    - {layers: [{name: Dense, units: 4}, Flatten]}\n"
    )
    assert rows_of(tmp_path, text) == ["mlp", "deep", "layers=Dense units=4, Flatten"]


def test_an_axis_of_layers_within_a_stack(tmp_path: Path):
    text = f"{DENSE}\ngrid: {{architecture.layers: [[], [Flatten]]}}"
    assert values_of(tmp_path, text, "architecture.layers") == [[], [{"name": "Flatten"}]]


def test_a_stack_replaces_what_stood_there(tmp_path: Path):
    text = "architecture: {name: cnn, filters: [3]}\ncomparisons: {a: {architecture: {layers: [Flatten]}}}"
    (resolved,) = values_of(tmp_path, text, "architecture")
    assert isinstance(resolved, dict)
    assert set(resolved) == {"name", "output", "layers"}


def test_a_catalog_cnn_that_does_not_fit_the_image_is_refused_before_training(tmp_path: Path):
    assert mistake_of(tmp_path, "architecture:\n  name: cnn\n  filters: [8, 8, 8, 8]\n") == (
        "config.yaml:2: architecture: expected kernels and pools no larger than their inputs; got '3 x 3 on 1 x 1'"
    )
