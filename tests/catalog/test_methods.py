"""What every method does with its objective: begin at the start, and let go of it once it ends the run."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from gdbench.catalog.optimizers import METHODS, OPTIMIZERS
from tests.configs import plan_of


class Bowl:
    """A bowl with its minimum at 0, which raises in place of its last pass."""

    def __init__(self, passes: int, ending: type[BaseException]) -> None:
        self.start = np.linspace(0.1, 1.0, 6)
        self.seen: list[np.ndarray] = []
        self.passes, self.ending = passes, ending

    def loss(self, weights: np.ndarray) -> float:
        self.seen.append(np.array(weights))
        if len(self.seen) == self.passes:
            raise self.ending
        return float((weights**4).sum())

    def loss_and_gradient(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        return self.loss(weights), 4 * weights**3

    def product(self, weights: np.ndarray, direction: np.ndarray) -> np.ndarray:
        self.loss(weights)
        return 12 * weights**2 * direction


@pytest.fixture
def minimize(tmp_path) -> Callable[[str, Bowl], None]:
    def run(name: str, bowl: Bowl) -> None:
        method = OPTIMIZERS.build(plan_of(tmp_path, f"optimizer: {name}\n", seeds=1).runs[0].optimizer)
        method.minimize(bowl, np.random.default_rng(0))

    return run


# Ctrl-C, and what the objective raises once the passes are spent.
@pytest.mark.parametrize("ending", [KeyboardInterrupt, ArithmeticError])
@pytest.mark.parametrize("passes", [1, 7])
@pytest.mark.parametrize("name", METHODS)
def test_what_the_objective_raises_ends_the_method(minimize, name: str, passes: int, ending: type[BaseException]):
    bowl = Bowl(passes, ending)
    with pytest.raises(ending):
        minimize(name, bowl)
    assert len(bowl.seen) == passes
    # Also of a population the initial weights come first.
    assert bowl.seen[0] == pytest.approx(bowl.start)


@pytest.mark.parametrize("name", [name for name, entry in METHODS.items() if not entry.follows_gradients])
def test_methods_without_gradients_find_a_minimum_that_guessing_does_not(minimize, name: str):
    given = {"simulated_annealing": "{name: simulated_annealing, initial_temp: 0.02}"}
    best = {}
    for tried in (name, "random_search"):
        bowl = Bowl(2000, ArithmeticError)
        # One that has converged returns.
        with suppress(ArithmeticError):
            minimize(given.get(tried, tried), bowl)
        best[tried] = min((weights**4).sum() for weights in bowl.seen)
    assert best[name] <= best["random_search"] * (1 if name == "random_search" else 0.1)
