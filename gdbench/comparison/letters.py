"""Groups of rows that a test does not tell apart, as letters: rows that share one are not shown to differ."""

from collections.abc import Collection, Iterator, Sequence
from string import ascii_lowercase


def group_names(order: Sequence[int], separated: Collection[tuple[int, int]]) -> dict[int, str]:
    """Return the letters of each item of `order`, which lists the best first; `a` is the first letter of the best.

    `separated` are the pairs that are shown to differ. The letters are those of insert and absorb (Piepho 2004): two
    items share one if and only if they are not separated, and no group is a part of another. Above 26 groups the names
    are numbers, as in `3, 4`.
    """
    rank = {item: place for place, item in enumerate(order)}
    # The ranks that an item is not separated from, itself left out, as a set of bits.
    neighbors = [(1 << len(order)) - 1 & ~(1 << place) for place in range(len(order))]
    for one, other in separated:
        neighbors[rank[one]] &= ~(1 << rank[other])
        neighbors[rank[other]] &= ~(1 << rank[one])
    groups = sorted(map(_members, _groups(neighbors, 0, (1 << len(order)) - 1, 0)))
    few = len(groups) <= len(ascii_lowercase)
    names: list[list[str]] = [[] for _ in order]
    for number, group in enumerate(groups):
        for place in group:
            names[place].append(ascii_lowercase[number] if few else str(number + 1))
    return {item: ("" if few else ", ").join(names[place]) for place, item in enumerate(order)}


def _groups(neighbors: Sequence[int], group: int, candidates: int, done: int) -> Iterator[int]:
    """Yield the largest sets of ranks of which no two are separated, by pivots (Bron and Kerbosch 1973).

    Each contains `group`, more of the `candidates`, and none of those that are `done`; all are sets of bits. Inserting
    and absorbing pair by pair finds the same sets, and takes ten times as long for a hundred rows.
    """
    if not candidates:
        if not done:
            yield group
        return
    pivot = max(_members(candidates | done), key=lambda place: (neighbors[place] & candidates).bit_count())
    for place in _members(candidates & ~neighbors[pivot]):
        bit, near = 1 << place, neighbors[place]
        yield from _groups(neighbors, group | bit, candidates & near, done & near)
        candidates &= ~bit
        done |= bit


def _members(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]
