from pathlib import Path

import pytest

from gdbench.errors import ConfigError
from gdbench.experiment.plan import load_plan
from tests.configs import EXAMPLE, mistake_of, mistakes_of, plan_of, values_of

DATASETS = "mnist, fashion_mnist, kmnist, emnist, cifar10, npz, idx, csv, synthetic, test_function"
TEN_MISTAKES = """\
title: Ten mistakes
dataset: {name: mnits, validation: 10000}
architecture: {name: mlp, hidden: [128, 0],
               activation: {name: leaky_relu, negative_slop: 0.1}}
training:
  batch_size: off
  epochs: 5
  epochs: 6
  loss: {name: cross_entropy}
  schedule:
    name: exponential
    rate: 1.5
    every: 100
seed: 3
grid:
  optimizer: [sgd, {name: sgd, momentun: 0.9}, adam]
  optimizer.learning_rate: [1e-3,
                            fast]
  regularization.l2: [0, 1e-4, 0.0001]
"""


def test_the_example_plans_24_runs(tmp_path: Path):
    plan = plan_of(tmp_path, EXAMPLE)
    (comparison,) = plan.experiment.comparisons
    assert len(comparison.points) == 8
    assert len({run.id for run in plan.runs}) == 24
    assert [axis.labels for axis in comparison.axes] == [("sgd", "momentum", "rmsprop", "adam"), ("32", "128")]
    assert [run for point in comparison.points for run in point.runs] == [run.id for run in plan.runs]


def test_ten_mistakes_are_ten_lines(tmp_path: Path):
    assert mistakes_of(tmp_path, TEN_MISTAKES) == [
        f"config.yaml:2: dataset: expected the name of a dataset: {DATASETS}; got 'mnits'; did you mean 'mnist'?",
        "config.yaml:3: architecture.hidden[1]: expected a whole number of at least 1; got 0",
        "config.yaml:4: architecture.activation.negative_slop: expected a key of leaky_relu; "
        "got unknown key 'negative_slop'; did you mean 'negative_slope'?",
        "config.yaml:6: training.batch_size: expected a whole number of at least 1 or 'full'; got 'off'",
        "config.yaml:8: training.epochs: expected distinct keys; got 'epochs' again (first on line 7)",
        "config.yaml:12: training.schedule.rate: expected a number above 0 and at most 1; got 1.5",
        "config.yaml:14: seed: expected a key of a configuration; got unknown key 'seed'; did you mean 'seeds'?",
        "config.yaml:16: optimizer.momentun: expected a key of sgd; got unknown key 'momentun'; "
        "did you mean 'momentum'?",
        "config.yaml:18: optimizer.learning_rate: expected a number above 0; got 'fast'",
        "config.yaml:19: regularization.l2: expected distinct values; got 0.0001 again",
    ]


def test_comparisons_override_sections_and_seeds(tmp_path: Path):
    text = """
title: Two tables
seeds: 2
optimizer: sgd
comparisons:
  rates: {grid: {optimizer.learning_rate: [0.1, 0.2]}}
  sizes: {title: Batch sizes, seeds: [5], optimizer: adam, grid: {training.batch_size: [32, 64]}}
"""
    plan = plan_of(tmp_path, text)
    rates, sizes = plan.experiment.comparisons
    assert plan.experiment.title == "Two tables"
    assert (rates.name, rates.title, rates.seeds) == ("rates", "rates", (0, 1))
    assert (sizes.name, sizes.title, sizes.seeds) == ("sizes", "Batch sizes", (5,))
    assert values_of(tmp_path, text, "optimizer.name") == ["sgd", "sgd", "adam", "adam"]


def test_a_run_that_two_comparisons_share_is_planned_once(tmp_path: Path):
    text = """
comparisons:
  a: {grid: {optimizer: [sgd, adam]}}
  b: {grid: {optimizer.learning_rate: [0.001, 0.1]}}
"""
    plan = plan_of(tmp_path, text, seeds=1)
    a, b = plan.experiment.comparisons
    assert a.points[1].runs == b.points[0].runs
    assert len(plan.runs) == 3


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "name: ../up",
            "name: expected a name of letters, digits, '.', '_' and '-', since it names a file; got '../up'",
        ),
        ("titel: x", "titel: expected a key of a configuration; got unknown key 'titel'; did you mean 'title'?"),
        ("title: 5", "title: expected a string; got 5"),
        ("- sgd", "expected a mapping with keys such as optimizer and grid; got ['sgd']"),
        ("comparisons: {}", "comparisons: expected a mapping from name to comparison; got {}"),
        ("comparisons: {a: sgd}", "comparisons.a: expected a mapping with keys such as grid; got 'sgd'"),
        (
            "comparisons: {a: {gird: 1}}",
            "comparisons.a.gird: expected a key of comparisons.a; got unknown key 'gird'; did you mean 'grid'?",
        ),
        ("target: 97", "target: expected an accuracy above 0 % and at most 100 %; got 97; write 97 %"),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, text) == f"config.yaml:1: {complaint}"


@pytest.mark.parametrize(
    ("claim", "alone"),
    [
        ("{claim: adam < sgd, metric: seconds_to_target}", True),
        ("{claim: {order: [adam, sgd]}, metric: images_per_second}", True),
        ("{claim: adam > sgd, at: 2 s}", True),
        ("{opposed: [train_seconds, test_accuracy]}", True),
        ("{claim: adam < sgd, metric: updates_to_target}", False),
        ("adam > sgd", False),
    ],
)
def test_runs_are_trained_alone_where_a_claim_is_about_seconds(tmp_path: Path, claim: str, alone: bool):
    comparison = f"{{target: 90 %, grid: {{optimizer: [sgd, adam]}}, claims: [{claim}]}}"
    text = f"comparisons:\n  a: {comparison}\n  b: {{grid: {{optimizer: [rmsprop]}}}}\n"
    plan = plan_of(tmp_path, text, seeds=1)
    timed, _other = plan.experiment.comparisons
    assert plan.exclusive_runs == (set(timed.run_ids) if alone else set())
    if alone:
        assert mistake_of(tmp_path, f"timing: shared\n{text}") == (
            "config.yaml:1: timing: expected exclusive, since a has figures or claims about times; got 'shared'"
        )
    else:
        assert plan_of(tmp_path, f"timing: shared\n{text}", seeds=1).experiment == plan.experiment


@pytest.mark.parametrize("key", ["grid: {optimizer: [sgd]}", "claims: [rising]", "target: 0.9"])
def test_both_forms_in_one_file(tmp_path: Path, key: str):
    name = key.partition(":")[0]
    assert mistake_of(tmp_path, f"comparisons: {{a: {{}}}}\n{key}") == (
        f"config.yaml:2: {name}: expected this key inside one of the `comparisons`; got '{name}'"
    )


def test_mistakes_of_every_comparison_are_reported_and_shared_ones_once(tmp_path: Path):
    text = "optimizer: {name: sgd, momentum: 2}\ncomparisons:\n  a: {grid: {training.epochs: [0]}}\n  b: {target: 2}\n"
    assert mistakes_of(tmp_path, text) == [
        "config.yaml:1: optimizer.momentum: expected a number of at least 0 and at most 1; got 2",
        "config.yaml:3: training.epochs: expected a whole number of at least 1; got 0",
        "config.yaml:4: target: expected an accuracy above 0 % and at most 100 %; got 2; write 2 %",
    ]


def test_a_long_value_is_cut_in_the_message(tmp_path: Path):
    line = mistake_of(tmp_path, f"optimizer: {'x' * 100}")
    assert line.endswith(f"got '{'x' * 56}...")


def test_the_resolved_configuration_has_every_default(tmp_path: Path):
    plan = plan_of(tmp_path, "optimizer: {name: sgd, momentum: 0.9}\ngrid: {training.epochs: [1, 2]}")
    optimizer = plan.resolved["config"]["optimizer"]
    own = {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": False}
    assert {key: optimizer[key] for key in own} == own
    assert optimizer["weight_decay"] == "off"
    assert plan.resolved["config"]["training"]["batch_size"] == 32


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("training: {epochs: 7}\ngrid: {training.steps: [10, 20]}", [(5, 10), (5, 20)]),
        ("training: {steps: 7}\ngrid: {training.epochs: [1, 2]}", [(1, None), (2, None)]),
        ("training: {steps: 7}\ngrid: {variants: {as is: {}, epochs: {training.epochs: 2}}}", [(5, 7), (2, None)]),
        ("training: {steps: 7}\ncomparisons: {a: {training: {epochs: 2}}, b: {}}", [(2, None), (5, 7)]),
        ("training: {steps: 7}\ngrid: {training: [{epochs: 2}]}", [(2, None)]),
    ],
)
def test_of_epochs_and_steps_the_later_counts(tmp_path: Path, text: str, lengths: list[object]):
    pairs = zip(values_of(tmp_path, text, "training.epochs"), values_of(tmp_path, text, "training.steps"), strict=True)
    assert list(pairs) == lengths


@pytest.mark.parametrize(("setting", "steps"), [("training.epochs=2", None), ("training.steps=3", 3)])
def test_a_length_from_the_command_line_replaces_that_of_the_file(tmp_path: Path, setting: str, steps: int | None):
    text = "training: {%s: 9}" % ("steps" if steps is None else "epochs")
    assert values_of(tmp_path, text, "training.steps", setting) == [steps]


def test_a_length_from_the_command_line_is_refused_where_a_grid_varies_the_other(tmp_path: Path):
    assert mistake_of(tmp_path, "grid: {training.steps: [10, 20]}", "training.epochs=1").endswith(
        "training.epochs: expected a path that no grid varies (training.steps is varied); got 'training.epochs'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "training: {epochs: 3, steps: 9}\ngrid: {training.epochs: [1]}",
        "grid: {training.epochs: [1, 2], training.steps: [9]}",
        "grid: {training: [{epochs: 1, steps: 9}]}",
        "grid: {variants: {a: {training.steps: 9, training.epochs: 2}}}",
    ],
)
def test_epochs_and_steps_of_one_step_are_refused(tmp_path: Path, text: str):
    assert mistake_of(tmp_path, text).startswith("config.yaml:1: training.steps: expected epochs or steps, not both")


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("dataset: csv", "dataset.path"),
        ("dataset: {name: idx}", "dataset.path"),
        ("dataset: {name: npz, test_share: many}", "dataset.path"),
        ("dataset: {name: csv, path: 3}", "dataset.path"),
        ("dataset: {name: npz, path: '~nobody_there/x.npz'}", "dataset.path"),
        ('dataset: {name: npz, path: "a\\0b.npz"}', "dataset.path"),
        ("dataset: {name: npz, path: ''}", "dataset.path"),
        (f"dataset: {{name: npz, path: {'x' * 5000}}}", "dataset.path"),
        ("grid: {dataset: [mnist, csv]}", "dataset.path"),
        ("dataset: {deform: {rotation: 5}}", "dataset.deform.images"),
        ("dataset: {deform: {images: many}}", "dataset.deform.images"),
        ("architecture: {layers: [{name: Permute, dims: 0}]}", "architecture.layers[0].dims"),
        ("architecture: {layers: [{name: Conv2D}]}", "architecture.layers[0].filters"),
    ],
)
def test_what_is_missing_or_wrong_has_its_line_and_nothing_follows_from_it(
    tmp_path: Path, text: str, path: str, quick: bool
):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_plan(tmp_path / "config.yaml", quick=quick)
    assert caught.value.mistakes[0].startswith(f"{tmp_path}/config.yaml:1: {path}: expected ")
