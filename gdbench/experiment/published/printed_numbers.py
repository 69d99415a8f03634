"""Numbers as sources print them: fractions, percentages, mean +- standard deviation, outcomes in words."""

import math
import re
from typing import Any

from gdbench.experiment.published.published import PublishedValue

_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(%?)"
_PLAIN = re.compile(_NUMBER)
_SPREAD = re.compile(rf"{_NUMBER}\s*(?:\+-|±)\s*{_NUMBER}")
OUTCOMES = ("collapsed", "diverged")


def number(value: Any) -> float | None:
    """Return a finite number, or a percentage over 100; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    found = _PLAIN.fullmatch(value.strip()) if isinstance(value, str) else None
    return _scaled(found[1], found[2]) if found else None


def published_value(value: Any) -> PublishedValue | None:
    """Return a published figure; in `95.68 +- 0.29 %` the sign counts for both numbers."""
    plain = number(value)
    if plain is not None:
        return PublishedValue(plain)
    if not isinstance(value, str):
        return None
    if value in OUTCOMES:
        return PublishedValue(value)
    found = _SPREAD.fullmatch(value.strip())
    if not found:
        return None
    return PublishedValue(_scaled(found[1], found[2] or found[4]), _scaled(found[3], found[4]))


def _scaled(text: str, percent: str) -> float:
    # Twelve digits hide what dividing by 100 leaves behind: 0.003 for 0.3 %.
    return float(f"{float(text) / 100:.12g}") if percent else float(text)
