import pytest

from tests.execution.cluster.processes import Cluster


@pytest.fixture
def cluster(tmp_path_factory):
    """A scheduler without workers."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()
