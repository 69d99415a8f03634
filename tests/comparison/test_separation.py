import math
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pytest

from gdbench.comparison.judgment.evidence import Statement, evidence
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection
from gdbench.comparison.separation import Difference, RowSeparation, separate
from gdbench.experiment.experiment import Claim
from gdbench.experiment.image_counts import ImageCounts
from gdbench.metrics import METRICS
from tests.builders import a_record, an_experiment
from tests.comparison.reference import FIRST, SECOND

ACCURACY = Selection(METRICS["test_accuracy"], "last")
LOSS = Selection(METRICS["test_loss"], "last")
QUICKSTART = Path(__file__).parents[2] / "results" / "reference" / "quickstart"


def measured(rows, metric="test_accuracy", images=10_000, **outcomes):
    """A measurement of rows `a`, `b`, ... with these values, one per seed; `b1="diverged"` changes how a run ended."""
    names = [*ascii_lowercase[: len(rows)]] if len(rows) <= 26 else [f"r{number}" for number in range(len(rows))]
    points = {(name,): [f"{name}{seed}" for seed in range(len(rows[0]))] for name in names}
    [comparison] = an_experiment({"optimizer": names}, points).comparisons
    counted = tuple(replace(point, images=ImageCounts(60_000, 0, images)) for point in comparison.points)
    records = {
        f"{name}{seed}": a_record(f"{name}{seed}", metrics={metric: float(value), "collapsed": False})
        for name, values in zip(names, rows, strict=True)
        for seed, value in enumerate(values)
    }
    for run, ending in outcomes.items():
        if ending == "missing":
            del records[run]
        elif ending == "collapsed":
            records[run] = a_record(run, metrics={metric: 0.1, "collapsed": True})
        else:
            records[run] = a_record(run, ending)
    return Measurement(replace(comparison, points=counted), records)


def groups(separation):
    return {key: row.group for key, row in separation.rows.items()}


def of_images(measurement, **images):
    """The same rows, some by a method that sees so many of the 60,000 training images."""
    points = {run: point.key for point in measurement.comparison.points for run in point.runs}
    return replace(
        measurement,
        records={
            run: replace(
                record, run=replace(record.run, optimizer={"name": "lbfgs", "images": images.get(points[run], "full")})
            )
            for run, record in measurement.records.items()
        },
    )


def test_a_training_loss_of_other_images_is_not_compared():
    rows = [[0.3, 0.31, 0.32], [0.2, 0.21, 0.22], [0.001, 0.002, 0.003]]
    by_train, by_test = (measured(rows, metric) for metric in ("train_loss", "test_loss"))
    train = Selection(METRICS["train_loss"], "last")
    assert separate(of_images(by_train, c=60_000), train).best == "c"
    found = separate(of_images(by_train, c=50), train)
    assert (found.best, found.pairs, groups(found)["c"]) == ("b", 1, None)
    # Not even for a claim.
    claim = Claim("less", "c < a", "train_loss", "last", ("c", "a"))
    assert [evidence(Statement(claim), of_images(by_train, **seen)).holds < 0.05 for seen in ({}, {"c": 50})] == [
        True,
        False,
    ]
    # All rows have the same ones, or the images are those of the test.
    assert separate(of_images(by_train, a=50, b=50, c=50), train).best == "c"
    assert separate(of_images(by_test, c=50), LOSS).best == "c"


def test_rows_of_the_same_images_are_compared_whatever_a_third_row_sees():
    rows = [[0.3, 0.31, 0.32], [0.2, 0.21, 0.22], [0.001, 0.002, 0.003]]
    measurement, train = measured(rows, "train_loss"), Selection(METRICS["train_loss"], "last")
    claim = Statement(Claim("less", "b < a", "train_loss", "last", ("b", "a")))
    for seen in ({"a": 50, "b": 50}, {"a": 50, "b": 50, "c": 60}, {"c": 50}, {"a": 60_000, "c": 50}):
        found = separate(of_images(measurement, **seen), train)
        assert (found.best, found.pairs, groups(found)["c"]) == ("b", 1, None)
        assert evidence(claim, of_images(measurement, **seen)).holds < 0.05
    # Two groups of one row each: all images are more than some.
    assert separate(of_images(measurement, a=50, b=60), train).obstacle == "one_row"
    assert evidence(claim, of_images(measurement, a=50, b=60)).holds == 1
    # A row that has not been trained yet sees nothing, and takes nothing from the others.
    untrained = replace(measurement, records={run: each for run, each in measurement.records.items() if run[0] != "c"})
    assert separate(of_images(untrained, a=50, b=50), train).best == "b"


def test_the_first_reference_values():
    found = separate(measured(FIRST), ACCURACY)
    assert groups(found) == {"a": "a", "b": "a", "c": "b"}
    assert (found.test, found.seeds, found.pairs, found.separated, found.obstacle) == ("moderated", 5, 3, 2, None)
    assert (found.best, found.runner_up, found.top) == ("a", "b", ("a", "b"))
    assert found.rows["b"].from_best.p == pytest.approx(0.0517084, rel=1e-5)
    assert found.rows["c"].from_best.p == pytest.approx(0.000569976, rel=1e-5)
    assert found.detectable == pytest.approx(0.0057815, rel=1e-5)


def test_the_second_reference_values():
    found = separate(measured(SECOND), ACCURACY, baseline="a")
    # The second row is the best by a hundredth of a point.
    assert groups(found) == {"a": "a", "b": "a", "c": "b"}
    assert found.best == "b"
    assert [found.rows[key].from_baseline.p for key in "bc"] == pytest.approx([0.360875, 9.10852e-6], rel=1e-5)
    assert found.rows["c"].from_best.p == pytest.approx(3.62262e-8, rel=1e-5)


def test_the_committed_quickstart():
    [table] = Results.load(QUICKSTART).tables(["test_accuracy"], ["last"], baseline="momentum")
    [found] = table.separations
    assert groups(found) == {"sgd": "c", "momentum": "b", "adam": "a"}
    p_values = [found.rows["sgd"].from_baseline.p, found.rows["sgd"].from_best.p, found.rows["momentum"].from_best.p]
    assert max(p_values) < 1e-4


def test_a_quickstart_by_hand():
    """Its runs on another processor, whose p-values are known."""
    rows = [[0.9066, 0.907, 0.9101], [0.9578, 0.9554, 0.9569], [0.9734, 0.9719, 0.9744]]
    found = separate(measured(rows), ACCURACY, baseline="b").rows
    p_values = [found["a"].from_baseline.p, found["a"].from_best.p, found["b"].from_best.p]
    assert p_values == pytest.approx([1.457e-6, 4.737e-7, 1.888e-5], rel=1e-3)


def test_a_difference_has_the_sign_of_the_row_and_an_interval_around_it():
    found = separate(measured(FIRST), ACCURACY, baseline="b")
    best, base, worst = (found.rows[key] for key in "abc")
    assert (best.is_best, best.from_best, best.from_baseline.mean) == (True, None, pytest.approx(0.0022))
    assert (base.is_baseline, base.from_baseline, base.from_best.mean) == (True, None, pytest.approx(-0.0022))
    turned = Difference(-base.from_best.mean, -base.from_best.high, -base.from_best.low, base.from_best.p)
    assert best.from_baseline == turned
    assert worst.from_best.low < worst.from_best.mean < worst.from_best.high < 0
    # The pair that is not shown to differ has an interval with 0 in it.
    assert base.from_best.low < 0 < base.from_best.high
    assert [found.difference(key) for key in "abc"] == [best.from_baseline, None, worst.from_baseline]


@pytest.mark.parametrize("ending", ["missing", "failed", "interrupted", "diverged", "collapsed"])
def test_a_row_that_is_not_whole_takes_no_letter_and_leaves_the_family(ending):
    whole = separate(measured(FIRST), ACCURACY)
    found = separate(measured([*FIRST, FIRST[0] + 0.01], d3=ending), ACCURACY)
    assert found.rows["d"] == RowSeparation()
    assert found.rows == {**whole.rows, "d": RowSeparation()}
    assert (found.pairs, found.best, found.detectable) == (3, "a", whole.detectable)


def test_a_divergence_in_the_loser_takes_its_letter_and_no_evidence_from_others():
    before = separate(measured(FIRST[:2]), ACCURACY, "paired")
    after = separate(measured(FIRST, c0="diverged"), ACCURACY, "paired")
    assert after.rows == {**before.rows, "c": RowSeparation()}


def test_a_row_that_has_collapsed_in_every_seed_takes_a_letter():
    found = separate(measured(FIRST, **{f"c{seed}": "collapsed" for seed in range(5)}), ACCURACY)
    assert groups(found) == {"a": "a", "b": "b", "c": "c"}


def test_times_of_collapsed_runs_are_times():
    seconds = Selection(METRICS["train_seconds"], "last")
    points = {(name,): [f"{name}{seed}" for seed in range(5)] for name in "ab"}
    [comparison] = an_experiment({"optimizer": ["a", "b"]}, points).comparisons
    records = {
        f"{name}{seed}": a_record(
            f"{name}{seed}", metrics={"test_accuracy": 0.1, "collapsed": seed == 0}, seconds={"train": base + seed / 10}
        )
        for name, base in (("a", 5.0), ("b", 9.0))
        for seed in range(5)
    }
    found = separate(Measurement(comparison, records), seconds)
    assert groups(found) == {"a": "a", "b": "b"}
    assert separate(Measurement(comparison, records), ACCURACY).obstacle == "one_row"


def test_of_rows_with_the_same_mean_the_first_is_the_best():
    rows = [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.2, 0.3, 0.1]]
    found = separate(measured(rows), ACCURACY)
    assert (found.best, found.runner_up, found.top) == ("a", "b", ("a", "b", "c"))
    assert found.rows["c"].from_best.mean == 0


def test_a_small_loss_is_best():
    assert groups(separate(measured(FIRST, "test_loss"), LOSS)) == {"c": "a", "b": "b", "a": "b"}


def test_one_value_out_of_many_seeds_is_never_compared():
    assert separate(measured(FIRST, "test_loss"), ACCURACY).obstacle == "one_row"


@pytest.mark.parametrize(
    ("rows", "obstacle", "best"),
    [
        (FIRST[:, :2], "few_seeds", None),
        (FIRST[:, :1], "few_seeds", None),
        (FIRST[:1], "one_row", None),
        (np.full((3, 5), [[0.9], [0.8], [0.95]]), "no_spread", "c"),
        (np.random.default_rng(0).normal(0.97, 0.001, (101, 3)), "too_many_rows", "r56"),
    ],
)
def test_what_keeps_a_table_from_letters(rows, obstacle, best):
    found = separate(measured(rows), ACCURACY, baseline="a")
    assert (found.obstacle, found.best, found.detectable, found.pairs) == (obstacle, best, None, 0)
    assert all((row.group, row.from_best, row.from_baseline) == (None, None, None) for row in found.rows.values())
    assert [key for key, row in found.rows.items() if row.is_best] == [best] * (best is not None)


def test_a_hundred_rows_are_told_apart():
    rows = np.random.default_rng(0).normal(0.8, 0.001, (100, 3)) + np.arange(100)[:, None] / 1000
    found = separate(measured(rows), ACCURACY)
    assert (found.obstacle, found.pairs) == (None, 4950)
    # So many groups have numbers.
    assert found.rows[found.best].group.startswith("1")


def test_a_look_of_several_has_its_share_of_the_level():
    once, look = separate(measured(FIRST), ACCURACY), separate(measured(FIRST), ACCURACY, looks=3)
    assert look.rows["c"].from_best.p == pytest.approx(3 * once.rows["c"].from_best.p)
    assert look.rows["b"].from_best.p == pytest.approx(3 * 0.0517084, rel=1e-5)
    assert look.detectable > once.detectable
    assert look.rows["c"].from_best.low < once.rows["c"].from_best.low
    assert groups(look) == {"a": "a", "b": "a", "c": "b"}


def test_fewer_images_show_less():
    many, few = separate(measured(SECOND), ACCURACY), separate(measured(SECOND, images=30), ACCURACY)
    assert few.rows["a"].from_best.p > many.rows["a"].from_best.p
    assert few.detectable > 0.02 > 0.01 > many.detectable


def test_numbers_too_large_for_their_squares():
    rows = FIRST * 1e300
    found = separate(measured(rows, "test_loss"), LOSS)
    assert found.rows["a"].from_best.p == pytest.approx(
        separate(measured(FIRST, "test_loss"), LOSS).rows["a"].from_best.p
    )
    assert found.detectable == pytest.approx(0.0057815e300, rel=1e-3)
    assert all(math.isfinite(number) for number in (found.rows["a"].from_best.low, found.rows["a"].from_best.high))


def test_no_interval_of_a_difference_of_accuracies_leaves_100_points():
    # Three seeds that are far apart: Student's t alone would allow for more points than there are.
    far_apart = [(0.1, 0.9, 0.5), (0.9, 0.3, 0.1)]
    difference = separate(measured(far_apart), ACCURACY).rows["b"].from_best
    assert (difference.low, difference.high) == (-1.0, 1.0)
    loss = separate(measured(far_apart, "test_loss"), LOSS).rows["a"].from_best
    assert loss.high > 1.0
