"""Numbers as sources print them: fractions, percentages, mean +- standard deviation, or an outcome in words."""

import math
import re

from gdbench.experiment.experiment import PublishedValue

_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(%?)"
_PLAIN = re.compile(_NUMBER)
_SPREAD = re.compile(rf"{_NUMBER}\s*(?:\+-|±)\s*{_NUMBER}")
OUTCOMES = ("collapsed", "diverged")


def number(value: object) -> float | None:
    """Return a finite number, or a percentage over 100; None for anything else."""
    # To Python, true is an integer.
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    match = _PLAIN.fullmatch(value.strip()) if isinstance(value, str) else None
    return _scaled(match[1], match[2]) if match else None


def published_value(value: object) -> PublishedValue | None:
    """Return a published figure; in `95.68 +- 0.29 %` the percent sign applies to both numbers."""
    plain = number(value)
    if plain is not None:
        return PublishedValue(plain)
    if not isinstance(value, str):
        return None
    if value in OUTCOMES:
        return PublishedValue(value)
    match = _SPREAD.fullmatch(value.strip())
    if not match:
        return None
    return PublishedValue(_scaled(match[1], match[2] or match[4]), _scaled(match[3], match[4]))


def _scaled(text: str, percent: str) -> float:
    # Twelve digits hide the rounding error of the division: 0.003 for 0.3 %.
    return float(f"{float(text) / 100:.12g}") if percent else float(text)
