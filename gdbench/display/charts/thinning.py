"""Fewer points for a curve without losing its extremes."""

from collections.abc import Sequence


def thinned(values: Sequence[float], most: int | None) -> list[int]:
    """Return the places of at most about `most` values: the first, the last, and the extremes of equal stretches."""
    count = len(values)
    if most is None or count <= most:
        return list(range(count))
    stretches = max(1, (most - 2) // 2)
    kept = {0, count - 1}
    for stretch in range(stretches):
        places = range(stretch * count // stretches, (stretch + 1) * count // stretches)
        kept.add(min(places, key=lambda place: values[place]))
        kept.add(max(places, key=lambda place: values[place]))
    return sorted(kept)
