"""The values that a row tries at each tuned path: all combinations of a grid, or random draws from its ranges."""

import hashlib
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.grid.ranges import parse_range
from gdbench.experiment.settings.merge import Assignment
from gdbench.experiment.settings.several_values import EACH, is_range
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes

MOST_CANDIDATES = 10_000
A_SPACE = "a list of values, or a range {from, to, per_decade or step}"
# As many digits as rates are quoted with.
_DIGITS = 3


@dataclass(frozen=True, eq=False, slots=True)
class Tried:
    """A value of one candidate at one path: its label, what it assigns, and whether it is at an edge of its range."""

    label: str
    assignment: Assignment
    is_edge: bool


@dataclass(frozen=True, eq=False, slots=True)
class Space:
    """What a row tries at one path; a grid takes all values in order.

    Random draws are uniform over `values`, or on the logarithmic scale between `bounds`, which are whole numbers if
    both are written so.
    """

    path: str
    key: Node
    values: tuple[Node, ...]
    bounds: tuple[float, float] | None = None


def parse_space(path: str, keys: str, key: Node, node: Node, sampler: str, mistakes: Mistakes) -> Space | None:
    """Parse what stands for all values at a path, below some `keys`; None if it has a mistake.

    An empty `sampler` is one with a mistake of its own, beside which either form of a range may be right.
    """
    text = f"{keys}.{path}"
    where = Node(text, key.place, text)
    before = len(mistakes)
    if is_range(node) and (sampler == "random" or (not sampler and set(node.mapping) == {"from", "to"})):
        bounds = _bounds(where, node, mistakes)
        return Space(path, key, (Node(None, node.place),), bounds) if bounds else None
    if is_range(node):
        values = list(parse_range(where, node, mistakes))
    elif set(node.mapping) == {EACH}:
        values = node.mapping[EACH].elements
    else:
        values = node.elements
    if not values and len(mistakes) == before:
        mistakes.add(node.place, where.text, A_SPACE, node.data())
    seen: set[Hashable] = set()
    for value in values:
        if comparable(value) in seen:
            mistakes.repeated(value.place, where.text, "values", value.data())
        seen.add(comparable(value))
    return Space(path, key, tuple(values)) if values else None


def _bounds(where: Node, node: Node, mistakes: Mistakes) -> tuple[float, float] | None:
    """Return the ends of a range that is drawn from."""
    ends = {name: child.value for name, child in node.mapping.items()}
    first, last = ends.get("from"), ends.get("to")
    numbers = [end for end in (first, last) if isinstance(end, int | float) and not isinstance(end, bool)]
    if set(ends) != {"from", "to"} or len(numbers) < 2 or not 0 < numbers[0] < numbers[1] < math.inf:
        rule = "an increasing range {from, to} above 0 to draw from under sampler: random"
        mistakes.add(node.place, where.text, rule, node.data())
        return None
    return numbers[0], numbers[1]


def grid_size(spaces: Sequence[Space]) -> int:
    """Return how many combinations of their values there are."""
    return prod(len(space.values) for space in spaces)


def candidates(spaces: Sequence[Space], sampler: str, budget: int) -> list[tuple[Tried, ...]]:
    """Return what a row tries, a value for each path."""
    if sampler == "grid":
        return list(product(*map(_grid, spaces)))
    columns = [_drawn(space, budget) for space in spaces]
    return list(zip(*columns, strict=True))


def _grid(space: Space) -> list[Tried]:
    numbers = [node.value for node in space.values if isinstance(node.value, int | float)]
    # Only numbers go on beyond the last one that is tried.
    ends = (min(numbers), max(numbers)) if len(numbers) == len(space.values) > 1 else ()
    names = labels(space.values)
    return [
        Tried(name, Assignment(space.path, space.key, without_label(node)), node.value in ends)
        for name, node in zip(names, space.values, strict=True)
    ]


def _drawn(space: Space, budget: int) -> list[Tried]:
    """Return the draws of a path; the i-th is at the same share of each row's range."""
    if space.bounds is None:
        whole = _grid(space)
        return [whole[int(_share(space.path, index) * len(whole))] for index in range(budget)]
    numbers = [_between(space.bounds, _share(space.path, index)) for index in range(budget)]
    place = space.values[0].place
    # The smallest and the largest draw lie within the range, not at its edges.
    return [
        Tried(
            f"{number:.12g}",
            Assignment(space.path, space.key, Node(number, place, f"{number:.12g}")),
            is_edge=False,
        )
        for number in numbers
    ]


def _between(bounds: tuple[float, float], share: float) -> float:
    low, high = map(math.log, bounds)
    number = math.exp(low + share * (high - low))
    if all(isinstance(bound, int) for bound in bounds):
        return round(number)
    return float(f"{number:.{_DIGITS}g}")


def _share(path: str, index: int) -> float:
    """Return the `index`-th draw of a path: from [0, 1), a function of both alone."""
    digest = hashlib.sha256(f"tune/{path}/{index}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
