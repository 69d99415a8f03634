"""Bands of curves: when single runs stand in their place, and where they are cut."""

import math
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.charts.bands import Span, bands_hide, cut_bands, opacity, spans
from gdbench.display.charts.kinds import figures
from gdbench.display.report.report_figures import report_figures

RESULTS = Path(__file__).parents[3] / "results" / "reference"


def item(row: str, mean: float, low: float | None, high: float | None, split: str = "test") -> dict:
    return {"row": row, "split": split, "mean": mean, "low": low, "high": high}


def test_bands_hide_curves_whose_range_they_cover_together():
    """Of the range 0 to 1 the bands of a and b cover 0.4 each, that of c 0.2."""
    drawn = [item("a", 0.0, -0.4, 0.4), item("b", 1.0, 0.6, 1.4), item("c", 0.5, 0.4, 0.6)]
    assert bands_hide(drawn, spans(drawn, is_log=False))
    assert not bands_hide(drawn[:2], spans(drawn, is_log=False))
    # Panels are judged apart.
    apart = [
        drawn[0],
        {**drawn[1], "split": "train"},
        item("c", 1.0, 0.9, 1.1),
        item("c", 0.0, -1.0, 0.1, split="train"),
    ]
    assert not bands_hide(apart, spans(apart, is_log=False))


def test_a_logarithmic_axis_has_its_own_shares():
    span = Span.of([1e-4, 1.0], is_log=True)
    assert span.share(1e-2, 1.0) == pytest.approx(0.5)
    assert span.share(-1.0, 1e-3) == pytest.approx(0.25)
    assert span.ends == pytest.approx((1e-5, 10.0))


def test_bands_are_cut_a_little_beyond_the_curves():
    drawn = [item("a", 1.0, -9.0, 2.0), item("b", 3.0, 2.9, 40.0), item("c", 2.0, None, None)]
    assert list(cut_bands(drawn, spans(drawn, is_log=False))) == [
        {"bottom": 0.5, "top": 2.0},
        {"bottom": 2.9, "top": 3.5},
        {},
    ]
    # A reader may ask for a logarithmic axis.
    assert Span.of([0.1, 3.0], is_log=False).ends[0] == 0.05
    assert Span.of([1e300, 1e308], is_log=True).ends[1] < math.inf


def test_more_bands_are_fainter():
    assert opacity(1) == opacity(4) > opacity(5) > opacity(9)


def test_three_seeds_that_end_anywhere_are_drawn_as_they_are():
    results = Results.load(RESULTS / "test-functions")
    (figure,) = figures(results, "curves", comparison="valley", metric="loss")
    assert figure.notes[0] == "Thick lines are means of 3 runs, thin ones the runs: 95 % bands would hide the lines."
    assert "mean over 3 seeds and single runs" in figure.text
    runs = figure.frame[figure.frame["seed"].notna()]
    ends = runs[(runs["row"] == "L-BFGS")].groupby("seed")["value"].last()
    (point,) = [each for each in results.of_comparisons(["valley"]).comparisons[0].points if each.key == "L-BFGS"]
    expected = [results.records[run].outcome.history["train_loss"][-1] for run in point.runs]
    assert list(ends) == expected


def test_narrow_bands_stay():
    (figure,) = figures(Results.load(RESULTS / "quickstart"), "curves")
    assert "seed" not in figure.frame
    assert figure.notes == ("Lines are means of 3 runs, bands their 95 % intervals.",)


def test_single_runs_in_a_report_have_no_more_points_than_a_mean():
    results = Results.load(RESULTS / "test-functions").of_comparisons(["waves"])
    (figure,) = [each for each in report_figures(results, results.comparisons[0]) if each.kind == "curves"]
    counts = figure.frame.groupby(["row", "seed"], dropna=False).size()
    assert counts.max() <= 240
    assert counts.xs(0.0, level="seed").max() <= 80
