"""Records beside published figures: cells and claims judged, and one verdict on each comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gdbench.comparison.cells import AS_IT_SHOULD_BE, DEFAULT_TOLERANCE, OFF, Cell, judge_cells, tolerance_of
from gdbench.comparison.claims import Judged, Statement, judge_claims
from gdbench.comparison.samples import Measured, mean
from gdbench.comparison.significance import kendall_tau
from gdbench.experiment.experiment import At, Claim, Comparison, Experiment, Published
from gdbench.metrics import METRICS
from gdbench.records import Record

TableVerdict = Literal["reproduced", "contradicted", "undecided", "partly reproduced"]


@dataclass(frozen=True, slots=True)
class JudgedBlock:
    """A published block and its cells; `taus` is Kendall's tau of each epoch's order under `compare: order`."""

    published: Published
    cells: tuple[Cell, ...]
    taus: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A comparison with what a source says of it, cell by cell and claim by claim, and the verdict on the whole."""

    comparison: Comparison
    blocks: tuple[JudgedBlock, ...]
    claims: tuple[Judged, ...]
    verdict: TableVerdict

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that have a verdict of their own."""
        cells = (cell for block in self.blocks for cell in block.cells)
        return tuple(cell for cell in cells if cell.verdict not in (None, "reference"))


def verdicts(experiment: Experiment, records: Mapping[str, Record]) -> list[Verdict]:
    """Return the verdict on each comparison that has published figures or claims."""
    asserted = [comparison for comparison in experiment.comparisons if comparison.published or comparison.claims]
    return [_verdict(comparison, records) for comparison in asserted]


def _verdict(comparison: Comparison, records: Mapping[str, Record]) -> Verdict:
    measured = Measured(comparison, records)
    blocks = tuple(_block(block, measured) for block in comparison.published)
    statements = [statement for block in comparison.published for statement in _statements(block)]
    statements += [Statement(claim, _default(claim)) for claim in comparison.claims]
    claims = judge_claims(statements, measured)
    cells = [cell.verdict for block in blocks for cell in block.cells if cell.verdict not in (None, "reference")]
    return Verdict(comparison, blocks, claims, table_verdict(cells, [judged.verdict for judged in claims]))


def _default(claim: Claim) -> float | None:
    return DEFAULT_TOLERANCE if METRICS[claim.metric].percent else None


def _block(published: Published, measured: Measured) -> JudgedBlock:
    taus = tuple(_tau(published, index, at, measured) for index, at in enumerate(published.at))
    return JudgedBlock(published, judge_cells(published, measured), taus if published.compare == "order" else ())


def _statements(block: Published) -> list[Statement]:
    """Return the claims of a block; under `compare: order` the source's own ranks are one for each epoch."""
    orders = [_order(block, index, at) for index, at in enumerate(block.at)] if block.compare == "order" else []
    tolerance, ratio = tolerance_of(block), block.compare == "ratio"
    return [*orders, *(Statement(claim, tolerance, ratio) for claim in block.claims)]


def _order(block: Published, index: int, at: At) -> Statement:
    ranks = _ranks(block, index)
    groups = tuple(tuple(row for row in ranks if ranks[row] == rank) for rank in sorted(set(ranks.values())))
    text = "published order: " + " < ".join(" = ".join(group) for group in groups)
    return Statement(Claim("order", text, block.metric, at), groups=groups)


def _ranks(block: Published, index: int) -> dict[str, float]:
    """Return a number for each published row that ranks it as the source does, from the smallest metric up."""
    worst = float("-inf") if METRICS[block.metric].higher_is_better else float("inf")
    ranks = {}
    for labels, values in block.values:
        value = values[index].value
        if value in block.words:
            ranks["/".join(labels)] = float(block.words.index(value))
        else:
            ranks["/".join(labels)] = worst if isinstance(value, str) else value
    return ranks


def _tau(block: Published, index: int, at: At, measured: Measured) -> float | None:
    samples = measured.samples(block.metric, at)
    means = {row: mean(samples[row]) for row in _ranks(block, index)}
    ranks = _ranks(block, index)
    known = [(ranks[row], number) for row, number in means.items() if number is not None]
    return kendall_tau([rank for rank, _ in known], [number for _, number in known])


def table_verdict(cells: Sequence[str | None], claims: Sequence[str]) -> TableVerdict:
    """Return the verdict on a table from those on its cells and claims."""
    off = sum(verdict in OFF for verdict in cells)
    if "fails" in claims or (cells and 2 * off >= len(cells)):
        return "contradicted"
    if all(verdict in AS_IT_SHOULD_BE for verdict in cells) and all(verdict == "holds" for verdict in claims):
        return "reproduced"
    return "partly reproduced" if off else "undecided"
