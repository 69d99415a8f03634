from pathlib import Path

import pytest

from tests.configs import mistake_of, plan_of


def test_deformed_images_without_a_count_are_one_mistake(tmp_path: Path):
    assert mistake_of(tmp_path, "dataset: {deform: {rotation: 3}}").startswith("config.yaml:1: dataset.deform.images:")


FEATURES = "dataset: {name: synthetic, examples: 100, features: 7}\ntraining: {batch_size: 10}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            f"{FEATURES}architecture: cnn\n",
            "config.yaml:3: architecture: expected an architecture for features, such as mlp, or a dataset of images; "
            "got 'cnn on 7 features'",
        ),
        (
            f"{FEATURES}architecture: {{layers: [{{name: SimpleRNN, units: 3}}]}}\n",
            "config.yaml:3: architecture: expected an architecture for features, such as mlp, or a dataset of images; "
            "got 'layers on 7 features'",
        ),
        (
            "dataset: {name: synthetic, deform: {images: 20000}}\n",
            "config.yaml:1: dataset.deform: expected images to deform; got '20 features'",
        ),
        (
            "dataset: {train: 500, deform: {images: 400}}\n",
            "config.yaml:1: dataset.deform.images: expected at least the 500 training images that "
            "are deformed; got 400",
        ),
        (
            "dataset: {train: 500, deform: {images: 600}}\ntraining: {batch_size: 700}\n",
            "config.yaml:2: training.batch_size: expected at most the 600 training images, or 'full'; got 700",
        ),
        (
            "dataset: {validation: 8e-6}\ntraining: {early_stopping: {metric: val_loss, patience: 1}}\n",
            "config.yaml:1: dataset.validation: expected 0, or a share that is at least one of the 60,000 training "
            "images; got 8e-06",
        ),
        (
            "dataset: {validation: 60000}\n",
            "config.yaml:1: dataset.validation: expected fewer than the 60,000 training images; got 60000",
        ),
    ],
)
def test_data_that_a_run_cannot_be_trained_with_is_refused_in_one_line(tmp_path: Path, text: str, line: str):
    assert mistake_of(tmp_path, text) == line


COPIED = "config.yaml:1: architecture.layers: expected hidden layers only, since the output layer is added after them: "


@pytest.mark.parametrize(
    ("layers", "received"),
    [
        ("Flatten, {name: Dense, units: 10, activation: softmax}", "softmax"),
        ("Flatten, {name: Dense, units: 10, activation: {name: softmax}}", "softmax"),
        ("{name: Dense, units: 10, activation: sigmoid}", "sigmoid"),
        ("{name: Dense, units: 10}, {name: Activation, activation: softmax}", "softmax"),
        ("{name: Dense, units: 10}, Softmax", "softmax"),
        ("{name: Dense, units: 32, activation: relu}, {name: Dense, units: 10}", "linear"),
    ],
)
def test_an_output_layer_among_the_hidden_layers_is_refused(tmp_path: Path, layers: str, received: str):
    line = mistake_of(tmp_path, f"architecture: {{layers: [{layers}]}}\n")
    assert line == f"{COPIED}leave the last Dense out; got 'Dense of 10 units, {received}'"


@pytest.mark.parametrize("units", [1, 2])
def test_two_classes_may_have_one_output(tmp_path: Path, units: int):
    text = f"architecture: {{layers: [{{name: Dense, units: {units}, activation: sigmoid}}]}}\ndataset: synthetic\n"
    assert mistake_of(tmp_path, text).startswith(COPIED)


@pytest.mark.parametrize(
    "layers",
    [
        "{name: Dense, units: 11, activation: softmax}",
        "{name: Dense, units: 10, activation: relu}",
        "{name: Dense, units: 10}, {name: Dense, units: 32, activation: relu}",
        "{name: Dense, units: 10}, ReLU",
        "Flatten",
    ],
)
def test_other_last_layers_are_hidden_ones(tmp_path: Path, layers: str):
    assert plan_of(tmp_path, f"architecture: {{layers: [{layers}]}}\n").runs


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "training: {record: [gradient_norm]}\n",
            "config.yaml:1: training.record: expected training.record_every beside it, such as `record_every: 10`; "
            "got 'off'",
        ),
        (
            "training: {record_every: 10, record: []}\n",
            "config.yaml:1: training.record: expected off, or some of gradient_norm, update_ratio, weight_norm; got []",
        ),
        (
            "training: {record_every: 0, record: [gradient_norm]}\n",
            "config.yaml:1: training.record_every: expected a whole number of at least 1 or 'off'; got 0",
        ),
        (
            "training: {record_every: 10, record: [gradient_nrom]}\n",
            "config.yaml:1: training.record[0]: expected one of 'gradient_norm', 'update_ratio', 'weight_norm'; "
            "got 'gradient_nrom'; did you mean 'gradient_norm'?",
        ),
        (
            "training: {class_weight: [1, 2]}\n",
            "config.yaml:1: training.class_weight: expected balanced, or a number for each of the 10 classes, one of "
            "them above 0; got [1.0, 2.0]",
        ),
        (
            "training: {class_weight: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}\n",
            "config.yaml:1: training.class_weight: expected balanced, or a number for each of the 10 classes, one of "
            "them above 0; got [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
        ),
        (
            "training: {class_weight: [1, -2]}\n",
            "config.yaml:1: training.class_weight[1]: expected a number of at least 0; got -2",
        ),
        (
            "training: {class_weight: balance}\n",
            "config.yaml:1: training.class_weight: expected a list, each item a number of at least 0 or one of "
            "'balanced', 'off'; got 'balance'; did you mean 'balanced'?",
        ),
    ],
)
def test_recording_and_class_weights_that_cannot_be_are_refused_in_one_line(tmp_path: Path, text: str, line: str):
    assert mistake_of(tmp_path, text) == line
