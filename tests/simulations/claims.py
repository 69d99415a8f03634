"""How often any word on the claims of a comparison is wrong, and how often a claim that is true is shown.

The rows are tied, or as far apart as a claim just does not allow, so that most of what is said of them is wrong: an
accuracy of 97.5 % of 10,000 test images with a standard deviation of 0.14 points over seeds, which varies from row to
row, and a correlation of 0.2 between rows; a loss that is independent of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from gdbench.comparison.judgment.claims import judge_claims
from gdbench.comparison.judgment.evidence import Statement
from gdbench.comparison.measurement import Measurement, Sample
from gdbench.comparison.pair_tests import Floats
from gdbench.experiment.experiment import Axis, Claim, Comparison, Point
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.moment import At
from tests.simulations.rate import Rate

TITLE = "claims"
MEAN, DEVIATION, CORRELATION, IMAGES = 0.975, 0.0014, 0.2, 10_000
# Of the logarithms of the rows' standard deviations.
UNEQUAL = 0.5
TOLERANCE = 0.003
DEAD = 0.1
SEEDS = (3, 5, 10)
# Some of these rates are 5 % exactly: the more comparisons, the less chance takes them over their bound. Hundreds are
# for a first look that allows for chance.
OFTEN, MANY = 4, 1000
NAMES = "abcdefg"


@dataclass(frozen=True)
class Simulated(Measurement):
    """A comparison of numbers instead of records."""

    numbers: Mapping[str, Mapping[str, Sample]]

    def samples(self, metric: str, at: At) -> dict[str, Sample]:  # noqa: ARG002
        return dict(self.numbers[metric])


@dataclass(frozen=True)
class Setting:
    """Claims about rows whose mean accuracies and losses differ from the usual ones by `offsets` and `losses`.

    `wrong` are the words that are wrong on each claim.
    """

    name: str
    claims: tuple[Statement, ...]
    wrong: tuple[str, ...]
    offsets: tuple[float, ...]
    losses: tuple[float, ...] = ()


def _claim(kind: str, rows: str = "", tolerance: float | None = None, bound: float | None = None) -> Statement:
    metrics = ("test_loss", "test_accuracy") if kind == "opposed" else ()
    return Statement(Claim(kind, kind, "test_accuracy", "last", tuple(rows), bound=bound, metrics=metrics), tolerance)


def _best(rows: str) -> tuple[Statement, ...]:
    return tuple(_claim("best", row, TOLERANCE) for row in rows)


ANY = "holds fails"
EDGE = (0.0, TOLERANCE, 0.0, 0.0)
OPPOSITE = tuple(0.002 * index for index in range(4))
SETTINGS = (
    Setting("one `A > B` at a tie", (_claim("greater", "ab"),), (ANY,), (0.0,) * 2),
    Setting("one `A = B` just within the tolerance", (_claim("equal", "ab", TOLERANCE),), ("fails",), (0.0, TOLERANCE)),
    Setting("one `A = B` just beyond the tolerance", (_claim("equal", "ab", TOLERANCE),), ("holds",), (0.0, TOLERANCE)),
    Setting("one `best` at a tie", _best("a"), ("fails",), (0.0,) * 4),
    Setting("one `best` as far behind as the tolerance", _best("a"), ("holds",), EDGE),
    Setting("one `order` of tied rows", (_claim("order", "abcd", TOLERANCE),), (ANY,), (0.0,) * 4),
    Setting(
        "one `order`, two inner rows reversed by the tolerance",
        (_claim("order", "abcd", TOLERANCE),),
        ("holds",),
        (0.02, 0.01, 0.01 + TOLERANCE, 0.0),
    ),
    Setting("one `rising` without a tolerance, tied rows", (_claim("rising"),), (ANY,), (0.0,) * 4),
    Setting("one `opposed`, tied in one metric", (_claim("opposed"),), (ANY,), (0.0,) * 4, OPPOSITE),
    Setting("one `spread` just below its bound", (_claim("spread", bound=TOLERANCE),), ("fails",), EDGE),
    Setting("one `spread` just above its bound", (_claim("spread", bound=TOLERANCE),), ("holds",), EDGE),
    Setting("six `A > B` at ties", tuple(_claim("greater", f"a{row}") for row in NAMES[1:]), (ANY,) * 6, (0.0,) * 7),
    Setting(
        "six `A = B`, three just within and three just beyond the tolerance",
        tuple(_claim("equal", f"a{row}", TOLERANCE) for row in NAMES[1:]),
        ("fails", "holds") * 3,
        (0.0, *[TOLERANCE] * 6),
    ),
    Setting("six `best` at a tie", _best(NAMES[1:]), ("fails",) * 6, (0.0,) * 7),
    Setting("six `best` as far behind as the tolerance", _best(NAMES[1:]), ("holds",) * 6, (TOLERANCE, *[0.0] * 6)),
    Setting(
        "six of different kinds",
        (
            _claim("greater", "ab"),
            _claim("equal", "ac", TOLERANCE),
            _claim("best", "a", TOLERANCE),
            _claim("order", "dab", TOLERANCE),
            _claim("spread", bound=TOLERANCE),
            _claim("opposed"),
        ),
        (ANY, "holds", "holds", ANY, "holds", ANY),
        (0.0, 0.0, TOLERANCE, 0.0),
    ),
)
STEPS = tuple(-2 * DEVIATION * index for index in range(4))
TRUE = (
    Setting("`A > B` by 2 standard deviations", (_claim("greater", "ab"),), (), STEPS[:2]),
    Setting("`A > B` by 3 standard deviations", (_claim("greater", "ab"),), (), (3 * DEVIATION, 0.0)),
    Setting("`A = B` truly equal", (_claim("equal", "ab", TOLERANCE),), (), (0.0, 0.0)),
    Setting("`best` by 2 standard deviations", _best("a"), (), (2 * DEVIATION, 0.0, 0.0, 0.0)),
    Setting("`order` in steps of 2", (_claim("order", "abcd", TOLERANCE),), (), STEPS),
    Setting("`falling` in steps of 2, without a tolerance", (_claim("falling"),), (), STEPS),
)


def rates(tables: int) -> Iterator[Rate]:
    """Yield the rates of every setting, each over so many tables or a multiple."""
    for setting, dead in product(SETTINGS, (0.0, DEAD)):
        worst = max(_any_wrong(tables, setting, dead, seeds) for seeds in SEEDS)
        runs = f"{100 * dead:.0f} % of the runs diverged" if dead else "no run diverged"
        yield Rate(f"any wrong word on {setting.name}, {runs}, the worst of 3, 5 and 10 seeds", worst, at_most=0.055)
    for setting, seeds in product(TRUE, SEEDS):
        shares = [words == ("holds",) for words in judged(tables, setting, 0.0, seeds)]
        yield Rate(f"{setting.name} is shown, {seeds} seeds", float(np.mean(shares)))


def _any_wrong(tables: int, setting: Setting, dead: float, seeds: int) -> float:
    # Those that have one test a claim.
    often = tables >= MANY and all(claim.claim.kind in ("greater", "equal") for claim in setting.claims)
    found = judged(OFTEN * tables if often else tables, setting, dead, seeds)
    return float(np.mean([any(map(_is_in, words, setting.wrong)) for words in found]))


def _is_in(word: str, words: str) -> bool:
    return word in words.split()


def judged(comparisons: int, setting: Setting, dead: float, seeds: int) -> Iterator[tuple[str, ...]]:
    """Yield the words on the claims of each of so many comparisons."""
    # A seed of its own for each setting, so that one alone gives the same numbers as all together.
    random = np.random.default_rng([seeds, round(100 * dead), (*SETTINGS, *TRUE).index(setting)])
    rows = NAMES[: len(setting.offsets)]
    points = tuple(Point((row,), (), ImageCounts(60_000, 0, IMAGES)) for row in rows)
    comparison = Comparison("simulated", "", (Axis("row", tuple(rows)),), points, tuple(range(seeds)))
    losses = setting.losses or (0.0,) * len(rows)
    for _ in range(comparisons):
        alive = random.random((len(rows), seeds)) >= dead
        accuracy = np.round((MEAN + _noisy(random, setting.offsets, seeds)) * IMAGES) / IMAGES
        numbers = {
            "test_accuracy": _samples(rows, np.where(alive, accuracy, -np.inf)),
            "test_loss": _samples(rows, np.where(alive, 0.1 + _noisy(random, losses, seeds), np.inf)),
        }
        claims = judge_claims(setting.claims, Simulated(comparison, {}, numbers))
        yield tuple(claim.verdict for claim in claims)


def _samples(rows: str, values: Floats) -> dict[str, Sample]:
    return dict(zip(rows, map(tuple, values.tolist()), strict=True))


def _noisy(random: np.random.Generator, offsets: Sequence[float], seeds: int) -> Floats:
    """Return offsets with the noise of seeds, (rows, seeds)."""
    spreads = np.exp(random.normal(0.0, UNEQUAL, (len(offsets), 1)) - UNEQUAL**2)
    common, own = random.normal(size=seeds), random.normal(size=(len(offsets), seeds))
    noise = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
    return np.asarray(offsets)[:, None] + DEVIATION * spreads * noise
