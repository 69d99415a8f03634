"""Verdicts for programs: JSON, and CSV in full precision."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from gdbench.comparison.cells import Cell
from gdbench.comparison.claims import Judged
from gdbench.comparison.tables import COUNTS
from gdbench.comparison.verdicts import JudgedBlock, Verdict
from gdbench.experiment.experiment import Experiment

_FIGURES = ("mean", "sd", "ci_low", "ci_high", "median", "min", "max")


def verdict_json(experiment: Experiment, verdicts: Sequence[Verdict], origin: str) -> dict[str, Any]:
    """Return the verdicts on an experiment as JSON values; what is infinite is `"diverged"`."""
    return {
        "experiment": experiment.name,
        "title": experiment.title,
        "origin": origin,
        "comparisons": [_comparison(verdict) for verdict in verdicts],
    }


def cells_csv(experiment: Experiment, verdict: Verdict) -> str:
    """Return the cells of a comparison as CSV, one row a point, metric and epoch."""
    axes = [axis.key for axis in verdict.comparison.axes]
    rows = [
        {"experiment": experiment.name, **dict(zip(axes, cell.labels, strict=True)), **_cell(cell, block)}
        for block in verdict.blocks
        for cell in block.cells
    ]
    return _csv(rows)


def claims_csv(experiment: Experiment, verdict: Verdict) -> str:
    """Return the claims of a comparison as CSV, with the verdict on the whole in each row."""
    return _csv(
        [
            {"experiment": experiment.name, **_claim(judged), "comparison_verdict": verdict.verdict}
            for judged in verdict.claims
        ]
    )


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    import pandas

    text = io.StringIO()
    pandas.DataFrame(list(rows)).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def _comparison(verdict: Verdict) -> dict[str, Any]:
    comparison = verdict.comparison
    blocks = [
        {
            "source": block.published.source,
            "metric": block.published.metric,
            "compare": block.published.compare,
            "assumed": list(block.published.assumed),
            "kendall_tau": list(block.taus),
            "cells": [
                {"labels": list(cell.labels)}
                | {name: _finite(value) for name, value in _cell(cell, block).items() if name != "metric"}
                for cell in block.cells
            ],
        }
        for block in verdict.blocks
    ]
    return {
        "comparison": comparison.name,
        "title": comparison.title,
        "axes": [axis.key for axis in comparison.axes],
        "target": comparison.target,
        "verdict": verdict.verdict,
        "published": blocks,
        "claims": [_claim(judged) for judged in verdict.claims],
    }


def _cell(cell: Cell, block: JudgedBlock) -> dict[str, Any]:
    published = cell.published
    return {
        "metric": block.published.metric,
        "at": cell.at,
        **dict(zip(COUNTS, cell.counts, strict=True)),
        "published": published.value if published else None,
        "published_sd": published.spread if published else None,
        **{f"measured_{figure}": getattr(cell.measured, figure) for figure in _FIGURES},
        "difference": cell.difference,
        "half_interval": cell.half,
        "tolerance": cell.tolerance,
        "verdict": cell.verdict,
    }


def _claim(judged: Judged) -> dict[str, Any]:
    claim = judged.claim
    return {
        "claim": claim.text,
        "metric": ", ".join(claim.metrics) or claim.metric,
        "at": claim.at,
        "verdict": judged.verdict,
        "p_holds": judged.p_holds,
        "p_fails": judged.p_fails,
    }


def _finite(value: Any) -> Any:
    return "diverged" if isinstance(value, float) and math.isinf(value) else value
