"""Parses `multiverse`: what a source leaves open, as axes of plausible protocols."""

from collections.abc import Set
from dataclasses import dataclass
from math import prod

from gdbench.experiment.grid.axes import ParsedAxis, joined_keys, parse_axis
from gdbench.experiment.grid.grid import Grid, refuse_shared_paths
from gdbench.experiment.grid.points import point_of
from gdbench.experiment.grid.ragged import combinations
from gdbench.experiment.settings.overrides import varied_at
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes

KEY = "multiverse"
SEEDS = "seeds"
OFF = "off"
_A_MULTIVERSE = "a mapping from path to its plausible values, and seeds, or off"


@dataclass(frozen=True, eq=False, slots=True)
class ParsedMultiverse:
    """The universes of a comparison as points of a grid, and the keys left out since its own grid varies them."""

    grid: Grid
    left_out: tuple[str, ...]


def parse_multiverse(node: Node, varied: Set[str], max_universes: int, mistakes: Mistakes) -> ParsedMultiverse | None:
    """Parse a multiverse beside a grid that varies some paths; None where it is off or too broken to go on."""
    if node.value == OFF:
        return None
    if not node.mapping.keys() - {SEEDS}:
        mistakes.add(node.place, KEY, _A_MULTIVERSE, node.data())
        return None
    before = len(mistakes)
    axes = _axes(node, mistakes)
    if len(mistakes) > before:
        return None
    # Whatever such an axis said, the grid would replace it at every point.
    left_out = [axis for axis in axes if any(varied_at(path, varied) for path in axis.paths)]
    kept = [axis for axis in axes if axis not in left_out]
    count = prod(len(axis.values) for axis in kept)
    if count > max_universes:
        mistakes.add(
            node.place,
            KEY,
            f"at most {max_universes:,} universes, which keeps the plan within its limit of runs",
            count,
        )
        return None
    # The product of no axes is the base protocol, which is no universe.
    points = tuple(map(point_of, combinations(kept, ()))) if kept else ()
    return ParsedMultiverse(Grid(tuple(kept), points, complete=True), tuple(axis.key.text for axis in left_out))


def _axes(node: Node, mistakes: Mistakes) -> list[ParsedAxis]:
    axes = []
    for key, value in joined_keys(node.only(node.mapping.keys() - {SEEDS})):
        if (axis := parse_axis(key, value, mistakes)) is None:
            continue
        axes.append(axis)
        for own in (own for each in axis.values for own in each.ranges):
            hint = f"; list its values under `{KEY}:` as `{own.path}: [...]`"
            mistakes.add(
                own.key.place, key.text, "a single value for each argument", f"several of {own.path}", hint=hint
            )
    refuse_shared_paths(axes, mistakes)
    return axes
