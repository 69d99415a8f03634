"""What every optimizer owes to a run, and what is evaluated where the method averages its weights."""

from collections.abc import Callable

import numpy as np
import pytest

from gdbench.catalog.optimizers import STEPS
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.program import Program
from gdbench.training.splits import Split
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.training.programs import program_of, weights_of

RunOf = Callable[..., Run]

# Eight whole batches: no second function for a smaller one is compiled.
WHOLE = "training.batch_size=125"

# Eight updates of every optimizer tell at one of these.
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


def numbers(program: Program, run: Run) -> tuple[list[float], float, list[bytes]]:
    """Train an epoch: the loss of each update, the loss of the test images after it, and the whole state."""
    program.start(settings_of(run))
    rates = np.full(8, run.optimizer["learning_rate"], np.float32)
    losses = program.train(permutation(run.seed, 0, 1000), 0, 8, 0, rates).losses
    return (
        losses.tolist(),
        program.evaluate(program.data.test).loss,
        [value.numpy().tobytes() for value in program.state()],
    )


@pytest.mark.parametrize("name", STEPS)
def test_an_epoch_lowers_the_loss_and_depends_on_the_run_alone(run_of: RunOf, name: str):
    def run(rate: float, weight_decay: float = 0.01, seed: int = 0) -> Run:
        optimizer = f"optimizer={{name: {name}, learning_rate: {rate}, weight_decay: {weight_decay}}}"
        return run_of(optimizer, WHOLE, seed=seed)

    program = program_of(run(RATES[0]))
    before = program.evaluate(program.data.test).loss
    losses = {rate: numbers(program, run(rate))[1] for rate in RATES}
    best = min(RATES, key=lambda rate: (not np.isfinite(losses[rate]), losses[rate]))
    assert losses[best] < 0.97 * before
    first = numbers(program, run(best))
    assert first[1] == losses[best]
    others = [run(best / 2), run(best, weight_decay=0.1), run(best, seed=1)]
    assert len({program_key(each) for each in (run(best), *others)}) == 1
    for other in others:
        assert numbers(program, other) != first
    assert numbers(program, run(best)) == first


def test_adam_weight_decay_of_muon_is_fed_and_acts_on_biases_alone(run_of: RunOf):
    optimizer = "optimizer={name: muon, weight_decay: off, adam_weight_decay: %s}"
    biased = "architecture.bias_initializer={name: constant, value: 0.5}"
    weak, strong = (run_of(optimizer % decay, biased, WHOLE) for decay in (0.25, 0.5))
    program = program_of(weak)
    weights = []
    for run in (weak, strong):
        program.start(settings_of(run))
        program.train(permutation(0, 0, 1000), 0, 1, 0, np.full(1, 0.5, np.float32))
        weights.append(weights_of(program.model))
    for variable in weights[0]:
        decay = 0.5 * 0.25 * 0.5 if variable.endswith("bias") else 0
        np.testing.assert_allclose(weights[0][variable] - weights[1][variable], decay, atol=1e-6, err_msg=variable)


@pytest.mark.parametrize("key", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_gradients_are_clipped_before_the_step(run_of: RunOf, key: str):
    """At a rate of 1 a step of SGD is the gradient."""
    steps = []
    for value in ("off", 0.01):
        program = program_of(run_of(f"optimizer={{name: sgd, {key}: {value}}}", "training.compile=eager"))
        before = weights_of(program.model)
        program.train(permutation(0, 0, 1000), 0, 1, 0, np.ones(1, np.float32))
        steps.append({name: value - before[name] for name, value in weights_of(program.model).items()})
    free, clipped = steps
    whole = np.sqrt(sum((step**2).sum() for step in free.values()))
    for name, step in free.items():
        expected = {
            "clipnorm": step * 0.01 / np.linalg.norm(step),
            "clipvalue": step.clip(-0.01, 0.01),
            "global_clipnorm": step * 0.01 / whole,
        }
        np.testing.assert_allclose(clipped[name], expected[key], atol=1e-6, err_msg=name)


EMA = "optimizer={name: sgd, learning_rate: 0.5, momentum: 0.5, use_ema: true, ema_momentum: 0.75}"


def loss_of(weights: dict[str, np.ndarray], test: Split) -> float:
    """The mean loss over test images, as numpy computes it."""
    images, labels = test.images.numpy() / 255.0, test.labels.numpy()
    hidden = np.maximum(images @ weights["hidden_1/kernel"] + weights["hidden_1/bias"], 0)
    outputs = hidden @ weights["output/kernel"] + weights["output/bias"]
    return float((np.log(np.exp(outputs).sum(axis=1)) - outputs[np.arange(test.count), labels]).mean())


def test_a_running_mean_of_the_weights_is_what_is_evaluated(run_of: RunOf):
    run = run_of(EMA, WHOLE)
    program, order = program_of(run), permutation(0, 0, 1000)
    average: dict[str, np.ndarray] = {}
    for update in range(8):
        program.train(order, update, update + 1, update, np.full(1, 0.5, np.float32))
        weights = weights_of(program.model)
        average = {name: 0.75 * average.get(name, value) + 0.25 * value for name, value in weights.items()}
        assert program.evaluate(program.data.test).loss == pytest.approx(loss_of(average, program.data.test), rel=1e-5)
    assert loss_of(average, program.data.test) != pytest.approx(loss_of(weights, program.data.test), rel=1e-2)


@pytest.mark.parametrize("beta_1", [0.9, 0.5])
def test_schedule_free_is_evaluated_at_the_mean_of_its_iterates(run_of: RunOf, beta_1: float):
    """Where Keras keeps that mean: not in the weights of training once it reads an iterate before its step.

    What is evaluated must then be (weights - (1 - beta_1) * iterate) / beta_1.
    """
    run = run_of(f"optimizer={{name: schedule_free_adamw, learning_rate: 0.03, beta_1: {beta_1}}}", WHOLE)
    program, order = program_of(run), permutation(0, 0, 1000)
    iterates = []
    for update in range(8):
        program.train(order, update, update + 1, update, np.full(1, 0.03, np.float32))
        slots = {variable.path.rpartition("/")[2]: variable.numpy() for variable in program.optimizer.keras.variables}
        iterates.append([value for name, value in slots.items() if name.endswith("_momentum")])
        means = [np.mean(values, axis=0) for values in zip(*iterates, strict=True)]
        averaged = dict(zip(weights_of(program.model), means, strict=True))
        assert program.evaluate(program.data.test).loss == pytest.approx(loss_of(averaged, program.data.test), rel=1e-5)
    last = dict(zip(averaged, iterates[-1], strict=True))
    assert loss_of(averaged, program.data.test) != pytest.approx(loss_of(last, program.data.test), rel=1e-2)


@pytest.mark.parametrize(
    "optimizer", [EMA, f"{EMA[:-1]}, ema_overwrite_frequency: 3}}"], ids=["average", "overwritten"]
)
def test_evaluating_an_average_changes_nothing_in_training(trainer: Trainer, run_of: RunOf, optimizer: str):
    seldom, often = (
        trainer(run_of(optimizer, WHOLE, f"training={{epochs: 2, record_every: 1, evaluate_every: {every}}}"))
        for every in (2, 0.125)
    )
    assert often.history["update"] == list(range(1, 17))
    assert (often.losses, often.metrics) == (seldom.losses, seldom.metrics)


def test_weights_become_their_running_mean_every_so_many_updates(run_of: RunOf):
    run = run_of(f"{EMA[:-1]}, ema_overwrite_frequency: 3}}", WHOLE)
    program, order = program_of(run), permutation(0, 0, 1000)
    overwritten = []
    for update in range(6):
        program.train(order, update, update + 1, update, np.full(1, 0.5, np.float32))
        trained = weights_of(program.model)
        with program.optimizer.evaluated():
            averaged = weights_of(program.model)
        overwritten.append(all(np.array_equal(trained[name], averaged[name]) for name in trained))
    # After the first update the running mean is the weights themselves.
    assert overwritten == [True, False, True, False, False, True]
