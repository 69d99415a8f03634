"""Published beside measured: cells and claims are judged, then each comparison as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gdbench.comparison.judgment.cells import AS_PUBLISHED, DEFAULT_TOLERANCE, OFF, Cell, judge_cells, tolerance_of
from gdbench.comparison.judgment.claims import JudgedClaim, judge_claims
from gdbench.comparison.judgment.evidence import Statement
from gdbench.comparison.measurement import Measurement, mean
from gdbench.comparison.significance import kendall_tau
from gdbench.experiment.experiment import TOLERANT_KINDS, Claim, Comparison, Published, row_key
from gdbench.experiment.moment import At
from gdbench.metrics import METRICS

TableVerdict = Literal["reproduced", "contradicted", "undecided", "partly reproduced"]


@dataclass(frozen=True, slots=True)
class JudgedBlock:
    """A published block and its cells; under `compare: order`, `taus` has Kendall's tau of the order at each epoch."""

    published: Published
    cells: tuple[Cell, ...]
    taus: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A comparison, its cells and claims as judged, and the verdict on the whole; None for a quick look.

    `has_shared_times` where a run may have shared the machine with another.
    """

    comparison: Comparison
    blocks: tuple[JudgedBlock, ...]
    claims: tuple[JudgedClaim, ...]
    verdict: TableVerdict | None
    has_shared_times: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that have a verdict of their own."""
        cells = (cell for block in self.blocks for cell in block.cells)
        return tuple(cell for cell in cells if cell.verdict not in (None, "reference"))


def judge(measurement: Measurement) -> Verdict:
    """Return the verdict on a comparison that has published figures or claims."""
    comparison, is_shared = measurement.comparison, measurement.has_shared_times
    blocks = tuple(_block(block, measurement) for block in comparison.published)
    if comparison.is_quick:
        return Verdict(comparison, tuple(map(_without_verdicts, blocks)), (), None, is_shared)
    # All claims are judged together, since the correction is over all of them.
    statements = [statement for block in comparison.published for statement in _statements(block)]
    statements += [_statement(claim, None) for claim in comparison.claims]
    claims = judge_claims(statements, measurement)
    cells = [cell.verdict for block in blocks for cell in block.cells if cell.verdict not in (None, "reference")]
    verdict = table_verdict(cells, [claim.verdict for claim in claims])
    return Verdict(comparison, blocks, claims, verdict, is_shared)


def _block(published: Published, measurement: Measurement) -> JudgedBlock:
    taus = tuple(_tau(published, index, at, measurement) for index, at in enumerate(published.at))
    return JudgedBlock(published, judge_cells(published, measurement), taus if published.compare == "order" else ())


def _without_verdicts(block: JudgedBlock) -> JudgedBlock:
    """Return a block with its figures alone; the row that ratios refer to is still marked."""
    cells = (cell if cell.verdict == "reference" else replace(cell, verdict=None) for cell in block.cells)
    return replace(block, cells=tuple(cells))


def _statements(block: Published) -> list[Statement]:
    """Return the claims of a block, and under `compare: order` one for the ranks of the source at each epoch."""
    orders = [_order(block, index, at) for index, at in enumerate(block.at)] if block.compare == "order" else []
    return [*orders, *(_statement(claim, block) for claim in block.claims)]


def _statement(claim: Claim, block: Published | None) -> Statement:
    """Return a claim of a block, or of none, with the tolerance that applies to it."""
    # A tolerance in the unit of a block says nothing about another metric.
    own_block = block if block and claim.metric == block.metric else None
    ratio = own_block is not None and own_block.compare == "ratio"
    if claim.kind not in TOLERANT_KINDS:
        return Statement(claim, ratio=ratio)
    tolerance = claim.tolerance
    if tolerance is None and own_block is not None:
        # Ranks have no unit.
        tolerance = None if own_block.compare == "order" else tolerance_of(own_block)
    elif tolerance is None and METRICS[claim.metric].percent:
        tolerance = DEFAULT_TOLERANCE
    return Statement(claim, tolerance, ratio)


def _order(block: Published, index: int, at: At) -> Statement:
    ranks = _ranks(block, index)
    groups = tuple(tuple(row for row in ranks if ranks[row] == rank) for rank in sorted(set(ranks.values())))
    text = "published order: " + " < ".join(" = ".join(group) for group in groups)
    return Statement(Claim("order", text, block.metric, at), groups=groups)


def _ranks(block: Published, index: int) -> dict[str, float]:
    """Return a number for each published row that ranks it as the source does, the smallest metric first."""
    worst = float("-inf") if METRICS[block.metric].higher_is_better else float("inf")
    ranks = {}
    for labels, values in block.values:
        value = values[index].value
        # A source may rank in words, collapsed and diverged rows behind all others.
        if value in block.words:
            ranks[row_key(labels)] = float(block.words.index(value))
        else:
            ranks[row_key(labels)] = worst if isinstance(value, str) else value
    return ranks


def _tau(block: Published, index: int, at: At, measurement: Measurement) -> float | None:
    samples = measurement.samples(block.metric, at)
    ranks = _ranks(block, index)
    means = {row: mean(samples[row]) for row in ranks}
    pairs = [(ranks[row], number) for row, number in means.items() if number is not None]
    return kendall_tau([rank for rank, _ in pairs], [number for _, number in pairs])


def table_verdict(cells: Sequence[str | None], claims: Sequence[str]) -> TableVerdict:
    """Return the verdict on a comparison from those on its cells and claims."""
    off = sum(verdict in OFF for verdict in cells)
    # One refuted claim is enough, and so is half of the cells.
    if "fails" in claims or (cells and 2 * off >= len(cells)):
        return "contradicted"
    if all(verdict in AS_PUBLISHED for verdict in cells) and all(verdict == "holds" for verdict in claims):
        return "reproduced"
    return "partly reproduced" if off else "undecided"
