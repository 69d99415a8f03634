"""How often declared looks at more and more seeds separate rows that are tied, and how many seeds they take.

Four rows, one of which may be better; otherwise accuracies as in the simulation of tables.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.pair_tests import Floats
from gdbench.comparison.separation import separate
from gdbench.comparison.sequential import DECISIVE, stopping
from gdbench.experiment.experiment import Axis, Comparison, Point
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.sequential_seeds import looks_of
from gdbench.records import Outcome, Record, Run
from tests.simulations.rate import Rate
from tests.simulations.tables import CORRELATION, DEVIATION, IMAGES, MEAN

TITLE = "seeds: {from: 5, until: separated, at_most: 20}, 4 rows"
LOOKS = looks_of(5, 20)
MOST = LOOKS[-1]
ROWS = ("a", "b", "c", "d")
# 2.1 %, and three standard errors over 2,000 tables.
MOST_WRONG = 0.031
# How far the standard deviations of rows spread, as that of their logarithms.
SPREADS = {"equal spreads": 0.0, "unequal spreads": 0.5}
# By the distance of one row in standard deviations, the largest share of 20 seeds: 19.4, 11.6, 7.0 and 5.0 seeds, and
# three standard errors of them.
SEEDS_TAKEN = {1.0: 0.98, 2.0: 0.605, 3.0: 0.365, 5.0: 0.26}

COMPARISON = Comparison(
    name="looks",
    title="Looks",
    axes=(Axis("optimizer", ROWS),),
    points=tuple(
        Point((row,), tuple(f"{row}{seed}" for seed in range(MOST)), ImageCounts(60_000, 0, IMAGES)) for row in ROWS
    ),
    seeds=tuple(range(MOST)),
    looks=LOOKS,
)
RUNS = {run: Run(run, int(run[1:]), {}, {}, {}, {}, {}) for run in COMPARISON.run_ids}


def rates(tables: int) -> Iterator[Rate]:
    """Yield the rates of every setting, each over so many comparisons."""
    for spread in SPREADS:
        wrong = [any_separated(records) for records in simulated(tables, spread, 0.0)]
        yield Rate(f"{spread}: any of the tied rows separated at any look", float(np.mean(wrong)), at_most=MOST_WRONG)
    for spread in SPREADS:
        for distance, most in SEEDS_TAKEN.items():
            taken = [seeds_taken(records) for records in simulated(tables, spread, distance)]
            setting = f"{spread}, one row better by {distance:g} sd: seeds taken, as a share of {MOST}"
            yield Rate(setting, float(np.mean(taken)) / MOST, at_most=most if spread == "equal spreads" else None)


def any_separated(records: Mapping[str, Record]) -> bool:
    """Whether a comparison separates any two rows at any of the looks that it takes."""
    taken = (look for look in LOOKS if look <= seeds_taken(records))
    measurements = (Measurement(COMPARISON.with_first(look), records) for look in taken)
    return any(separate(each, DECISIVE, looks=len(LOOKS)).separated for each in measurements)


def seeds_taken(records: Mapping[str, Record]) -> int:
    """Return after how many seeds a comparison ends."""
    stands = stopping(COMPARISON, records)
    assert stands is not None
    assert stands.ending, "all of its runs are there"
    return stands.seeds


def simulated(tables: int, spread: str, distance: float) -> Iterator[Mapping[str, Record]]:
    """Yield the records of all seeds of each comparison."""
    # A seed of its own for each setting, so that one alone gives the same numbers as all together.
    random = np.random.default_rng([MOST, list(SPREADS).index(spread), round(10 * distance)])
    for _ in range(tables):
        spreads = np.exp(random.normal(0.0, SPREADS[spread], len(ROWS)))
        values = accuracies(random, spreads / np.sqrt(np.mean(spreads**2)))
        values[0] += distance * DEVIATION
        yield dict(zip(RUNS, map(_record, RUNS.values(), values.ravel()), strict=True))


def accuracies(random: np.random.Generator, spreads: Floats) -> Floats:
    """Return tied accuracies, (rows, seeds)."""
    common, own = random.normal(size=MOST), random.normal(size=(len(ROWS), MOST))
    noise = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
    return MEAN + DEVIATION * spreads[:, None] * noise


def _record(run: Run, accuracy: float) -> Record:
    metrics = {"test_accuracy": round(float(accuracy) * IMAGES) / IMAGES, "collapsed": False}
    return Record(run, Outcome("done", metrics), "", {})
