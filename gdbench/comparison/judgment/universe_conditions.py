"""What the universes of a multiverse with the same outcome have in common, and which axis decides the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What some universes have in common: by the index of an axis, the only labels that they have on it.

    `exact` says that every other universe differs in one of these.
    """

    labels: tuple[tuple[int, Labels], ...]
    exact: bool


def condition(universes: Sequence[Labels], chosen: Sequence[bool]) -> Condition | None:
    """Return what the chosen universes have in common and not all others; None where that is nothing.

    `universes` holds a label for each axis, and `chosen` one value for each universe.
    """
    own = [labels for labels, is_chosen in zip(universes, chosen, strict=True) if is_chosen]
    shared: list[tuple[int, Labels]] = []
    for index, column in enumerate(zip(*universes, strict=True)):
        values = dict.fromkeys(column)
        taken = {labels[index] for labels in own}
        if taken and len(taken) < len(values):
            shared.append((index, tuple(value for value in values if value in taken)))
    if not shared:
        return None
    inside = [labels for labels in universes if all(labels[index] in values for index, values in shared)]
    return Condition(tuple(shared), len(inside) == len(own))


def deciding(universes: Sequence[Labels], words: Sequence[str]) -> int | None:
    """Return the index of the axis that decides: universes with the same label on it have the same word.

    None where no single axis does, or where there is nothing to decide, since all have the same word.
    """
    if len(set(words)) < 2:
        return None
    for index, column in enumerate(zip(*universes, strict=True)):
        pairs = set(zip(column, words, strict=True))
        if len(pairs) == len(set(column)):
            return index
    return None
