"""How much too good the score of a chosen setting is, where all settings are equally good and luck alone decides.

A standard deviation of 0.15 points over seeds is that of large runs on MNIST; the validation and the test score of one
run have a correlation of 0.6.
"""

from collections.abc import Iterator

import numpy as np

from gdbench.comparison.tuned_rows_table import expected_best
from tests.simulations.rate import Rate

TITLE = "the best of equal settings, sd over seeds 0.15 points: share of a point that a score is too good"
DEVIATION, CORRELATION = 0.15, 0.6
SETTINGS = (7, 8)
FRESH_SEEDS = 10
# What the best of so many standard normal numbers is expected to be.
BEST_OF = {4: 1.0294, 7: 1.3522, 8: 1.4236}


def rates(tables: int) -> Iterator[Rate]:
    """Yield by how many points each score of a chosen setting is too good, on average over so many choices."""
    for settings in SETTINGS:
        random = np.random.default_rng([settings])
        shared, own, other = random.normal(0.0, DEVIATION, (3, tables, settings))
        validation = CORRELATION**0.5 * shared + (1 - CORRELATION) ** 0.5 * own
        test = CORRELATION**0.5 * shared + (1 - CORRELATION) ** 0.5 * other
        chosen = validation.argmax(axis=1)[:, None]
        fresh = random.normal(0.0, DEVIATION, (tables, FRESH_SEEDS)).mean(axis=1)
        said = f"best of {settings}: "
        bias = DEVIATION * BEST_OF[settings]
        yield Rate(f"{said}the validation score that was chosen", _mean(validation, chosen), at_most=bias + 0.01)
        yield Rate(f"{said}the test score of the same run", _mean(test, chosen), at_most=CORRELATION * bias + 0.01)
        yield Rate(f"{said}the mean of {FRESH_SEEDS} fresh seeds", abs(fresh.mean()), at_most=0.01)
    scores = np.random.default_rng([0]).normal(0.0, DEVIATION, (tables, SETTINGS[-1]))
    told = np.mean([expected_best(each.tolist(), higher_is_better=True)[3] for each in scores])
    off = abs(told - DEVIATION * BEST_OF[4])
    yield Rate(f"the expected best of 4 trials as told by {SETTINGS[-1]}: how far it is off", off, at_most=0.01)


def _mean(scores: np.ndarray, chosen: np.ndarray) -> float:
    return float(np.take_along_axis(scores, chosen, axis=1).mean())
