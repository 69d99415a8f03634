"""What a method that minimizes one function of all weights does not go with is refused by name, before any training."""

from pathlib import Path

import pytest

from gdbench.catalog.optimizers import method as method_file
from gdbench.experiment.cost.estimate import estimate
from tests.configs import mistake_of, plan_of

WITHOUT = "expected a method without gradients, such as cma_es or particle_swarm, since zero_one has none; got"


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs", "newton_cg"])
def test_a_loss_without_gradient_is_refused_with_a_gradient_method(tmp_path: Path, optimizer: str) -> None:
    text = f"optimizer: {optimizer}\ntraining: {{loss: zero_one}}\n"
    assert mistake_of(tmp_path, text) == f"config.yaml:1: optimizer: {WITHOUT} '{optimizer}'"


@pytest.mark.parametrize("optimizer", ["random_search", "simulated_annealing", "particle_swarm", "cma_es"])
def test_it_is_taken_by_the_others(tmp_path: Path, optimizer: str) -> None:
    [run] = plan_of(tmp_path, f"optimizer: {optimizer}\ntraining: {{loss: zero_one}}\n", seeds=1).runs
    assert run.training["loss"] == {"name": "zero_one"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "training: {schedule: cosine}",
            "training.schedule: expected no schedule, since lbfgs has no learning rate; got 'cosine'",
        ),
        (
            "training: {class_weight: balanced}",
            "training.class_weight: expected off, since lbfgs takes no steps along a batch's gradient; got 'balanced'",
        ),
        (
            "training: {record: [weight_norm], record_every: 1}",
            "training.record: expected off, since lbfgs takes no steps along a batch's gradient; got ['weight_norm']",
        ),
        (
            "regularization: {dropout: 0.5}",
            "regularization.dropout: expected l1 and l2 alone, since lbfgs minimizes one function of the weights; "
            "got {input: 0.0, hidden: 0.5}",
        ),
        (
            "architecture: resnet",
            "architecture: expected an architecture without batch normalization, since lbfgs minimizes one function of "
            "the weights; got 'resnet'",
        ),
        (
            "dataset: {train: 10}",
            "optimizer.images: expected at most the 10 training images, or 'full'; got 100",
        ),
    ],
)
def test_what_does_not_go_with_a_method_is_refused(tmp_path: Path, text: str, line: str) -> None:
    assert mistake_of(tmp_path, f"optimizer: {{name: lbfgs, images: 100}}\n{text}\n").partition(": ")[2] == line


def test_batches_larger_than_the_data_do_not_matter_to_a_method(tmp_path: Path) -> None:
    plan_of(tmp_path, "optimizer: lbfgs\ndataset: {train: 10}\n")


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(method_file, "find_spec", lambda _name: None)
    rule = "expected a method whose package is installed (cma: pip install 'gdbench[methods]')"
    assert mistake_of(tmp_path, "optimizer: cma_es\n") == f"config.yaml:1: optimizer: {rule}; got 'cma_es'"
    plan_of(tmp_path, "optimizer: particle_swarm\n")


def test_passes_over_few_images_are_expected_to_take_longer(tmp_path: Path) -> None:
    full, few = (
        estimate(plan_of(tmp_path, f"optimizer: {{name: lbfgs, images: {images}}}\n", seeds=1).runs[0])
        for images in ("full", 6)
    )
    assert full < few
