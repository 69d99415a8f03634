from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from gdbench.catalog.optimizers import METHODS
from gdbench.catalog.optimizers.method import Method, Objective
from gdbench.records import Run
from gdbench.training.methods import method_loop
from gdbench.training.trainer import Trainer

RunOf = Callable[..., Run]
PERCEPTRON = ("dataset={train: 400, test: 100}", "architecture=perceptron")


def method(name: str, **arguments: object) -> str:
    given = "".join(f", {key}: {value}" for key, value in arguments.items())
    return f"optimizer={{name: {name}{given}}}"


@pytest.mark.parametrize("name", METHODS)
def test_the_loss_falls_and_a_second_training_gives_the_same_numbers(
    trainer: Trainer, run_of: RunOf, name: str
) -> None:
    # Box and temperature are those of two weights, so that annealing finds nothing here with its defaults.
    given = {"bound": 0.2, "initial_temp": 1.0} if name == "simulated_annealing" else {}
    run = run_of(*PERCEPTRON, method(name, images=100, **given), "training={epochs: 4, evaluate_every: 0.25}")
    first, again = trainer(run), trainer(run)
    losses = first.history["train_loss"]
    assert first.is_done
    assert losses[-1] < losses[0]
    assert losses == sorted(losses, reverse=True)
    assert (first.metrics, first.history) == (again.metrics, again.history)
    assert first.history["update"] == list(range(1, 17))
    assert first.history["epoch"] == [passes / 4 for passes in range(1, 17)]
    assert first.images == 16 * 100


@pytest.mark.parametrize("name", [name for name, entry in METHODS.items() if not entry.follows_gradients])
def test_the_seed_decides_what_is_drawn(trainer: Trainer, run_of: RunOf, name: str) -> None:
    still = (
        *PERCEPTRON,
        "architecture.kernel_initializer=zeros",
        method(name),
        "training={epochs: 30, record_every: 1}",
    )
    zero, one = (trainer(run_of(*still, seed=seed)).losses or [] for seed in (0, 1))
    assert zero[0] == one[0] == pytest.approx(np.log(10))
    assert zero[1:] != one[1:]


def test_blas_computes_in_one_thread_whatever_the_machine(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def minimize(objective: Objective, _random: np.random.Generator) -> None:
        threads.update(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
        objective.loss_and_gradient(objective.start)

    monkeypatch.setattr(method_loop, "OPTIMIZERS", SimpleNamespace(build=lambda _component: Method(minimize)))
    with threadpool_limits(2, user_api="blas"):
        assert trainer(run_of(*PERCEPTRON, method("lbfgs"))).is_done
    assert threads == {1}


def test_an_epoch_is_a_pass_over_the_images_whatever_is_computed(trainer: Trainer, run_of: RunOf) -> None:
    outcome = trainer(run_of(*PERCEPTRON, method("newton_cg"), "training={epochs: 7, record_every: 1}"))
    assert outcome.history["epoch"] == outcome.history["update"] == [1, 2, 3, 4, 5, 6, 7]
    assert outcome.images == 7 * 400
    # The products of the first step are computed at the weights of the start.
    losses = outcome.losses or []
    assert len(losses) == 7
    assert losses[0] == losses[1] != losses[-1]


def test_a_method_that_has_converged_ends_the_run(trainer: Trainer, run_of: RunOf) -> None:
    run = run_of(*PERCEPTRON, method("lbfgs", gtol=0.5), "training={epochs: 50, evaluate_every: 20}")
    outcome = trainer(run)
    [epoch] = outcome.history["epoch"]
    assert outcome.is_done
    assert epoch < 20
    assert outcome.clock == [outcome.seconds["train"]]


def test_stopping_rules_hold(trainer: Trainer, run_of: RunOf) -> None:
    rule = "training={epochs: 50, stop_at: {metric: train_loss, value: 1.0}}"
    losses = trainer(run_of(*PERCEPTRON, method("lbfgs"), rule)).history["train_loss"]
    assert losses[-1] <= 1.0 < losses[-2]


def test_a_loss_that_is_not_finite_is_a_divergence(trainer: Trainer, run_of: RunOf) -> None:
    huge = "architecture.kernel_initializer={name: constant, value: 1e38}"
    outcome = trainer(run_of(*PERCEPTRON, huge, method("lbfgs"), "training.loss=squared_error", "regularization.l2=1"))
    assert outcome.diverged == {"epoch": 1, "step": 1}


def test_steps_in_place_of_epochs_are_passes(trainer: Trainer, run_of: RunOf) -> None:
    outcome = trainer(run_of(*PERCEPTRON, method("lbfgs", images=100), "training.steps=6"))
    assert outcome.history["update"] == [4, 6]
    assert outcome.history["epoch"] == [1, 1.5]


def test_the_share_of_wrong_answers_is_minimized_without_a_gradient(trainer: Trainer, run_of: RunOf) -> None:
    outcome = trainer(run_of(*PERCEPTRON, method("cma_es"), "training={epochs: 200, loss: zero_one}"))
    losses, accuracies = outcome.history["train_loss"], outcome.history["train_accuracy"]
    assert losses == pytest.approx([1 - accuracy for accuracy in accuracies])
    assert losses[-1] < losses[0] - 0.1
    assert outcome.metrics is not None
    assert outcome.metrics["test_loss"] == pytest.approx(1 - outcome.metrics["test_accuracy"])


def test_the_penalty_is_minimized_and_left_out_of_the_loss(trainer: Trainer, run_of: RunOf) -> None:
    free, held = (
        trainer(run_of(*PERCEPTRON, method("lbfgs"), f"regularization.l1={l1}", "training.epochs=20"))
        for l1 in (0, 0.05)
    )
    assert free.history["train_loss"][0] == held.history["train_loss"][0]
    assert free.history["train_loss"][-1] < held.history["train_loss"][-1]


@pytest.mark.parametrize(
    "layer",
    [
        "{name: Dropout, rate: 0.5}",
        "BatchNormalization",
        "{name: Dense, units: 8, kernel_constraint: non_neg}",
    ],
)
def test_layers_that_are_no_functions_of_their_weights_are_refused(trainer: Trainer, run_of: RunOf, layer: str) -> None:
    run = run_of(f"architecture={{layers: [Flatten, {layer}]}}", method("lbfgs"))
    with pytest.raises(Exception, match="expected layers that are functions of their weights"):
        trainer(run)


def test_methods_train_a_convolutional_net(trainer: Trainer, run_of: RunOf) -> None:
    small = ("dataset={train: 200, test: 100}", "architecture={name: cnn, filters: [2]}", "training.compile=auto")
    losses = trainer(run_of(*small, method("newton_cg"), "training.epochs=15")).history["train_loss"]
    assert losses[-1] < losses[0] - 0.1
