"""What `reproduce` prints: verdicts by experiment, for people and in full precision for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gdbench.comparison.judgment.cells import Cell
from gdbench.comparison.judgment.claims import JudgedClaim
from gdbench.comparison.judgment.verdicts import JudgedBlock, Verdict
from gdbench.comparison.results import Results
from gdbench.comparison.statistics import FIGURES
from gdbench.comparison.tables import COUNTS
from gdbench.display.provenance import origin
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import Column, Sheet
from gdbench.display.sheets.verdict_sheets import verdict_sheets
from gdbench.display.verdict_summary import summary
from gdbench.experiment.moment import moment_key

Plain = str | int | float | None
Fields = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class VerdictsPrintout(Printout):
    """The verdicts on the comparisons of several experiments."""

    experiments: Sequence[Results]

    def sections(self) -> list[Section]:
        """Return for each experiment a title and a section per verdict."""
        return [
            section
            for results in self.experiments
            for section in (Section(title=results.experiment.title), *verdict_sections(results.verdicts()))
        ]

    def flat(self) -> list[Sheet]:
        """Return the cells and the claims of each comparison, in full precision."""
        return [
            sheet
            for results in self.experiments
            for verdict in results.verdicts()
            for sheet in flat_sheets(results.experiment.name, verdict).values()
        ]

    def model(self) -> JsonModel:
        """Return each experiment with the verdicts on its comparisons."""
        return [
            {
                "experiment": results.experiment.name,
                "title": results.experiment.title,
                "origin": origin(results),
                "comparisons": [_comparison(verdict) for verdict in results.verdicts()],
            }
            for results in self.experiments
        ]


def verdict_sections(verdicts: Sequence[Verdict]) -> list[Section]:
    """Return a section for each verdict, summed up in a sentence."""
    return [Section(tuple(verdict_sheets(verdict)), summary(verdict)) for verdict in verdicts]


def flat_sheets(experiment: str, verdict: Verdict) -> dict[str, Sheet]:
    """Return the sheets of cells and of claims by file name, without those that would have no rows."""
    name = verdict.comparison.name
    sheets = {
        # Cells and claims have different columns, so each has a file of its own.
        f"{name}-verdicts": _flat_sheet(_cell_rows(experiment, verdict)),
        f"{name}-claims": _flat_sheet(
            {"experiment": experiment, **claim_fields(claim), "comparison_verdict": verdict.verdict}
            for claim in verdict.claims
        ),
    }
    return {name: sheet for name, sheet in sheets.items() if sheet.rows}


def _cell_rows(experiment: str, verdict: Verdict) -> Iterator[Fields]:
    axes = [axis.key for axis in verdict.comparison.axes]
    for block in verdict.blocks:
        for cell in block.cells:
            yield {"experiment": experiment, **dict(zip(axes, cell.labels, strict=True)), **_cell(cell, block)}


def _flat_sheet(rows: Iterator[Fields]) -> Sheet:
    """Return a sheet of rows that all have the same fields."""
    items = list(rows)
    return Sheet("", tuple(map(Column, items[0] if items else ())), tuple(tuple(row.values()) for row in items))


def _comparison(verdict: Verdict) -> JsonModel:
    comparison = verdict.comparison
    return {
        "comparison": comparison.name,
        "title": comparison.title,
        "axes": [axis.key for axis in comparison.axes],
        "target": comparison.target,
        "verdict": verdict.verdict,
        "published": [_block(block) for block in verdict.blocks],
        "claims": [claim_fields(claim) for claim in verdict.claims],
    }


def _block(block: JudgedBlock) -> JsonModel:
    cells = [{"labels": list(cell.labels), **_cell(cell, block)} for cell in block.cells]
    for cell in cells:
        # The block says it once for all its cells.
        del cell["metric"]
    return {
        "source": block.published.source,
        "metric": block.published.metric,
        "compare": block.published.compare,
        "assumed": list(block.published.assumed),
        "kendall_tau": list(block.taus),
        "cells": cells,
    }


def _cell(cell: Cell, block: JudgedBlock) -> Fields:
    published = cell.published
    return {
        "metric": block.published.metric,
        "at": moment_key(cell.at),
        **dict(zip(COUNTS, cell.counts, strict=True)),
        "published": published.value if published else None,
        "published_sd": published.spread if published else None,
        **{f"measured_{figure}": getattr(cell.measured, figure) for figure in FIGURES},
        "difference": cell.difference,
        "half_interval": cell.bounded_half,
        "tolerance": cell.tolerance,
        "verdict": cell.verdict,
    }


def claim_fields(judged: JudgedClaim) -> Fields:
    """Return a claim and the verdict on it, for programs."""
    claim = judged.claim
    return {
        "claim": claim.text,
        "metric": ", ".join(claim.metrics) or claim.metric,
        "at": moment_key(claim.at),
        "tolerance": judged.statement.tolerance,
        "verdict": judged.verdict,
        "p": judged.p_value,
    }
