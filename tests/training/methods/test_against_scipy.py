"""Methods find the minimum that scipy finds of the same function, written down in NumPy, from the same start."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.optimize

from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.methods.method_loop import MethodLoop
from gdbench.training.methods.whole_function import WholeFunction
from gdbench.training.methods.whole_program import WholeProgram
from tests.training.programs import program_of

RunOf = Callable[..., Run]
# More images than a batch of the function, and not a multiple of it.
IMAGES, L2 = 600, 0.01
DATA = f"dataset={{train: {IMAGES}, test: 100}}"


class Softmax:
    """Softmax regression with a penalty on its kernel, in NumPy."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = images, labels

    def __call__(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        kernel, bias = weights[:-10].reshape(-1, 10), weights[-10:]
        outputs = self.images @ kernel + bias
        outputs -= outputs.max(axis=1, keepdims=True)
        shares = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        rows = np.arange(len(self.labels))
        loss = -np.log(shares[rows, self.labels]).mean() + L2 * (kernel**2).sum()
        shares[rows, self.labels] -= 1
        slope = self.images.T @ shares / len(rows) + 2 * L2 * kernel
        return float(loss), np.concatenate([slope.ravel(), shares.mean(axis=0)])


@pytest.fixture
def program(run_of: RunOf) -> Callable[[str], tuple[Run, WholeProgram]]:
    def make(optimizer: str) -> tuple[Run, WholeProgram]:
        run = run_of(
            *(DATA, "architecture=perceptron", f"optimizer={optimizer}", f"regularization={{l2: {L2}}}"),
            "training={epochs: 400, evaluate_every: 400}",
        )
        made = program_of(run)
        assert isinstance(made, WholeProgram)
        return run, made

    return make


def in_numpy(function: WholeFunction) -> Softmax:
    train = function.data.train
    return Softmax(train.images.numpy()[:IMAGES] / 255.0, train.labels.numpy()[:IMAGES])


_MINIMA: dict[bytes, float] = {}


def minimum(function: Softmax, start: np.ndarray) -> float:
    """Return the minimum that scipy finds from a start, which is the same for all methods."""
    if start.tobytes() not in _MINIMA:
        options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5000}
        found = scipy.optimize.minimize(function, start, jac=True, method="L-BFGS-B", options=options)
        _MINIMA[start.tobytes()] = float(found.fun)
    return _MINIMA[start.tobytes()]


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.usefixtures("floatx")
@pytest.mark.parametrize(
    "optimizer",
    [
        "{name: lbfgs, ftol: 1e-15, gtol: 1e-8}",
        "{name: conjugate_gradient, gtol: 1e-7}",
        "{name: newton_cg, xtol: 1e-10}",
        "{name: trust_ncg, gtol: 1e-8}",
    ],
)
def test_the_minimum_is_that_of_scipy(program, optimizer: str) -> None:
    run, made = program(optimizer)
    function = in_numpy(made.function)
    start = made.function.weights
    least = minimum(function, start)
    made.compile_function(settings_of(run).optimizer.method)
    outcome = MethodLoop(settings_of(run), made).outcome()
    mine, _ = function(made.function.weights)
    assert outcome.is_done
    assert function(start)[0] > least + 0.5
    assert mine == pytest.approx(least, abs=1e-6)


@pytest.mark.parametrize("floatx", ["float64"], indirect=True)
@pytest.mark.usefixtures("floatx")
def test_loss_gradient_and_product_are_those_of_numpy(program) -> None:
    _, made = program("newton_cg")
    for computed in ("loss", "gradient", "product"):
        made.function.compile(computed)
    function = in_numpy(made.function)
    rng = np.random.default_rng(0)
    weights, direction = (rng.normal(0, 0.1, 7850) for _ in range(2))
    loss, gradient = function(weights)
    assert made.function("loss", weights).total == pytest.approx(loss, rel=1e-12)
    assert made.function("loss", weights).derivative.size == 0
    found = made.function("gradient", weights)
    assert found.total == pytest.approx(loss, rel=1e-12)
    assert found.loss == pytest.approx(loss - L2 * (weights[:-10] ** 2).sum(), rel=1e-12)
    assert found.derivative == pytest.approx(gradient, abs=1e-12)
    step = 1e-5
    slope = (function(weights + step * direction)[1] - function(weights - step * direction)[1]) / (2 * step)
    assert made.function("product", weights, direction).derivative == pytest.approx(slope, abs=1e-6)
