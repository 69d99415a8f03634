"""What a multiverse comes to in a sentence: in how many protocols which word holds, and what they have in common."""

from collections import Counter
from collections.abc import Sequence

from gdbench.comparison.judgment.multiverse_verdicts import UNDECIDED, MultiverseVerdict, depends_on_protocol
from gdbench.comparison.judgment.universe_conditions import Condition, condition, deciding
from gdbench.comparison.names import short_names
from gdbench.text import listing

# Those of comparisons, then those of cells and claims; nothing is decided by the last.
_ORDER = ("reproduced", "partly reproduced", "contradicted", "holds", "fails", UNDECIDED)


def multiverse_summary(found: MultiverseVerdict) -> str:
    """Return the verdicts on a comparison: `Table 1: contradicted in 8 of 8 protocols`."""
    return f"{found.comparison.title}: {outcome(found, found.words)}"


def outcome(found: MultiverseVerdict, words: Sequence[str]) -> str:
    """Return in how many protocols which word holds, and which they are.

    `contradicted in 8 of 8 protocols`, `depends on the protocol: holds in 3 of 8 (all with epochs 20), fails in 5`.
    """
    total = len(found.multiverse.universes)
    if not words:
        return f"0 of {total} protocols trained"
    trained = "" if not found.missing else f"; {found.missing} of {total} protocols not trained"
    counts = Counter(words)
    order = [word for word in _ORDER if word in counts]
    depends = depends_on_protocol(order)
    of = f"of {len(words)}{'' if depends else ' protocols'}"
    parts: list[str] = []
    is_told = len(order) == 1
    for word in order:
        which = None if is_told else condition(found.labels, [each == word for each in words])
        parts.append(f"{word} in {counts[word]}{'' if parts else f' {of}'}{_which(found, which, counts[word])}")
        # The others are then those without.
        is_told = is_told or bool(which and which.exact)
    return f"{'depends on the protocol: ' if depends else ''}{', '.join(parts)}{trained}"


def brief_outcome(found: MultiverseVerdict) -> str:
    """Return the same for a column: `contradicted in 8 of 8`."""
    total = len(found.multiverse.universes)
    if found.missing:
        return f"{total - found.missing} of {total} trained"
    counts = Counter(found.words)
    return ", ".join(f"{word} in {counts[word]}" for word in _ORDER if word in counts) + f" of {total}"


def choice_names(found: MultiverseVerdict) -> tuple[str, ...]:
    """Return the short name of each axis of the multiverse."""
    return short_names([axis.key for axis in found.multiverse.axes])


def protocol(found: MultiverseVerdict, labels: Sequence[str]) -> str:
    """Return one universe in words: `hidden 64, 64; epochs 20`."""
    return "; ".join(f"{name} {label}" for name, label in zip(choice_names(found), labels, strict=True))


def decided_by(found: MultiverseVerdict, words: Sequence[str]) -> str:
    """Return the single choice that decides the word, or that no single one does; nothing where all words agree."""
    if len(set(words)) < 2:
        return ""
    index = deciding(found.labels, words)
    return "no single choice" if index is None else choice_names(found)[index]


def _which(found: MultiverseVerdict, which: Condition | None, count: int) -> str:
    if which is None:
        return ""
    names = choice_names(found)
    texts = [f"{names[index]} {listing(labels, 'or')}" for index, labels in which.labels]
    beginning = "" if count == 1 else "exactly those with " if which.exact else "all with "
    return f" ({beginning}{listing(texts)})"
