"""What a source prints: the figures and claims of one of its tables."""

from dataclasses import dataclass
from typing import Literal

At = int | Literal["last", "best_val", "max"]


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """A figure that a source prints: a number in the metric's unit (fractions for percent), or an outcome in words.

    `spread` is the standard deviation over the source's runs, where it gives one.
    """

    value: float | str
    spread: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source that a measurement can show or refute.

    `kind` is greater, less, equal, best, order, rising, falling, spread or opposed. `rows` are grid rows as
    `outer/inner` labels; for `best` on two axes, `best_of` maps a label of the one to the best label of the other.
    `bound` is the largest spread, in the metric's unit; `metrics` are the two opposed metrics.
    """

    kind: str
    text: str
    metric: str
    at: At
    rows: tuple[str, ...] = ()
    best_of: tuple[tuple[str, str], ...] = ()
    bound: float | None = None
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """One table of a source: its values by point labels, one value for each epoch of `at`."""

    source: str
    metric: str
    at: tuple[At, ...]
    runs: int
    compare: Literal["value", "ratio", "order"]
    tolerance: float | None
    values: tuple[tuple[tuple[str, ...], tuple[PublishedValue, ...]], ...]
    words: tuple[str, ...]
    assumed: tuple[str, ...]
    claims: tuple[Claim, ...]
