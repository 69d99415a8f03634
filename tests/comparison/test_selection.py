import pytest

from gdbench.comparison.selection import default_csv_metrics, default_metrics, read_at, select
from gdbench.errors import RequestError
from gdbench.experiment.moment import Seconds
from tests.builders import a_record

TRAINED = [
    a_record(
        "a", metrics={"test_accuracy": 0.9, "test_loss": 0.1}, history={"epoch": [1, 2], "test_accuracy": [0.8, 0.9]}
    )
]


def test_every_metric_at_every_epoch_and_times_once():
    record = a_record(
        "a", metrics={"test_accuracy": 0.9}, history=TRAINED[0].outcome.history, seconds={"train": 1.0}, images=100
    )
    selections = select(["test_accuracy", "train_seconds", "test_accuracy"], ["last", 2], [record])
    assert [selection.name for selection in selections] == ["test_accuracy", "test_accuracy_at_2", "train_seconds"]


@pytest.mark.parametrize(
    ("metric", "at", "message"),
    [
        ("test_acuracy", "last", "--metric: expected a metric; got 'test_acuracy'; did you mean 'test_accuracy'?"),
        (
            "epochs_to_target",
            "last",
            "--metric: expected a comparison with a target, such as `target: 97 %`, for epochs_to_target; got none",
        ),
        (
            "test_accuracy",
            "best_val",
            "--at: expected runs with validation data for best_val; got none with val_accuracy",
        ),
        ("test_accuracy", 7, "--at: expected an epoch that a run has (1, 2); got 7"),
        (
            "val_loss",
            "last",
            "--metric: expected one that a run has at last (test_loss, test_accuracy, test_error); got 'val_loss'; "
            "did you mean 'test_loss'?",
        ),
        ("test_loss", 2, "--metric: expected one that a run has at 2 (test_accuracy, test_error); got 'test_loss'"),
        # No run has val_accuracy, which is spelled more like it.
        ("accuracy", "last", "--metric: expected a metric; got 'accuracy'; did you mean 'test_accuracy'?"),
        ("acuracy", "last", "--metric: expected a metric; got 'acuracy'; did you mean 'test_accuracy'?"),
        ("loss", 1, "--metric: expected a metric; got 'loss'; did you mean 'test_loss'?"),
        ("tests_loss", "last", "--metric: expected a metric; got 'tests_loss'; did you mean 'test_loss'?"),
        (
            "x",
            "last",
            "--metric: expected a metric (one of test_loss, test_accuracy, test_error); got 'x'",
        ),
    ],
)
def test_what_no_record_has_is_refused_in_one_line(metric, at, message):
    with pytest.raises(RequestError) as caught:
        select([metric], [at], TRAINED)
    assert str(caught.value) == message


def test_many_epochs_are_listed_short():
    history = {"epoch": [0.5, *range(1, 101)], "test_accuracy": [0.5] * 101}
    with pytest.raises(RequestError, match=r"a run has \(1, 2, 3, \.\.\., 100\); got 200$"):
        select(["test_accuracy"], [200], [a_record(history=history)])


@pytest.mark.parametrize("records", [[], [a_record(status="failed")], [a_record(status="diverged")]])
def test_before_a_run_is_done_nothing_can_be_lacking(records):
    assert len(select(["val_accuracy"], ["best_val", 7], records)) == 2


def test_the_epochs_of_the_command_line():
    assert read_at("last, best_val,max,3,3") == ("last", "best_val", "max", 3)
    assert read_at("2s,0.5 s,2.0s") == (Seconds(2), Seconds(0.5))


def test_a_time_before_any_evaluation_is_refused():
    record = a_record(metrics={"test_accuracy": 0.5}, history={"epoch": [1], "test_accuracy": [0.5]}, clock=[0.123])
    with pytest.raises(
        RequestError, match=r"--at: expected 0\.13s or more, the time of the first evaluation; got 0\.1s"
    ):
        select(["test_accuracy"], [Seconds(0.1)], [record])
    [found] = select(["test_accuracy"], [Seconds(0.13)], [record])
    assert (found.name, found.title) == ("test_accuracy_at_0.13s", "test_accuracy, 0.13 s")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "first", "", "1,,2", "0s", "-1s", "1e3s", "2m", "s"])
def test_what_is_no_epoch_is_refused(text):
    with pytest.raises(RequestError, match="--at: expected last, best_val, max, epochs from 1 on or seconds"):
        read_at(text)


@pytest.mark.parametrize(("text", "near"), [("3.5", "3 or 4"), ("0.5", "1"), ("last,2.0", "2")])
def test_beside_a_part_of_an_epoch_the_whole_ones_are_named(text, near):
    with pytest.raises(RequestError, match=f"; epochs are whole numbers, here {near}$"):
        read_at(text)


def test_the_metrics_of_a_csv_file():
    always = ("test_accuracy", "test_loss", "train_accuracy", "train_loss", "train_seconds", "images_per_second")
    assert default_csv_metrics([]) == always
    metrics = {f"{part}_{kind}": 0.5 for part in ("train", "val", "test") for kind in ("accuracy", "loss")}
    done = a_record(metrics=metrics, seconds={"train": 1.0}, images=100)
    assert default_csv_metrics([done]) == (
        *always[:4],
        "val_accuracy",
        "val_loss",
        "train_seconds",
        "images_per_second",
    )


def test_runs_are_compared_by_the_first_of_three_metrics_that_they_have():
    without = a_record("a0", metrics={"val_accuracy": 0.9, "train_loss": 0.1})
    assert default_metrics([a_record("c0", metrics={"train_loss": 0.1})]) == ("train_loss",)
    assert default_metrics([]) == ("test_accuracy",)
    assert default_metrics([without]) == ("val_accuracy",)
    assert default_metrics([a_record("b0", "diverged")]) == ("test_accuracy",)
    assert default_metrics([without, a_record("b0")]) == ("test_accuracy",)
