"""Short runs on slices of MNIST, all trained by one Trainer, since TensorFlow's threads are set once a process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import pytest

from gdbench.records import Run
from gdbench.training.trainer import Trainer
from tests.configs import plan_of

# Eight updates an epoch, the last one on 104 images; in graph mode, which compiles in a quarter of XLA's time.
SMALL = """\
dataset: {train: 1000, test: 500}
architecture: {name: mlp, hidden: [16]}
training: {batch_size: 128, compile: graph}
"""


@pytest.fixture(scope="session", autouse=True)
def threads(trainer: Trainer) -> None:
    """Every test here runs TensorFlow, so the Trainer is made before it."""


@pytest.fixture
def floatx(request: pytest.FixtureRequest) -> Iterator[None]:
    """Trains in the floating type that it is parametrized with."""
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.fixture
def run_of(tmp_path: Path) -> Callable[..., Run]:
    """Makes the run of a small configuration with `path=value` overrides."""

    def make(*overrides: str, seed: int = 0) -> Run:
        return plan_of(tmp_path, SMALL, *overrides, seeds=seed + 1).runs[seed]

    return make
