"""What a run is doing, told by the code that does it, so that another process can show the progress of the sweep."""

import time
from collections.abc import Callable
from dataclasses import dataclass

LOADING, COMPILING, TRAINING = "loading data", "compiling", "training"
# A message for every evaluation of a small network would take longer than the network itself.
_INTERVAL = 0.25


@dataclass(frozen=True, slots=True)
class Stage:
    """What a run is doing, in a few words."""

    text: str


@dataclass(slots=True)
class _Listener:
    """The function that hears of stages, and when it was last told of one."""

    hear: Callable[[Stage], None] | None = None
    told: float = 0.0


_listener = _Listener()


def listen(hear: Callable[[Stage], None] | None) -> None:
    """Call `hear` with each stage of this process from now on; None stops it."""
    _listener.hear = hear


def tell_stage(text: str, *, often: bool = False) -> None:
    """Say what the run of this process is doing; what happens `often` is left out soon after another stage."""
    now = time.monotonic()
    if _listener.hear is None or (often and now - _listener.told < _INTERVAL):
        return
    _listener.told = now
    _listener.hear(Stage(text))
