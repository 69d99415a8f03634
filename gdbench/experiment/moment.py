"""When a metric is read from a run: after an epoch, at its best, or within a number of seconds of training."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gdbench.text import plain_number

_FRACTION = re.compile(r"(\d{1,9})\.\d{1,6}")
SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?s")


@dataclass(frozen=True, slots=True)
class Seconds:
    """The last evaluation within a number of seconds of training."""

    seconds: float

    def __str__(self) -> str:
        """Return `2s`, as it is asked for."""
        return f"{plain_number(self.seconds)}s"


At = int | Literal["last", "best_val", "max"] | Seconds
"""After an epoch, at the end, where validation or the metric itself is best, or within a time."""

# The moments that have names.
MOMENTS: Mapping[str, At] = {"last": "last", "best_val": "best_val", "max": "max"}
_WORDS = {"last": "last epoch", "best_val": "best val_accuracy", "max": "best epoch"}


def read_seconds(text: str) -> Seconds | None:
    """Read a time above 0 such as `2 s` or `0.5s`; None if the text is anything else."""
    found = SECONDS.fullmatch(text)
    return Seconds(float(found[1])) if found and float(found[1]) > 0 else None


def moment_key(at: At) -> int | str:
    """Return a moment for programs: the number of an epoch, or the text that asks for the moment."""
    return at if isinstance(at, int) else str(at)


def moment_text(at: At) -> str:
    """Return a moment in a few words: `epoch 3`, `2 s`, `last epoch`."""
    if isinstance(at, Seconds):
        return f"{plain_number(at.seconds)} s"
    return f"epoch {at}" if isinstance(at, int) else _WORDS[at]


def whole_epochs_hint(text: str) -> str:
    """Return `; epochs are whole numbers, here 3 or 4` for `3.5`, nothing for what is no such number."""
    found = _FRACTION.fullmatch(text)
    if not found:
        return ""
    before = int(found[1])
    near = [epoch for epoch in dict.fromkeys((before, math.ceil(float(text)))) if epoch]
    return f"; epochs are whole numbers, here {' or '.join(map(str, near))}"
