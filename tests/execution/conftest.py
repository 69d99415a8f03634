import pytest

from gdbench.execution.local import preloading


@pytest.fixture(autouse=True, scope="session")
def _no_keras_in_the_workers():
    """The fakes need none; the server that forks the workers is started once in a test process."""
    preloading.PRELOADED = ()
