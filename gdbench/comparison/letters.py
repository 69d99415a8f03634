"""Groups of rows that a test does not tell apart, as letters: rows that share one are not shown to differ."""

from collections.abc import Collection, Sequence
from string import ascii_lowercase


def group_names(order: Sequence[int], separated: Collection[tuple[int, int]]) -> dict[int, str]:
    """Return the letters of each item of `order`, which lists the best first; `a` is the first letter of the best.

    `separated` are the pairs that are shown to differ. Above 26 groups the names are numbers, as in `3, 4`.
    """
    rank = {item: place for place, item in enumerate(order)}
    groups = _groups(len(order), sorted(tuple(sorted((rank[one], rank[other]))) for one, other in separated))
    letters = len(groups) <= len(ascii_lowercase)
    names = ascii_lowercase if letters else [str(number) for number in range(1, len(groups) + 1)]
    return {
        item: ("" if letters else ", ").join(
            name for name, group in zip(names, groups, strict=False) if group >> rank[item] & 1
        )
        for item in order
    }


def _groups(count: int, separated: Sequence[tuple[int, ...]]) -> list[int]:
    """Return the groups by insert and absorb (Piepho 2004), as sets of bits, those of the first items first."""
    groups = [(1 << count) - 1]
    for one, other in separated:
        # A group with both is divided in two, each without one of them; a part of another group adds nothing.
        both = 1 << one | 1 << other
        whole = [group for group in groups if group & both == both]
        kept = [group for group in groups if group & both != both]
        parts = sorted({group & ~(1 << item) for group in whole for item in (one, other)}, key=int.bit_count)[::-1]
        for part in parts:
            if not any(part & group == part for group in kept):
                kept.append(part)
        groups = kept
    return sorted(groups, key=lambda group: [item for item in range(count) if group >> item & 1])
