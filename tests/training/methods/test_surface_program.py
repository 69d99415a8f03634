"""Runs on functions of two weights: by steps as in NumPy, by methods as in scipy, with the path kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize

from gdbench.catalog.datasets.surfaces import SURFACES
from gdbench.records import Run
from gdbench.training import trajectory
from gdbench.training.trainer import Trainer
from tests.configs import plan_of

START = [-1.2, 1.0]
RunOf = Callable[..., Run]


@pytest.fixture
def on(tmp_path: Path) -> RunOf:
    """Makes the run of an optimizer on Rosenbrock's function, or another."""

    def make(optimizer: str, *overrides: str, function: str = "rosenbrock", seed: int = 0) -> Run:
        text = f"dataset: {{name: test_function, function: {function}}}\noptimizer: {optimizer}\n"
        return plan_of(tmp_path, text, *overrides, seeds=seed + 1).runs[seed]

    return make


def slope(x: float, y: float) -> np.ndarray:
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


def test_steps_go_down_the_gradient_and_the_path_is_kept(trainer: Trainer, on: RunOf):
    outcome = trainer(on("{name: sgd, learning_rate: 0.001}", f"dataset.start={START}", "training.epochs=3"))
    points = [np.array(START)]
    for _ in range(3):
        points.append(points[-1] - 0.001 * slope(*points[-1]))
    assert outcome.trajectory is not None
    assert outcome.trajectory["epoch"] == [0, 1, 2, 3]
    assert np.transpose([outcome.trajectory["x"], outcome.trajectory["y"]]) == pytest.approx(np.array(points), rel=1e-5)
    # After each update, not before it.
    values = [SURFACES["rosenbrock"].value(*point, np.cos) for point in points[1:]]
    assert outcome.history["train_loss"] == pytest.approx(values, rel=1e-4)
    assert outcome.history.keys() == {"epoch", "update", "train_loss"}
    assert outcome.metrics == {"train_loss": outcome.history["train_loss"][-1]}
    assert outcome.images is None


def test_the_seed_chooses_the_start_and_the_numbers_come_out_again(trainer: Trainer, on: RunOf):
    zero, one, again = (trainer(on("adam", "training.epochs=2", seed=seed)) for seed in (0, 1, 0))
    assert zero.trajectory is not None
    assert one.trajectory is not None
    assert (zero.history, zero.trajectory) == (again.history, again.trajectory)
    assert zero.trajectory["x"][0] != one.trajectory["x"][0]
    assert -2 <= zero.trajectory["x"][0] <= 2


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.usefixtures("floatx")
@pytest.mark.parametrize(("name", "method"), [("lbfgs", "L-BFGS-B"), ("newton_cg", "Newton-CG")])
def test_the_minimum_is_that_of_scipy(trainer: Trainer, on: RunOf, name: str, method: str):
    def value(point: np.ndarray) -> float:
        return float(SURFACES["rosenbrock"].value(*point, np.cos))

    theirs = scipy.optimize.minimize(value, START, jac=lambda point: slope(*point), method=method)
    precision = {"lbfgs": "ftol: 1e-12, gtol: 1e-8", "newton_cg": "xtol: 1e-9"}[name]
    optimizer = f"{{name: {name}, {precision}}}"
    outcome = trainer(on(optimizer, f"dataset.start={START}", "training={epochs: 2000, evaluate_every: 50}"))
    assert outcome.metrics is not None
    assert outcome.trajectory is not None
    assert theirs.fun == pytest.approx(0, abs=1e-6)
    assert outcome.metrics["train_loss"] == pytest.approx(theirs.fun, abs=1e-6)
    assert [outcome.trajectory[axis][-1] for axis in "xy"] == pytest.approx(theirs.x, abs=1e-3)


def test_a_method_without_gradients_keeps_the_best_point(trainer: Trainer, on: RunOf):
    outcome = trainer(on("{name: cma_es, spread: 0.5}", "training.epochs=60", function="himmelblau"))
    losses = outcome.history["train_loss"]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0]


def test_a_long_path_is_thinned_with_its_ends(trainer: Trainer, on: RunOf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trajectory, "MOST_POINTS", 10)
    outcome = trainer(on("sgd", f"dataset.start={START}", "optimizer.learning_rate=1e-4", "training.epochs=40"))
    assert outcome.trajectory is not None
    assert outcome.trajectory["epoch"] == [0, 5, 10, 15, 20, 25, 30, 35, 40]
    assert len(outcome.history["epoch"]) == 40


def test_a_run_that_leaves_for_infinity_diverges(trainer: Trainer, on: RunOf):
    outcome = trainer(on("{name: sgd, learning_rate: 1}", f"dataset.start={START}", "training.epochs=30"))
    assert outcome.diverged is not None
    assert outcome.diverged["epoch"] == outcome.diverged["step"] == len(outcome.history["epoch"]) + 1
    assert outcome.trajectory is not None
    assert len(outcome.trajectory["x"]) == outcome.diverged["step"]


def test_what_is_averaged_is_evaluated(trainer: Trainer, on: RunOf):
    rate = "optimizer.learning_rate=0.0005"
    plain, averaged = (
        trainer(on("sgd", rate, f"optimizer.use_ema={ema}", f"dataset.start={START}", "training.epochs=5"))
        for ema in ("false", "true")
    )
    assert plain.history["train_loss"][-1] < averaged.history["train_loss"][-1]


def test_a_rule_on_the_value_ends_the_run(trainer: Trainer, on: RunOf):
    rule = "training={epochs: 500, stop_at: {metric: train_loss, value: 0.001}}"
    losses = trainer(on("lbfgs", rule, function="himmelblau")).history["train_loss"]
    assert losses[-1] <= 0.001 < losses[-2]
