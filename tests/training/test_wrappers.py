"""Chains and restarts are made of ordinary trainings: the first is bit-identical to the one alone, costs add up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gdbench.records import Outcome, Run
from gdbench.training.trainer import Trainer
from tests.configs import plan_of
from tests.training.conftest import SMALL

RunOf = Callable[..., Run]
DATA = ("dataset={train: 400, test: 100}",)
CHAIN = "optimizer={name: chain, stages: [{optimizer: adam, epochs: 2}, {optimizer: lbfgs, epochs: 3}]}"


def curves(outcome: Outcome, epochs: int) -> dict[str, list[float | None]]:
    """The history of the first evaluations."""
    return {name: values[:epochs] for name, values in outcome.history.items()}


@pytest.fixture(scope="module")
def trained(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    def train(*overrides: str) -> Outcome:
        return trainer(plan_of(tmp_path_factory.mktemp("run"), SMALL, *DATA, *overrides, seeds=1).runs[0])

    return {
        "adam": train("optimizer=adam", "training.epochs=2"),
        "chain": train(CHAIN),
        "again": train(CHAIN),
        "sgd": train("optimizer=sgd", "training.epochs=3"),
        "in two": train("optimizer={name: chain, stages: [{optimizer: sgd, epochs: 1}, {optimizer: sgd, epochs: 2}]}"),
        "restarts": train("optimizer={name: restarts, optimizer: adam, count: 3}", "training.epochs=6"),
    }


def test_the_first_stage_of_a_chain_is_bit_identical_to_it_alone(trained: dict[str, Outcome]):
    assert curves(trained["chain"], 2) == trained["adam"].history
    assert trained["chain"].history["train_loss"][-1] < trained["adam"].history["train_loss"][-1]


def test_a_chain_counts_the_passes_of_all_stages(trained: dict[str, Outcome]):
    chain = trained["chain"]
    assert chain.history["epoch"] == [1, 2, 3, 4, 5]
    # Four updates an epoch, then passes.
    assert chain.history["update"] == [4, 8, 9, 10, 11]
    assert chain.images == 5 * 400
    assert chain.clock == sorted(chain.clock or [])
    assert chain.metrics is not None
    assert chain.metrics["train_loss"] == chain.history["train_loss"][-1]


def test_the_second_training_gives_the_same_numbers(trained: dict[str, Outcome]):
    assert trained["chain"].agrees_with(trained["again"])
    assert trained["chain"].answers == trained["again"].answers


def test_a_chain_of_one_optimizer_without_state_is_that_optimizer(trained: dict[str, Outcome]):
    # The order of the images goes on, and so do the updates.
    assert trained["in two"].history == trained["sgd"].history
    assert trained["in two"].metrics == trained["sgd"].metrics


def test_the_first_start_is_the_run_without_restarts_and_the_best_one_is_kept(trained: dict[str, Outcome]):
    restarts = trained["restarts"]
    assert curves(restarts, 2) == trained["adam"].history
    assert restarts.history["epoch"] == [1, 2, 3, 4, 5, 6]
    assert restarts.images == 6 * 400
    losses = restarts.history["train_loss"]
    assert losses[-1] == min(losses[1], losses[3], losses[5])
    assert restarts.metrics is not None
    assert restarts.metrics["train_loss"] == losses[-1]
    assert restarts.answers is not None
    assert restarts.answers["last"]["epoch"] == 6


def test_a_stage_has_a_batch_size_of_its_own_and_losses_are_recorded_through(trainer: Trainer, run_of: RunOf):
    stages = "[{optimizer: sgd, epochs: 1}, {optimizer: sgd, epochs: 1, batch_size: 100}]"
    run = run_of(*DATA, f"optimizer={{name: chain, stages: {stages}}}", "training.record_every=3")
    outcome = trainer(run)
    assert outcome.history["update"] == [4, 8]
    # Updates 3 and 6 of eight.
    assert len(outcome.losses or []) == 2


def test_a_rule_that_is_met_ends_the_whole_chain(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of(*DATA, CHAIN, "training.stop_at={metric: train_loss, value: 100}"))
    assert outcome.history["epoch"] == [1]


def test_a_divergence_ends_a_chain_where_it_is(trainer: Trainer, run_of: RunOf):
    stages = "[{optimizer: sgd, epochs: 1}, {optimizer: {name: sgd, learning_rate: 1e38}, epochs: 1}]"
    outcome = trainer(run_of(*DATA, f"optimizer={{name: chain, stages: {stages}}}"))
    assert outcome.diverged is not None
    assert outcome.diverged["epoch"] == 2
    assert outcome.diverged["step"] > 4
    assert outcome.history["epoch"] == [1]


def test_paths_of_a_chain_go_on_and_those_of_starts_are_told_apart(trainer: Trainer, tmp_path: Path):
    def path(optimizer: str) -> dict[str, list[float]]:
        text = "dataset: {name: test_function, function: himmelblau}\ntraining: {epochs: 8}\n"
        outcome = trainer(plan_of(tmp_path, f"{text}optimizer: {optimizer}\n", seeds=1).runs[0])
        assert outcome.trajectory is not None
        return outcome.trajectory

    stages = "[{optimizer: {name: sgd, learning_rate: 0.01}, epochs: 3}, {optimizer: lbfgs, epochs: 5}]"
    chain = path(f"{{name: chain, stages: {stages}}}")
    assert chain["epoch"][:5] == [0, 1, 2, 3, 4]
    # L-BFGS begins by evaluating the point that the stage before has reached.
    assert chain["x"][4] == chain["x"][3] != chain["x"][2]
    starts = path("{name: restarts, optimizer: lbfgs, count: 2}")
    assert set(starts["start"]) == {0, 1}
    assert starts["x"][0] != starts["x"][starts["start"].index(1)]
