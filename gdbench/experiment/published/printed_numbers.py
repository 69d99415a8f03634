"""Numbers as sources print them: fractions, percentages, mean +- standard deviation, or an outcome in words."""

import math
import re

from gdbench.experiment.experiment import PublishedValue

# A longer text is no number, and matching it would take time.
_MAX_LENGTH = 100
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
        return _finite(float(value))
    match = _PLAIN.fullmatch(_short(value))
    return _finite(_scaled(match[1], match[2])) if match else None


def published_value(value: object) -> PublishedValue | None:
    """Return a published figure; in `95.68 +- 0.29 %` the percent sign applies to both numbers."""
    plain = number(value)
    if plain is not None:
        return PublishedValue(plain)
    if isinstance(value, str) and value in OUTCOMES:
        return PublishedValue(value)
    match = _SPREAD.fullmatch(_short(value))
    if not match:
        return None
    mean, spread = _finite(_scaled(match[1], match[2] or match[4])), _finite(_scaled(match[3], match[4]))
    return None if mean is None or spread is None else PublishedValue(mean, spread)


def _short(value: object) -> str:
    """Return a text that may be a number, without the blanks around it; empty for anything else."""
    return value.strip() if isinstance(value, str) and len(value) <= _MAX_LENGTH else ""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _scaled(text: str, percent: str) -> float:
    # Twelve digits hide the rounding error of the division: 0.003 for 0.3 %.
    return float(f"{float(text) / 100:.12g}") if percent else float(text)
