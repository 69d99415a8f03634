import pytest

from gdbench.comparison.arrange import Pivot, pivot, rows_with, sort_rows
from gdbench.comparison.names import short_names
from gdbench.comparison.results import Results
from gdbench.errors import RequestError
from tests.builders import a_record, accuracies, an_experiment


@pytest.fixture
def grid():
    """Optimizer x learning rate; the diverged point is sgd at 10, and adam has no point at 10."""
    axes = {"optimizer": ["sgd", "adam"], "optimizer.learning_rate": ["0.1", "1e-2", "10"]}
    points = {("sgd", "0.1"): ["a0"], ("sgd", "1e-2"): ["b0"], ("sgd", "10"): ["c0"]}
    points |= {("adam", "0.1"): ["d0"], ("adam", "1e-2"): ["e0"]}
    records = {"c0": a_record("c0", "diverged", learning_rate=10)}
    for run, rate, accuracy in (("a0", 0.1, 0.9), ("b0", 0.01, 0.8), ("d0", 0.1, 0.95), ("e0", 0.01, 0.7)):
        records[run] = a_record(run, metrics={"test_accuracy": accuracy}, learning_rate=rate)
    return Results(an_experiment(axes, points), records).tables(["test_accuracy"], ["last"])


@pytest.fixture
def other():
    """A comparison without the axes of the grid."""
    experiment = an_experiment({"training.batch_size": ["32"]}, {("32",): ["z0"]})
    return Results(experiment, accuracies("z", 0.6)).tables(["test_accuracy"], ["last"])


def labels(table):
    return ["/".join(row.labels) for row in table.rows]


def means(turned: Pivot):
    return [[row and row.statistics[0].mean for row in cells] for _label, cells in turned.rows]


def test_short_names_are_last_parts_unless_two_agree():
    assert short_names(["optimizer", "optimizer.learning_rate"]) == ("optimizer", "learning_rate")
    assert short_names(["a.rate", "b.rate"]) == ("a.rate", "b.rate")
    assert short_names(["optimizer, optimizer.learning_rate"]) == ("optimizer, learning_rate",)


@pytest.mark.parametrize("axis", ["optimizer.learning_rate", "learning_rate"])
def test_an_axis_in_rows_has_one_point_a_cell(grid, axis):
    [turned] = pivot(grid, axis)
    assert (turned.axis, turned.others) == ("optimizer.learning_rate", ("optimizer",))
    assert turned.columns == (("sgd",), ("adam",))
    assert [label for label, _cells in turned.rows] == ["0.1", "1e-2", "10"]
    assert means(turned) == [[0.9, 0.95], [0.8, 0.7], [None, None]]
    assert turned.rows[2][1][0].diverged == 1
    assert turned.rows[2][1][1] is None


def test_rows_are_found_by_any_spelling_of_a_number(grid):
    assert [labels(table) for table in rows_with(grid, "0.01")] == [["sgd/1e-2", "adam/1e-2"]]
    assert [labels(table) for table in rows_with(grid, "1e1", "sgd/0.1")] == [["sgd/0.1", "sgd/10"]]


def test_ranges_of_single_rows_ascend_together():
    axes = {"optimizer": ["sgd", "adam", "plain"], "optimizer.learning_rate": ["0.1", "1", "0.01", "-"]}
    points = {("sgd", "0.1"): ["a0"], ("sgd", "1"): ["b0"], ("adam", "0.01"): ["c0"], ("adam", "0.1"): ["d0"]}
    points |= {("plain", "-"): ["e0"]}
    rates = {"a0": 0.1, "b0": 1, "c0": 0.01, "d0": 0.1, "e0": None}
    records = {run: a_record(run, metrics={"test_accuracy": 0.9}, learning_rate=rates[run]) for run in rates}
    tables = Results(an_experiment(axes, points), records).tables(["test_accuracy"], ["last"])
    [turned] = pivot(tables, "learning_rate")
    assert [label for label, _cells in turned.rows] == ["0.01", "0.1", "1", "-"]
    [turned] = pivot(tables, "optimizer")
    assert turned.columns == (("0.01",), ("0.1",), ("1",), ("-",))
    assert [label for label, _cells in turned.rows] == ["sgd", "adam", "plain"]


def test_all_other_axes_go_into_columns():
    axes = {"a.x": ["1", "2"], "b": ["p"], "c": ["q", "r"]}
    points = {(x, "p", c): [f"{x}{c}0"] for x in "12" for c in "qr"}
    records = {**accuracies("1q", 0.1), **accuracies("1r", 0.2), **accuracies("2q", 0.3), **accuracies("2r", 0.4)}
    [turned] = pivot(Results(an_experiment(axes, points), records).tables(["test_accuracy"], ["last"]), "x")
    assert turned.columns == (("p", "q"), ("p", "r"))
    assert means(turned) == [[0.1, 0.2], [0.3, 0.4]]


def test_tables_without_the_axis_stay_as_they_are(grid, other):
    turned = pivot([*grid, *other], "optimizer")
    assert isinstance(turned[0], Pivot)
    assert turned[1] == other[0]


@pytest.mark.parametrize(
    ("rearrange", "name", "message"),
    [
        (pivot, "learning_rat", "--by: expected an axis; got 'learning_rat'; did you mean 'learning_rate'?"),
        (rows_with, "agam", "--only: expected a label; got 'agam'; did you mean 'adam'?"),
        (rows_with, "sgd / 10", "--only: expected a label; got 'sgd / 10'; did you mean 'sgd/10'?"),
        (rows_with, "zzz", "--only: expected a label (one of sgd, 0.1, 1e-2, 10, adam); got 'zzz'"),
        (sort_rows, "meen", "--sort: expected a column; got 'meen'; did you mean 'mean'?"),
    ],
)
def test_an_unknown_name_is_one_line_with_the_nearest(grid, rearrange, name, message):
    with pytest.raises(RequestError) as caught:
        rearrange(grid, name)
    assert str(caught.value) == message


def test_only_keeps_the_rows_with_the_label(grid, other):
    [table] = rows_with([*grid, *other], "adam")
    assert labels(table) == ["adam/0.1", "adam/1e-2"]
    [table] = rows_with(grid, "0.1")
    assert labels(table) == ["sgd/0.1", "adam/0.1"]


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("mean", ["adam/0.1", "sgd/0.1", "sgd/1e-2", "adam/1e-2", "sgd/10"]),
        ("test_accuracy", ["adam/0.1", "sgd/0.1", "sgd/1e-2", "adam/1e-2", "sgd/10"]),
        ("test_accuracy_median", ["adam/0.1", "sgd/0.1", "sgd/1e-2", "adam/1e-2", "sgd/10"]),
        ("learning_rate", ["sgd/1e-2", "adam/1e-2", "sgd/0.1", "adam/0.1", "sgd/10"]),
        ("optimizer", ["adam/0.1", "adam/1e-2", "sgd/0.1", "sgd/1e-2", "sgd/10"]),
        ("diverged", ["sgd/0.1", "sgd/1e-2", "adam/0.1", "adam/1e-2", "sgd/10"]),
    ],
)
def test_sorting_puts_the_best_first_and_no_value_last(grid, other, column, order):
    table, untouched = sort_rows([*grid, *other], column)
    assert labels(table) == order
    assert untouched == other[0]


def test_a_small_loss_and_a_small_spread_are_best():
    losses = {
        f"{name}{seed}": loss for name, pair in {"a": (3, 4), "b": (1, 9)}.items() for seed, loss in enumerate(pair)
    }
    records = {run: a_record(run, metrics={"test_loss": loss}) for run, loss in losses.items()}
    points = {(name,): [f"{name}0", f"{name}1"] for name in "ba"}
    table = Results(an_experiment({"optimizer": ["b", "a"]}, points), records).tables(["test_loss"], ["last"])
    assert labels(sort_rows(table, "mean")[0]) == ["a", "b"]
    assert labels(sort_rows(table, "sd")[0]) == ["a", "b"]
    assert labels(sort_rows(table, "min")[0]) == ["b", "a"]


def test_a_metric_is_sorted_by_its_mean_unless_it_is_one_of_survivors():
    records = accuracies("a", 0.9, 0.9) | accuracies("b", 0.99, 0.99) | {"b1": a_record("b1", "diverged")}
    records |= {"b2": a_record("b2", "diverged")}
    points = {("b",): ["b0", "b1", "b2"], ("a",): ["a0", "a1"]}
    table = Results(an_experiment({"optimizer": ["b", "a"]}, points), records).tables(["test_accuracy"], ["last"])
    assert labels(sort_rows(table, "test_accuracy")[0]) == ["a", "b"]


def test_a_mean_of_survivors_comes_after_all_others():
    records = {
        **accuracies("a", 0.5, 0.6),
        **accuracies("b", 0.9),
        "b1": a_record("b1", "diverged"),
        "c0": a_record("c0", "diverged"),
        "c1": a_record("c1", "diverged"),
        **accuracies("d", 0.7),
    }
    # The second run of d has not been trained, which says nothing about d.
    points = {(name,): [f"{name}0", f"{name}1"] for name in "abcd"}
    tables = Results(an_experiment({"optimizer": [*"abcd"]}, points), records).tables(["test_accuracy"], ["last"])
    for column in ("mean", "max", "ci_high", "median"):
        ranked = labels(sort_rows(tables, column)[0])
        assert ranked.index("a") < ranked.index("b") < ranked.index("c") or column == "ci_high"
    assert labels(sort_rows(tables, "mean")[0]) == ["d", "a", "b", "c"]


def test_rows_are_sorted_by_what_shows_them_to_differ():
    shares = {"a": (0.90, 0.91, 0.92), "b": (0.97, 0.971, 0.972), "c": (0.95, 0.951, 0.952)}
    records = {
        f"{name}{seed}": a_record(f"{name}{seed}", metrics={"test_accuracy": share})
        for name, found in shares.items()
        for seed, share in enumerate(found)
    }
    points = {(name,): [f"{name}{seed}" for seed in range(3)] for name in shares}
    tables = Results(an_experiment({"optimizer": [*shares]}, points), records).tables(["test_accuracy"], ["last"])
    assert labels(sort_rows(tables, "difference")[0]) == ["b", "c", "a"]
    assert labels(sort_rows(tables, "test_accuracy_group")[0]) == ["b", "c", "a"]
    # The best row is held against no other, and comes last.
    assert labels(sort_rows(tables, "p")[0]) == ["c", "a", "b"]


def test_only_and_sort_leave_the_family_as_it_is(grid):
    [whole] = grid
    [some] = rows_with(sort_rows(grid, "mean"), "adam")
    assert len(some.rows) < len(whole.rows)
    assert some.separations == whole.separations


def sorted_rates(**rates):
    """The labels of a sorted axis, whose labels stand for these learning rates; None: no run is trained."""
    axes, points = {"optimizer.learning_rate": [*rates]}, {(label,): [f"{label}0"] for label in rates}
    records = {
        f"{label}0": a_record(f"{label}0", learning_rate=rate) for label, rate in rates.items() if rate is not None
    }
    return labels(
        sort_rows(Results(an_experiment(axes, points), records).tables(["test_accuracy"], ["last"]), "learning_rate")[0]
    )


def test_an_axis_is_sorted_by_the_numbers_behind_its_labels():
    assert sorted_rates(small=0.001, large=1.0, middle=0.1) == ["small", "middle", "large"]


def test_labels_without_a_number_come_last_in_the_order_of_their_letters():
    assert sorted_rates(new=None, words="auto", large=10.0, small=9, truth=True) == [
        "small",
        "large",
        "new",
        "truth",
        "words",
    ]
