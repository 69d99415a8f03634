from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from tests.configs import mistake_of, mistakes_of, plan_of, values_of

LOSSES = ", ".join(FAMILIES["loss"].entries)


def test_the_defaults_of_an_empty_file(tmp_path: Path):
    plan = plan_of(tmp_path, "")
    run = plan.runs[0]
    assert [run.seed for run in plan.runs] == [0, 1, 2]
    assert run.dataset == {
        **{"name": "mnist", "validation": 0, "split": "last", "train": "all", "test": "all", "scale": "unit"},
        **{"label_noise": 0.0, "deform": "off", "seed": 0},
    }
    assert run.architecture == {
        "name": "mlp",
        "kernel_initializer": {"name": "glorot_uniform"},
        "bias_initializer": {"name": "zeros"},
        "output": {"activation": None, "kernel_initializer": None, "bias_initializer": None},
        "hidden": [128],
        "activation": {"name": "relu", "negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    }
    assert run.optimizer == {
        "name": "adam",
        "weight_decay": "off",
        "clipnorm": "off",
        "clipvalue": "off",
        "global_clipnorm": "off",
        "use_ema": False,
        "ema_momentum": 0.99,
        "ema_overwrite_frequency": "off",
        "learning_rate": 0.001,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-7,
        "amsgrad": False,
    }
    assert {key: run.training[key] for key in ("epochs", "steps", "batch_size", "loss", "schedule")} == {
        "epochs": 5,
        "steps": None,
        "batch_size": 32,
        "loss": {"name": "cross_entropy", "label_smoothing": 0.0},
        "schedule": {"name": "constant"},
    }
    assert run.regularization == {
        "l1": 0.0,
        "l2": 0.0,
        "dropout": {"input": 0.0, "hidden": 0.0},
        "gaussian_noise": {"input": 0.0, "hidden": 0.0},
        "batch_norm": False,
        "max_norm": "off",
    }


def test_a_bare_string_is_short_for_a_name(tmp_path: Path):
    (short,) = plan_of(tmp_path, "optimizer: sgd", seeds=1).runs
    (long,) = plan_of(tmp_path, "optimizer: {name: sgd}", seeds=1).runs
    assert short == long


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("optimizer: {learning_rate: 1}", "optimizer.learning_rate", 1.0),
        ("optimizer: {name: sgd, momentum: 0}", "optimizer.momentum", 0.0),
        ("training: {epochs: 1e1}", "training.epochs", 10),
        ("training: {batch_size: full}", "training.batch_size", "full"),
        ("dataset: {validation: 1e4}", "dataset.validation", 10000),
        ("dataset: {validation: 0.1}", "dataset.validation", 0.1),
        ("regularization: {dropout: 0.5}", "regularization.dropout", {"input": 0.0, "hidden": 0.5}),
        ("regularization: {gaussian_noise: 1}", "regularization.gaussian_noise", {"input": 1.0, "hidden": 0.0}),
        ("regularization: {batch_norm: true}", "regularization.batch_norm", {"momentum": 0.99, "epsilon": 0.001}),
        ("regularization: {batch_norm: false}", "regularization.batch_norm", False),
    ],
)
def test_values_are_converted_to_the_declared_type(tmp_path: Path, text: str, path: str, value: object):
    (resolved,) = values_of(tmp_path, text, path)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("optimizer: {learning_rate: '0.1'}", "optimizer.learning_rate: expected a number above 0; got '0.1'"),
        ("optimizer: {learning_rate: 0}", "optimizer.learning_rate: expected a number above 0; got 0"),
        ("optimizer: {learning_rate: .inf}", "optimizer.learning_rate: expected a number above 0; got inf"),
        ("optimizer: {learning_rate: .nan}", "optimizer.learning_rate: expected a number above 0; got nan"),
        ("optimizer: {learning_rate: true}", "optimizer.learning_rate: expected a number above 0; got true"),
        ("optimizer: {amsgrad: yes}", "optimizer.amsgrad: expected true or false; got 'yes'"),
        ("optimizer: {amsgrad: 1}", "optimizer.amsgrad: expected true or false; got 1"),
        ("optimizer: {epsilon: }", "optimizer.epsilon: expected a number of at least 0; got nothing"),
        ("training: {epochs: 2.5}", "training.epochs: expected a whole number of at least 1; got 2.5"),
        (
            "training: {batch_size: ful}",
            "training.batch_size: expected a whole number of at least 1 or 'full'; got 'ful'; did you mean 'full'?",
        ),
        (
            "architecture: {hidden: 128}",
            "architecture.hidden: expected a list, each item a whole number of at least 1; got 128",
        ),
        (
            "regularization: {dropout: true}",
            "regularization.dropout: expected a number of at least 0 and below 1 or a mapping of "
            "input, hidden; got true",
        ),
        (
            "regularization: {dropout: '0.5'}",
            "regularization.dropout: expected a number of at least 0 and below 1 or a mapping of "
            "input, hidden; got '0.5'",
        ),
        (
            "regularization: {batch_norm: 1}",
            "regularization.batch_norm: expected true or false or a mapping of momentum, epsilon; got 1",
        ),
        ("training: 5", "training: expected a mapping of epochs, steps, "),
    ],
)
def test_a_wrong_type_or_range(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, text).startswith(f"config.yaml:1: {complaint}")


def test_a_bad_item_of_a_list_is_named_at_its_own_line(tmp_path: Path):
    assert mistakes_of(tmp_path, "architecture:\n  hidden:\n    - 128\n    - 0\n    - many\n") == [
        "config.yaml:4: architecture.hidden[1]: expected a whole number of at least 1; got 0",
        "config.yaml:5: architecture.hidden[2]: expected a whole number of at least 1; got 'many'",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "optimizer: rmspop",
            "optimizer: expected the name of an optimizer: see gdbench list optimizer; got 'rmspop'; "
            "did you mean 'rmsprop'?",
        ),
        (
            "optimizer: [sgd, adam]",
            "optimizer: expected the name of an optimizer: see gdbench list optimizer; got ['sgd', 'adam']; "
            "to try several values, put them under `grid:` as `optimizer: ...`",
        ),
        (
            "training: {loss: hinged}",
            f"training.loss: expected the name of a loss: {LOSSES}; got 'hinged'; did you mean 'hinge'?",
        ),
        (
            "optimizer: {nam: sgd}",
            "optimizer.nam: expected a key of adam; got unknown key 'nam'; adam has weight_decay, clipnorm, clipvalue, "
            "global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, learning_rate, beta_1, beta_2, epsilon "
            "and amsgrad",
        ),
        (
            "training: {loss: cross_entropi}",
            "training.loss: expected the name of a loss: cross_entropy, binary_cross_entropy, squared_error, hinge, "
            "squared_hinge, focal, zero_one; got 'cross_entropi'; did you mean 'cross_entropy'?",
        ),
        (
            "architecture: {output: {activation: {name: leaky_relu, negative_slop: 1}}}\n"
            "training: {loss: squared_error}",
            "architecture.output.activation.negative_slop: expected a key of leaky_relu; "
            "got unknown key 'negative_slop'; "
            "did you mean 'negative_slope'?",
        ),
        (
            "training: {batchsize: 3}",
            "training.batchsize: expected a key of training; got unknown key 'batchsize'; did you mean 'batch_size'?",
        ),
    ],
)
def test_an_unknown_name_or_argument(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, text) == f"config.yaml:1: {complaint}"


def test_an_argument_without_default_must_be_given(tmp_path: Path):
    assert mistakes_of(tmp_path, "training:\n  schedule: exponential\n") == [
        "config.yaml:2: training.schedule.rate: expected a number above 0 and at most 1; got nothing",
        "config.yaml:2: training.schedule.every: expected a whole number of at least 1; got nothing",
    ]


def test_an_argument_that_the_grid_gives_is_not_missed_in_the_section(tmp_path: Path):
    text = "training: {schedule: {name: exponential, rate: 0.5}}\ngrid: {training.schedule.every: [10, 20]}"
    assert values_of(tmp_path, text, "training.schedule.every") == [10, 20]


@pytest.mark.parametrize(
    "text",
    [
        "optimizer:\n  momentun: 0.9\ngrid: {optimizer: [sgd]}",
        "optimizer:\n  momentun: 0.9\ncomparisons: {a: {optimizer: sgd}}",
    ],
)
def test_a_section_is_checked_even_where_every_point_replaces_it(tmp_path: Path, text: str):
    assert mistake_of(tmp_path, text).startswith(
        "config.yaml:2: optimizer.momentun: expected a key of adam; got unknown key 'momentun'"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "dataset: {validation: 60000}",
            "dataset.validation: expected fewer than the 60,000 training images; got 60000",
        ),
        (
            "dataset: {validation: 10000, train: 50001}",
            "dataset.train: expected at most the 50,000 images that validation leaves; got 50001",
        ),
        ("dataset: {test: 10001}", "dataset.test: expected at most the 10,000 test images; got 10001"),
        (
            "dataset: {train: 16}",
            "training.batch_size: expected at most the 16 training images, or 'full'; got 32",
        ),
        (
            "training: {early_stopping: {metric: test_macro_f1, patience: 1}}",
            "training.early_stopping.metric: expected one of 'val_loss', 'val_accuracy', 'val_error', 'train_loss', "
            "'train_accuracy', 'train_error', 'train_eval_loss', 'train_eval_accuracy', 'train_eval_error'; "
            "got 'test_macro_f1'",
        ),
        (
            "training: {early_stopping: {patience: 3}}",
            "training.early_stopping: expected a dataset.validation above 0 to measure val_loss on; got 0",
        ),
        (
            "training: {stop_at: {metric: val_accuracy, value: 0.9}}",
            "training.stop_at: expected a dataset.validation above 0 to measure val_accuracy on; got 0",
        ),
        (
            "training: {evaluate_test: false}",
            "training.evaluate_test: expected true, or a dataset.validation above 0 to evaluate on; got false",
        ),
        (
            "training: {stop_at: {metric: train_eval_loss, value: 0.1}}",
            "training.stop_at: expected training.evaluate_train: true, which measures train_eval_loss; got false",
        ),
        (
            "training: {stop_at: {metric: train_accuracy, value: 97}}",
            "training.stop_at.value: expected a fraction from 0 to 1 for train_accuracy; got 97.0",
        ),
        (
            "training: {schedule: {name: cosine, period_factor: 2}}",
            "training.schedule.period_factor: expected `over`, the length of the first period; got nothing",
        ),
        (
            "optimizer: {name: sgd, clipnorm: 1, global_clipnorm: 5}",
            "optimizer.global_clipnorm: expected at most one of clipnorm, clipvalue, global_clipnorm; "
            "got {clipnorm: 1.0, global_clipnorm: 5.0}",
        ),
        (
            "optimizer: {name: adamw, weight_decay: off}",
            "optimizer.weight_decay: expected a number of at least 0; got 'off'",
        ),
        ("training: {epochs: 3, steps: 100}", "training.steps: expected epochs or steps, not both; got 'both'"),
        (
            "architecture: {output: {activation: tanh}}",
            "architecture.output.activation: expected softmax or sigmoid, which cross_entropy is "
            "computed from; got 'tanh'",
        ),
        (
            "architecture: {output: {activation: linear}}\ntraining: {loss: binary_cross_entropy}",
            "architecture.output.activation: expected sigmoid, which binary_cross_entropy is computed from; "
            "got 'linear'",
        ),
    ],
)
def test_rules_between_arguments(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, text) == f"config.yaml:1: {complaint}"


def test_early_stopping_on_training_loss_needs_no_validation_data(tmp_path: Path):
    text = "training: {early_stopping: {metric: train_loss, patience: 3}}"
    assert values_of(tmp_path, text, "training.early_stopping.patience") == [3]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{metric: val_los, value: 1}", "metric: expected one of 'val_loss', 'val_accuracy', "),
        ("{metric: train_accuracy, value: high}", "value: expected a number; got 'high'"),
    ],
)
def test_a_broken_stopping_rule_is_named_and_nothing_else(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, f"training: {{stop_at: {text}}}").startswith(
        f"config.yaml:1: training.stop_at.{complaint}"
    )


@pytest.mark.parametrize("metric", ["test_loss", "test_accuracy", "test_error"])
def test_no_rule_stops_a_run_by_its_test_images(tmp_path: Path, metric: str):
    text = f"training: {{early_stopping: {{metric: {metric}, patience: 1}}}}\ndataset: {{validation: 100}}"
    assert mistake_of(tmp_path, text).startswith(
        "config.yaml:1: training.early_stopping.metric: expected one of 'val_loss', "
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("optimizer: {learning_rate: [0.1, 0.01]}", "optimizer.learning_rate"),
        ("dataset: [mnist, kmnist]", "dataset"),
        ("architecture: {activation: [relu, tanh]}", "architecture.activation"),
        ("training: {batch_size: [32, full]}", "training.batch_size"),
    ],
)
def test_a_list_in_place_of_a_value_is_answered_with_a_grid(tmp_path: Path, text: str, path: str):
    hint = f"; to try several values, put them under `grid:` as `{path}: ...`"
    assert mistake_of(tmp_path, text).endswith(hint)


def test_a_list_of_what_an_argument_never_takes_is_answered_with_the_rule_alone(tmp_path: Path):
    assert mistake_of(tmp_path, "optimizer: {learning_rate: [fast]}").endswith("; got ['fast']")


def test_a_missing_space_after_a_colon_is_said(tmp_path: Path):
    assert mistake_of(tmp_path, "training:\n  epochs:3").endswith("; write 'epochs: 3', with a space after the colon")
