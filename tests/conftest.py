"""What tests of several folders need."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-pairs",
        action="store_true",
        help="hold every optimizer on every architecture under every regularisation to model.fit; minutes of training",
    )


@pytest.fixture(scope="session")
def trainer():
    """The one Trainer of a test process: TensorFlow's threads can be set only before it first runs something."""
    from gdbench.training.trainer import Trainer

    return Trainer(1)
