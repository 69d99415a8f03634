"""Ranges: {from, to, step} or {from, to, per_decade} in the place of an axis's list of numbers."""

import math
from collections.abc import Iterator, Mapping

from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

MAX_VALUES = 100_000
_KEYS = ("from", "to", "per_decade", "step")


def parse_range(key: Node, node: Node, mistakes: Mistakes) -> Iterator[Node]:
    """Yield the values of a range, each with the place of the whole range; `key` is the axis."""
    bounds: dict[str, int | float] = {}
    for name, name_key, child in node.items():
        number = child.value
        if name not in _KEYS:
            mistakes.unknown_key(name_key.place, f"{key.text}.{name}", name, "a range", _KEYS)
            return
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            mistakes.add(child.place, f"{key.text}.{name}", "a number", child.data())
            return
        bounds[name] = number
    if not {"from", "to"} <= bounds.keys() or ("per_decade" in bounds) == ("step" in bounds):
        mistakes.add(node.place, key.text, "a range of from, to and either per_decade or step", node.data())
    elif "step" in bounds:
        yield from _linear(key, node, bounds, mistakes)
    else:
        yield from _logarithmic(key, node, bounds, mistakes)


def _linear(key: Node, node: Node, bounds: Mapping[str, int | float], mistakes: Mistakes) -> Iterator[Node]:
    first, last, step = bounds["from"], bounds["to"], bounds["step"]
    if step <= 0 or last < first:
        mistakes.add(node.place, key.text, "from <= to, and a step above 0", node.data())
        return
    if (last - first) / step > MAX_VALUES:
        mistakes.add(node.place, key.text, f"a range of at most {MAX_VALUES:,} values", node.data())
        return
    # The factor keeps the upper end where rounding puts the quotient just below a whole number.
    for index in range(math.floor((last - first) / step * (1 + 1e-9)) + 1):
        value = first + index * step
        # Twelve digits hide the rounding errors of binary fractions: 0.3, not 0.30000000000000004.
        yield _number(value if isinstance(value, int) else float(f"{value:.12g}"), node)


def _logarithmic(key: Node, node: Node, bounds: Mapping[str, int | float], mistakes: Mistakes) -> Iterator[Node]:
    first, last, per_decade = bounds["from"], bounds["to"], bounds["per_decade"]
    if first <= 0 or last < first or not isinstance(per_decade, int) or not 1 <= per_decade <= 100:
        expected = "0 < from <= to, and a per_decade from 1 to 100"
        mistakes.add(node.place, key.text, expected, node.data())
        return
    are_integers = isinstance(first, int) and isinstance(last, int)
    for index in range(math.floor((math.log10(last) - math.log10(first)) * per_decade + 1e-9) + 1):
        exponent = math.log10(first) + index / per_decade
        # Rounding can put the upper end above the largest float there is.
        exact = 10**exponent if exponent < math.log10(last) else float(last)
        # The ends are exact; between them three digits, as such rates are quoted: 6.31e-4 for 10 ** -3.2.
        end = next((float(bound) for bound in (first, last) if math.isclose(exact, bound)), None)
        value = end or float(f"{exact:.3g}")
        yield _number(int(value) if are_integers and value.is_integer() else value, node)


def _number(value: float, node: Node) -> Node:
    return Node(value, node.place, f"{value:.12g}")
