"""What says nothing about a test function is refused at its line, before any training."""

from pathlib import Path

import pytest

from gdbench.experiment.cost.estimate import estimate
from gdbench.experiment.cost.worker_memory import worker_needs
from gdbench.experiment.plan import load_plan
from tests.configs import mistake_of, mistakes_of, plan_of

BOWL = "dataset: {name: test_function, function: beale}\n"
NO_NETWORK = "expected nothing beside test_function, which has no network; got"
NO_IMAGES = "expected nothing beside test_function, which has no images; got"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("architecture: perceptron", f"architecture: {NO_NETWORK} 'perceptron'"),
        ("architecture: {hidden: [3]}", f"architecture: {NO_NETWORK} 'mlp'"),
        ("regularization: {l2: 0.1}", f"regularization.l2: {NO_NETWORK} 0.1"),
        ("training: {batch_size: 64}", f"training.batch_size: {NO_IMAGES} 64"),
        ("training: {loss: squared_error}", f"training.loss: {NO_IMAGES} 'squared_error'"),
        ("training: {evaluate_train: true}", f"training.evaluate_train: {NO_IMAGES} true"),
        ("optimizer: {name: lbfgs, images: 50}", f"optimizer.images: {NO_IMAGES} 50"),
        (
            "training: {early_stopping: {patience: 3}}",
            "training.early_stopping.metric: expected train_loss, the only metric of test_function; got 'val_loss'",
        ),
        ("target: 97 %", "target: expected nothing beside test_function, which has no accuracy to reach; got '97 %'"),
        (
            "claims: [{claim: 'rising', metric: test_loss}]\ngrid: {optimizer.learning_rate: [0.1, 0.2]}",
            "claims: expected train_loss, the only metric of test_function; got 'test_loss'",
        ),
    ],
)
def test_what_does_not_go_with_it_is_refused_at_its_line(tmp_path: Path, text: str, line: str):
    assert mistake_of(tmp_path, f"{BOWL}{text}\n") == f"config.yaml:2: {line}"


def test_options_of_images_and_wrong_arguments_are_refused(tmp_path: Path):
    [unknown, start] = mistakes_of(tmp_path, "dataset: {name: test_function, validation: 10, start: [1, 2, 3]}\n")
    assert unknown.startswith("config.yaml:1: dataset.validation: expected a key of test_function; got unknown key")
    assert start == "config.yaml:1: dataset.start: expected a list of 2 items, each a number or 'random'; got [1, 2, 3]"


def test_what_goes_with_it_is_planned(tmp_path: Path):
    text = (
        f"{BOWL}training: {{epochs: 500, schedule: cosine, stop_at: {{metric: train_loss, value: 0.1}}}}\n"
        "claims: [{claim: rising}]\ngrid: {optimizer.learning_rate: [0.1, 0.2]}\n"
    )
    plan = plan_of(tmp_path, text)
    assert plan.experiment.comparisons[0].claims[0].metric == "train_loss"
    # Neither network nor images count.
    assert estimate(plan.runs[0]) < 10
    assert worker_needs(plan.runs[0]).data_bytes == 0


def test_a_quick_look_is_a_tenth_of_the_evaluations(tmp_path: Path):
    plan_of(tmp_path, f"{BOWL}training: {{epochs: 500}}\n")
    runs = load_plan(tmp_path / "config.yaml", quick=True).runs
    assert [run.training["epochs"] for run in runs] == [50, 50, 50]
