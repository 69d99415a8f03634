"""Where a comparison with looks stands, from records made by hand."""

import pytest

from gdbench.comparison.frames import rows_frame, runs_frame
from gdbench.comparison.results import Results
from gdbench.comparison.sequential import Stopping, seeds_to_train, stopping
from gdbench.experiment.experiment import Axis, Comparison, Experiment, Point
from tests.builders import a_record

LOOKS = (3, 6, 12)
# Of the twelve values the first three are alike; from the sixth on two rows are far apart.
NOISE = (0.0, 0.001, -0.001, 0.0004, -0.0004, 0.0002, -0.0002, 0.0003, -0.0003, 0.0001, -0.0001, 0.0)


def a_comparison(*names, looks=LOOKS, seeds=12):
    points = tuple(Point((name,), tuple(f"{name}{seed}" for seed in range(seeds))) for name in names)
    return Comparison("rates", "Rates", (Axis("optimizer", names),), points, tuple(range(seeds)), looks=looks)


def records_of(levels, seeds, **statuses):
    """Records of the first seeds: each row has its level, and noise of its own; statuses by run id."""
    records = {}
    for row, (name, level) in enumerate(levels.items()):
        for seed in range(seeds):
            run, noise = f"{name}{seed}", NOISE[(seed * (2 * row + 1)) % 12]
            metrics = {"test_accuracy": level + noise, "collapsed": False}
            records[run] = a_record(run, statuses.get(run, "done"), metrics=metrics)
    return records


APART = {"a": 0.98, "b": 0.95, "c": 0.90}
ALIKE = {"a": 0.9500, "b": 0.9501, "c": 0.9499}


def test_without_looks_every_seed_is_trained_and_counts():
    fixed = a_comparison("a", "b", looks=())
    assert stopping(fixed, {}) is None
    assert seeds_to_train(fixed, {}) == 12


@pytest.mark.parametrize(
    ("levels", "seeds", "stands"),
    [
        (APART, 0, Stopping(3, 12, 3, next=3)),
        (APART, 2, Stopping(3, 12, 3, next=3)),
        (APART, 3, Stopping(3, 12, 3, "separated")),
        (ALIKE, 3, Stopping(3, 12, 3, next=6)),
        (ALIKE, 5, Stopping(3, 12, 3, next=6)),
        (ALIKE, 6, Stopping(6, 12, 3, next=12)),
        (ALIKE, 12, Stopping(12, 12, 3, "not_separated")),
    ],
)
def test_the_looks_are_taken_in_order_until_one_ends_the_comparison(levels, seeds, stands):
    comparison, records = a_comparison(*levels), records_of(levels, seeds)
    assert stopping(comparison, records) == stands
    assert seeds_to_train(comparison, records) == (stands.next or stands.seeds)


def test_seeds_beyond_the_end_do_not_count():
    comparison = a_comparison(*APART)
    assert stopping(comparison, records_of(APART, 3)) == stopping(comparison, records_of(APART, 12))
    results = Results(Experiment("x", "X", (comparison,)), records_of(APART, 12))
    assert len(results.own_records) == 9
    [table] = results.tables(["test_accuracy"], ["last"])
    assert [(row.runs, row.done, row.statistics[0].n) for row in table.rows] == [(3, 3, 3)] * 3
    assert table.stopping == Stopping(3, 12, 3, "separated")


def test_a_look_that_is_not_over_does_not_count_yet():
    results = Results(Experiment("x", "X", (a_comparison(*ALIKE),)), records_of(ALIKE, 5))
    [table] = results.tables(["test_accuracy"], ["last"])
    assert [(row.runs, row.done) for row in table.rows] == [(3, 3)] * 3
    assert table.stopping == Stopping(3, 12, 3, next=6)


def test_the_best_row_alone_must_stand_out():
    """Two losers that are alike do not keep a winner from being one, and two winners do."""
    comparison = a_comparison("a", "b", "c")
    assert stopping(comparison, records_of({"a": 0.98, "b": 0.95, "c": 0.9501}, 3)).ending == "separated"
    assert stopping(comparison, records_of({"a": 0.98, "b": 0.9801, "c": 0.95}, 3)).ending is None


@pytest.mark.parametrize("status", ["diverged", "failed"])
def test_a_row_without_letters_is_no_rival(status):
    """It neither holds the decision up nor is it the best, whatever its other runs say."""
    comparison = a_comparison("a", "b", "c")
    records = records_of({"a": 0.98, "b": 0.9801, "c": 0.95}, 3, b1=status)
    assert stopping(comparison, records).ending == "separated"


def test_where_fewer_than_two_rows_are_left_more_seeds_tell_nothing():
    comparison = a_comparison("a", "b")
    assert stopping(comparison, records_of({"a": 0.98, "b": 0.9801}, 3, b1="diverged")).ending == "one_row"


def test_an_interrupted_run_has_not_ended():
    comparison = a_comparison(*APART)
    assert stopping(comparison, records_of(APART, 3, c2="interrupted")) == Stopping(3, 12, 3, next=3)


def test_frames_have_the_seeds_that_count():
    results = Results(Experiment("rates", "Rates", (a_comparison("a", "b", "c"),)), records_of(APART, 12))
    assert len(runs_frame(results)) == len(rows_frame(results.comparisons)) == 9
    assert set(runs_frame(results).status) == {"done"}


def test_rows_without_any_spread_are_not_separated():
    comparison = a_comparison("a", "b")
    records = {
        run: a_record(run, metrics={"test_accuracy": 0.9 if run[0] == "a" else 0.8}) for run in comparison.run_ids
    }
    assert stopping(comparison, records) == Stopping(12, 12, 3, "not_separated")


def test_each_look_is_held_to_its_share_of_the_level():
    """Rows that a table of three seeds tells apart are not told apart where it is one of three looks."""
    levels = {"a": 0.9518, "b": 0.9500}
    once = a_comparison("a", "b", looks=(), seeds=3)
    looked = a_comparison("a", "b")
    records = records_of(levels, 3)

    def p_value(comparison):
        [table] = Results(Experiment("x", "X", (comparison,)), records).tables(["test_accuracy"], ["last"])
        [difference] = [row.from_best for row in table.separations[0].rows.values() if row.from_best]
        return difference.p

    assert p_value(once) < 0.05 < p_value(looked)
    assert p_value(looked) == pytest.approx(3 * p_value(once))
    assert stopping(looked, records).ending is None
