import pytest

from gdbench.execution import pool


@pytest.fixture(autouse=True, scope="session")
def _no_keras_in_the_workers():
    """The fakes need none; the server that forks the workers is started once in a test process."""
    pool.PRELOADED = ()
