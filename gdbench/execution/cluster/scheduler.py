"""The way to a Dask scheduler: at an address, or with workers of its own on this machine."""

import ipaddress
import logging
import re
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from gdbench.errors import RequestError, SweepError
from gdbench.execution.local.start import without_current_folder_and_main

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

CONNECT_SECONDS = 10.0
FORGET_SECONDS = 2.0
# What the scheduler may keep of events that were heard. A run that keeps its model reports it with its outcome.
MOST_HEARD_BYTES = 64_000_000
_ADDRESS = re.compile(r"(?P<protocol>tcp|tls|ws|wss|ucx)://(?P<host>\[[^\]]+\]|[^:/]+):\d+")
_LOCAL = re.compile(r"local:(?P<count>[1-9]\d*)")
_SILENT = logging.CRITICAL + 1
_ENCRYPTED = ("tls", "wss")
# What a closed connection, or a certificate that is wrong or missing, raises.
_FAILURES = (OSError, ValueError, TypeError, RuntimeError)


def check_address(text: str) -> str:
    """Return the value of --cluster.

    Raises:
        RequestError: it is no address of a scheduler, or what would connect to one is not installed.
    """
    if not (_ADDRESS.fullmatch(text) or _LOCAL.fullmatch(text)):
        rule = "the address of a Dask scheduler, such as tcp://host:8786, or local:N for N workers here"
        raise RequestError(f"--cluster: expected {rule}; got '{text}'")
    try:
        import distributed  # noqa: F401
    except ImportError:
        rule = "expected the package distributed; got none: pip install 'gdbench[cluster]'"
        raise RequestError(f"--cluster: {rule}") from None
    return text


def is_open_to_others(address: str) -> bool:
    """Whether a scheduler is reached without encryption, and from outside of this machine."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None or parts["protocol"] in _ENCRYPTED:
        return False
    host = parts["host"].strip("[]")
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


class Scheduler:
    """A connection to a scheduler, with the cluster behind it if that was started here."""

    def __init__(self, address: str, say: Callable[[str], None]) -> None:
        """Connect, and say so where others could listen.

        Raises:
            SweepError: nothing answers.
        """
        _silence()
        local = _LOCAL.fullmatch(address)
        self.address = address
        # Workers report on this topic, to which this sweep alone listens.
        self.topic = f"gdbench-{uuid4().hex}"
        self._heard_bytes = 0
        self._cluster = _local_cluster(int(local["count"])) if local else None
        if is_open_to_others(address):
            advice = "whoever reaches it can run code in your name; use tls:// outside of a network that you trust"
            say(f"{address} is not encrypted: {advice}")
        try:
            self.client = _client(address if self._cluster is None else self._cluster.scheduler_address)
        except _FAILURES as error:
            self._close_cluster()
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise SweepError(f"{address}: expected a Dask scheduler; got no connection: {reason}") from None

    @property
    def is_connected(self) -> bool:
        """Whether the scheduler is there; what it was told before a break is lost."""
        return bool(self.client.status == "running")

    def slots(self) -> dict[str, int]:
        """Return how many runs each worker can train at a time.

        Raises:
            OSError: the scheduler is gone.
        """
        return dict(self.client.nthreads())

    def heard(self, size: int) -> None:
        """Count the bytes of a report that has arrived, and now and then have the scheduler drop all that did."""
        self._heard_bytes += size
        if self._heard_bytes > MOST_HEARD_BYTES:
            self._forget()

    def _forget(self) -> None:
        """Have the scheduler drop the reports that it has passed on, since it keeps a thousand of them for good."""
        self._heard_bytes = 0
        if not self.is_connected:
            return

        topic = self.topic

        def forget_events(dask_scheduler: Any) -> None:
            dask_scheduler._broker.truncate(topic)

        def ask() -> None:
            # A scheduler may be set up to run no functions, and then keeps them.
            with suppress(Exception):
                self.client.run_on_scheduler(forget_events)

        # By itself, since a scheduler that hangs would never answer.
        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(FORGET_SECONDS)

    def close(self) -> None:
        """Leave the scheduler, which releases all tasks; end what was started here."""
        self._forget()
        with suppress(*_FAILURES):
            self.client.close(timeout=2)
        self._close_cluster()

    def _close_cluster(self) -> None:
        if self._cluster is not None:
            with suppress(*_FAILURES):
                self._cluster.close(timeout=5)


def _silence() -> None:
    """Keep the logs of the library off the screen: what matters of them is said by the sweep, on one line."""
    import distributed  # noqa: F401  # which sets the levels of its loggers

    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(_SILENT)


def _client(address: str) -> "Client":
    from distributed import Client

    with warnings.catch_warnings():
        # Of other versions than those that matter, which each task compares.
        warnings.simplefilter("ignore")
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="gdbench")


def _local_cluster(count: int) -> "LocalCluster":
    from distributed import LocalCluster

    try:
        with without_current_folder_and_main(), _deaf_to_ctrl_c(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # One run at a time each; what trains is another process, whose memory the sweep looks after.
            return LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address=None,
                silence_logs=_SILENT,
            )
    except _FAILURES as error:
        raise SweepError(f"local:{count}: the workers cannot start: {error}") from None


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Have the processes that are started meanwhile ignore Ctrl-C, which is for the sweep to decide on."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:
        # Only the main thread can.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
