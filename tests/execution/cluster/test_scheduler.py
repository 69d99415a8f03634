import pytest

from gdbench.errors import RequestError, SweepError
from gdbench.execution.cluster.scheduler import Scheduler, check_address, is_open_to_others


@pytest.mark.parametrize("address", ["tcp://node-1:8786", "tls://[2001:db8::1]:8786", "local:4", "wss://host:443"])
def test_addresses_as_dask_writes_them_are_taken(address):
    assert check_address(address) == address


@pytest.mark.parametrize("address", ["", "local", "local:0", "host:8786", "tcp://host", "http://host:8786", "tcp://:1"])
def test_anything_else_is_refused(address):
    with pytest.raises(RequestError) as caught:
        check_address(address)
    rule = "the address of a Dask scheduler, such as tcp://host:8786, or local:N for N workers here"
    assert str(caught.value) == f"--cluster: expected {rule}; got '{address}'"


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("tcp://10.0.0.7:8786", True),
        ("tcp://node-1:8786", True),
        ("ws://[2001:db8::1]:80", True),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://localhost:8786", False),
        ("tls://node-1:8786", False),
        ("local:2", False),
    ],
)
def test_a_scheduler_that_others_could_reach_without_encryption_is_known(address, is_open):
    assert is_open_to_others(address) is is_open


def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch):
    monkeypatch.setattr("gdbench.execution.cluster.scheduler.CONNECT_SECONDS", 0.5)
    with pytest.raises(SweepError) as caught:
        Scheduler("tcp://127.0.0.1:1", lambda _text: None)
    assert str(caught.value).startswith("tcp://127.0.0.1:1: expected a Dask scheduler; got no connection: Timed out")
    assert "\n" not in str(caught.value)
