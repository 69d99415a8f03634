"""Unquoted scalars under YAML 1.2's core schema."""

import math
import re
import sys

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
# Larger ones count as floats, so that no arithmetic on them overflows: 128 bits, as NumPy's own seeds have.
MAX_INTEGER = 2**128
MAX_DIGITS = len(str(MAX_INTEGER))
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **{
        spelling: value
        for word, value in (("null", None), ("true", True), ("false", False))
        for spelling in (word, word.capitalize(), word.upper())
    },
}


def scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar under the core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        # Python spells the special values without the dot, in any case.
        return float(re.sub(r"\.(inf|nan)", r"\1", text.lower()))
    return text


def _integer(text: str) -> int | float:
    digits = text.lstrip("+-0") or "0"
    if text[:2] in ("0o", "0x"):
        integer = int(text, 0)
    # Python refuses decimals of thousands of digits; as a float they have the same value, or are infinite.
    elif len(digits) > MAX_DIGITS:
        return float(text)
    else:
        integer = -int(digits) if text.startswith("-") else int(digits)
    if abs(integer) < MAX_INTEGER:
        return integer
    return float(integer) if integer.bit_length() < sys.float_info.max_exp else math.inf
