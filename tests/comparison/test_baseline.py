import pytest

from gdbench.comparison.results import Results
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment
from tests.builders import accuracies, an_experiment


def results():
    """A grid of two axes, and a comparison of one."""
    axes = {"optimizer": ["sgd", "adam"], "optimizer.learning_rate": ["0.1", "1"]}
    points = {(name, rate): [f"{name}{rate}{i}" for i in range(3)] for name in ("sgd", "adam") for rate in ("0.1", "1")}
    grid = an_experiment(axes, points).comparisons
    line = an_experiment(
        {"training.batch_size": ["32", "64"]}, {("32",): ["a0", "a1", "a2"], ("64",): ["b0", "b1", "b2"]}
    )
    records = {**accuracies("a", 0.5, 0.6, 0.7), **accuracies("b", 0.8, 0.9, 0.95)}
    for number, runs in enumerate(points.values()):
        records |= accuracies(runs[0][:-1], *(0.8 + number / 50 + seed / 1000 for seed in range(3)))
    return Results(Experiment("both", "Both", (*grid, *line.comparisons)), records)


def baselines(name):
    return [table.separations[0].baseline for table in results().tables(["test_accuracy"], ["last"], baseline=name)]


@pytest.mark.parametrize(("name", "rows"), [(None, [None, None]), ("sgd/0.1", ["sgd/0.1", None]), ("64", [None, "64"])])
def test_a_baseline_is_a_row_of_the_tables_that_have_it(name, rows):
    assert baselines(name) == rows


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sgd", "--baseline: expected one row, such as 'sgd/0.1'; got 'sgd', the label of 2 rows"),
        ("sgd/0.2", "--baseline: expected a row; got 'sgd/0.2'; did you mean 'sgd/0.1'?"),
        ("", "--baseline: expected a row (one of sgd/0.1, sgd/1, adam/0.1, adam/1, 32, 64); got ''"),
    ],
)
def test_a_baseline_that_names_no_row_is_one_line(name, message):
    with pytest.raises(RequestError) as caught:
        baselines(name)
    assert str(caught.value) == message


def test_all_rows_are_compared_with_it():
    grid, line = results().tables(["test_accuracy"], ["last"], baseline="adam/0.1")
    rows = grid.separations[0].rows
    assert [row.is_baseline for row in rows.values()] == [False, False, True, False]
    assert [row.from_baseline and round(row.from_baseline.mean, 6) for row in rows.values()] == [
        -0.04,
        -0.02,
        None,
        0.02,
    ]
    assert all(row.from_baseline is None for row in line.separations[0].rows.values())
