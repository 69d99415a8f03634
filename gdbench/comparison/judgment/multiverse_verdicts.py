"""A comparison judged under every protocol of its multiverse (Steegen et al. 2016), each by its own claims alone."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from gdbench.comparison.judgment.cells import AS_PUBLISHED, OFF, Cell
from gdbench.comparison.judgment.verdicts import Verdict, judge
from gdbench.comparison.measurement import Measurement
from gdbench.experiment.experiment import Comparison, Multiverse, Published
from gdbench.records import Record

Word = Literal["holds", "fails", "undecided"]
UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class JudgedUniverse:
    """The verdict on a comparison under one protocol, which has a label for each axis of the multiverse."""

    labels: tuple[str, ...]
    verdict: Verdict

    @property
    def cells(self) -> list[tuple[Published, Cell]]:
        """The cells that have a verdict, each with its block."""
        return [
            (block.published, cell)
            for block in self.verdict.blocks
            for cell in block.cells
            if cell.verdict not in (None, "reference")
        ]

    @property
    def distance(self) -> float | None:
        """The largest difference of a cell from the published figure, in tolerances; None without such cells."""
        return max((abs(in_tolerances(block, cell)) for block, cell in self.cells), default=None)


@dataclass(frozen=True, slots=True)
class MultiverseVerdict:
    """A comparison and the verdicts under those protocols whose runs have all come to an end; `missing` counts others.

    How many of them have a verdict describes these protocols. They are no sample of anything, and share data and
    seeds, so that no error rate belongs to their number.
    """

    comparison: Comparison
    multiverse: Multiverse
    universes: tuple[JudgedUniverse, ...]
    missing: int

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """The labels of each universe that is judged."""
        return [universe.labels for universe in self.universes]

    @property
    def words(self) -> list[str]:
        """The verdict on the whole comparison in each universe."""
        return [universe.verdict.verdict or "undecided" for universe in self.universes]

    @property
    def nearest(self) -> JudgedUniverse | None:
        """The universe whose largest difference from a published figure, in tolerances, is the smallest."""
        measured = [universe for universe in self.universes if universe.distance is not None]
        return min(measured, key=lambda universe: universe.distance or 0.0, default=None)

    def cells_of(self, block: int, number: int) -> list[Cell]:
        """Return a cell of a block in each universe."""
        return [universe.verdict.blocks[block].cells[number] for universe in self.universes]

    def claim_words(self, number: int) -> list[Word]:
        """Return the word on a claim in each universe."""
        return [universe.verdict.claims[number].verdict for universe in self.universes]


def word_of(cell: Cell) -> Word:
    """Return what a verdict on a cell says of the published figure."""
    if cell.verdict in AS_PUBLISHED:
        return "holds"
    return "fails" if cell.verdict in OFF else "undecided"


def depends_on_protocol(words: Collection[str]) -> bool:
    """Whether protocols come to different verdicts; one that is undecided contradicts none."""
    return len(set(words) - {UNDECIDED}) > 1


def judge_multiverse(comparison: Comparison, records: Mapping[str, Record]) -> MultiverseVerdict | None:
    """Judge a comparison in each universe of its multiverse; None where it has no universes."""
    if comparison.multiverse is None or not comparison.multiverse.universes:
        return None
    finished = {run: record for run, record in records.items() if not record.outcome.was_interrupted}
    labels = [universe.labels for universe in comparison.multiverse.universes]
    judged = tuple(
        JudgedUniverse(own, judge(Measurement(universe, finished)))
        for own, universe in zip(labels, comparison.in_universes, strict=True)
        # A verdict on half of the runs could still turn.
        if finished.keys() >= set(universe.run_ids)
    )
    return MultiverseVerdict(comparison, comparison.multiverse, judged, len(labels) - len(judged))


def in_tolerances(block: Published, cell: Cell) -> float:
    """Return how far the measurement lies above or below a published figure, in tolerances; it may be infinite."""
    if cell.difference is None or cell.tolerance is None:
        # The source's word, such as collapsed, is right or it is not.
        return 0.0 if cell.verdict in AS_PUBLISHED else math.inf
    difference, tolerance = cell.difference, cell.tolerance
    if block.compare == "ratio":
        difference, tolerance = (math.log(factor) if factor else math.inf for factor in (difference, tolerance))
    if not difference:
        return 0.0
    return difference / tolerance if tolerance else math.copysign(math.inf, difference)
