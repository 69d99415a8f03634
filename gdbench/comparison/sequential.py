"""Sequential seeds: after which of its declared looks a comparison has ended, replayed from its records alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.selection import Selection
from gdbench.comparison.separation import separate
from gdbench.experiment.experiment import Comparison
from gdbench.metrics import METRICS
from gdbench.records import Record

Ending = Literal["separated", "one_row", "not_separated"]
# Chosen before the first run, as the looks are: whoever may choose between metrics afterwards finds a difference.
DECISIVE = Selection(METRICS["test_accuracy"], "last")


@dataclass(frozen=True, slots=True)
class Stopping:
    """Where a comparison with looks stands.

    Its tables take `seeds` of `at_most` seeds: those of the last look whose runs have all ended, of the first look
    until then. `ending` says why it has ended there: its best row is separated from all others, fewer than two rows are
    left to compare, or there is no further look. Until it has ended, `next` is how many seeds the next look takes.
    There are `looks` in all.
    """

    seeds: int
    at_most: int
    looks: int
    ending: Ending | None = None
    next: int | None = None


def stopping(comparison: Comparison, records: Mapping[str, Record]) -> Stopping | None:
    """Take the looks of a comparison in order until one ends it; None where all of its seeds are trained anyway.

    The best row and its rivals are those that a table gives letters: rows with a missing, failed, diverged or partly
    collapsed run are no rivals. Holm's correction inside a look is at 5 % / looks, so that the chance of any wrong
    separation in all looks together is at most 5 % (Bonferroni).
    """
    if not comparison.looks:
        return None
    first, at_most, count = comparison.looks[0], comparison.looks[-1], len(comparison.looks)
    if not _has_ended(comparison.with_first(first), records):
        return Stopping(first, at_most, count, next=first)
    for look, following in pairwise((*comparison.looks, None)):
        assert look is not None, "only what follows the last look is None"
        ending = _ending(comparison.with_first(look), records)
        if ending or following is None:
            return Stopping(look, at_most, count, ending or "not_separated")
        if not _has_ended(comparison.with_first(following), records):
            return Stopping(look, at_most, count, next=following)
    raise AssertionError("the last look returns")


def seeds_to_train(comparison: Comparison, records: Mapping[str, Record]) -> int:
    """Return how many of its seeds a comparison needs, as far as its records tell."""
    stands = stopping(comparison, records)
    return len(comparison.seeds) if stands is None else stands.next or stands.seeds


def _has_ended(comparison: Comparison, records: Mapping[str, Record]) -> bool:
    """Whether every run of a comparison has come to an end, even a bad one."""
    return all(run in records and not records[run].outcome.was_interrupted for run in comparison.run_ids)


def _ending(look: Comparison, records: Mapping[str, Record]) -> Ending | None:
    """Return why a comparison ends after a finished look; None if more seeds may tell rows apart."""
    separation = separate(Measurement(look, records), DECISIVE, looks=len(look.looks))
    if separation.obstacle == "one_row":
        # A row that has left the comparison does not come back with more seeds.
        return "one_row"
    return "separated" if separation.obstacle is None and len(separation.top) == 1 else None
