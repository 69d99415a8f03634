"""What tests of several folders need."""

import pytest


@pytest.fixture(scope="session")
def trainer():
    """The one Trainer of a test process: TensorFlow's threads can be set only before it first runs something."""
    from gdbench.training.trainer import Trainer

    return Trainer(1)
