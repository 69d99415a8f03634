"""Thinned curves keep their ends and extremes."""

from gdbench.display.charts.thinning import thinned


def test_short_curves_stay_whole():
    assert thinned([3.0, 1.0, 2.0], 3) == [0, 1, 2]
    assert thinned([0.0] * 1000, None) == list(range(1000))


def test_ends_and_extremes_are_kept():
    values = [float(number % 10) for number in range(10_000)]
    values[4321], values[8765] = 99.0, -99.0
    kept = thinned(values, 100)
    assert len(kept) <= 100
    assert {0, 4321, 8765, 9999} <= set(kept)
    assert kept == sorted(kept)
