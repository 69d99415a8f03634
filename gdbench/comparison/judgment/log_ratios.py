"""Ratios as differences of logarithms, for figures that are compared with those of the first row."""

import math

from gdbench.comparison.measurement import Sample

# math.exp overflows soon above it.
MAX_EXPONENT = 700


def factor(log: float | None) -> float | None:
    """Return the factor of a logarithm, infinite where it is too large for a float; None without one."""
    return None if log is None else math.exp(log) if log < MAX_EXPONENT else math.inf


def log_ratios(sample: Sample, base: Sample) -> Sample:
    """Return the logarithm of the ratio of two rows, seed by seed."""
    return tuple(log_ratio(number, below) for number, below in zip(sample, base, strict=True))


def log_ratio(number: float | None, below: float | None) -> float | None:
    """Return the logarithm of a ratio; None where it has none."""
    # A time of zero, a missed target or a missing run has no ratio.
    ratio = number / below if number and below and math.isfinite(number) and math.isfinite(below) else 0.0
    return math.log(ratio) if 0 < ratio < math.inf else None
