"""How often a table separates rows that are tied, and how often it finds a row that is not.

The accuracies are like those of the committed ledgers: about 97.5 %, of 10,000 test images, with a standard deviation
of 0.14 points over seeds and a correlation of 0.2 between rows.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from gdbench.comparison.pair_tests import TESTS, Floats, PairTests, Test
from gdbench.comparison.significance import LEVEL, holm_adjusted
from tests.simulations.rate import Rate

TITLE = "tables of 8 rows"
ROWS = 8
MEAN, DEVIATION, CORRELATION = 0.975, 0.0014, 0.2
IMAGES = 10_000
SEEDS = (3, 5, 10)
SPREADS = {
    "equal spreads": lambda _random: np.ones(ROWS),
    "unequal spreads": lambda random: np.exp(random.normal(0.0, 0.5, ROWS)),
    "one row five times noisier": lambda _random: np.array([5.0, *[1.0] * (ROWS - 1)]),
}
# A distance in standard deviations says little where those of one row and of all others differ.
COMPARABLE = ("equal spreads", "unequal spreads")


def rates(tables: int) -> Iterator[Rate]:
    """Yield the rates of every setting, each over so many tables."""
    for test, spread, seeds in product(TESTS, SPREADS, SEEDS):
        found = separated(tables, test, spread, seeds)
        setting = f"{test} t, {spread}, {seeds} seeds: any of the tied rows separated"
        yield Rate(setting, found.any(axis=1).mean(), at_most=0.085 if seeds < 5 else 0.055)
    for test, spread, seeds in product(TESTS, COMPARABLE, SEEDS):
        found = separated(tables, test, spread, seeds, distance=3.0)
        setting = f"{test} t, {spread}, {seeds} seeds: pairs found of a row 3 standard deviations away"
        yield Rate(setting, found[:, : ROWS - 1].mean(), at_least=0.9 if seeds == 10 else None)
    for test, seeds in product(TESTS, SEEDS[1:]):
        printed = [each.detectable() for each in pair_tests(tables, test, "equal spreads", seeds, 0.0)]
        distance = np.median(printed) / DEVIATION
        found = separated(tables, test, "equal spreads", seeds, distance)
        setting = f"{test} t, equal spreads, {seeds} seeds: pairs found at the detectable difference"
        yield Rate(f"{setting}, {distance:.1f} standard deviations", found[:, : ROWS - 1].mean())


def separated(tables: int, test: Test, spread: str, seeds: int, distance: float = 0.0) -> npt.NDArray[np.bool_]:
    """Return which pairs each table separates, (tables, pairs); those of the first row, which is better, come first."""
    found = pair_tests(tables, test, spread, seeds, distance)
    return np.array([[p < LEVEL for p in holm_adjusted(tested.p_values.tolist())] for tested in found])


def pair_tests(tables: int, test: Test, spread: str, seeds: int, distance: float) -> Iterator[PairTests]:
    """Yield the tests of each table; the distance is in root mean squares of the rows' standard deviations."""
    # A seed of its own for each setting, so that one alone gives the same numbers as all together.
    random = np.random.default_rng([seeds, list(SPREADS).index(spread), round(10 * distance)])
    for _ in range(tables):
        spreads = SPREADS[spread](random)
        values = accuracies(random, spreads / np.sqrt(np.mean(spreads**2)), seeds)
        values[0] += distance * DEVIATION
        yield TESTS[test](np.round(values * IMAGES) / IMAGES, np.full(ROWS, 1 / IMAGES))


def accuracies(random: np.random.Generator, spreads: Floats, seeds: int) -> Floats:
    """Return tied accuracies, (rows, seeds)."""
    common, own = random.normal(size=seeds), random.normal(size=(ROWS, seeds))
    noise = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
    return MEAN + DEVIATION * spreads[:, None] * noise
