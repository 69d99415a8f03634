"""Rates of error and of discovery over fewer tables than `python -m tests.simulations` has; the full number if long."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulations.parts import PARTS, TABLES
from tests.simulations.rate import Rate, markdown

ROOT = Path(__file__).parents[2]


def out_of_bounds(part: str, tables: int, slack: float) -> list[str]:
    """Describe the rates that are further out of their bounds than chance may take them."""
    rates = PARTS[part].rates(tables)
    return [
        f"{rate.setting}: {rate.share:.3f}, {rate.bound}"
        for rate in rates
        if rate.share > (rate.at_most or 1) + slack or rate.share < (rate.at_least or 0) - slack
    ]


@pytest.mark.parametrize("part", PARTS)
def test_no_rate_is_far_out_of_its_bounds(part: str) -> None:
    # Three standard errors of a rate of 5 % over 100 tables.
    assert out_of_bounds(part, 100, slack=0.065) == []


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_every_rate_is_within_its_bounds(part: str) -> None:
    assert out_of_bounds(part, TABLES, slack=0.0) == []


@pytest.mark.long
def test_the_committed_figures_are_those_of_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulations"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (ROOT / "results" / "statistics.md").read_text(encoding="utf-8") == done.stdout


def test_a_rate_out_of_its_bounds_is_seen() -> None:
    assert not Rate("a", 0.06, at_most=0.055).is_kept
    assert not Rate("a", 0.89, at_least=0.9).is_kept
    assert Rate("a", 0.05, at_most=0.055).is_kept
    assert Rate("a", 0.5).is_kept


def test_rates_are_printed_beside_their_bounds() -> None:
    lines = markdown("claims", [Rate("one", 0.0123, at_most=0.055), Rate("other", 0.5)]).splitlines()
    assert lines[2:] == ["| one | 1.2 % | at most 5.5 % |", "| other | 50.0 % |  |"]
