"""The outcome of several starts, from outcomes made by hand."""

from dataclasses import replace

from gdbench.records import Outcome
from gdbench.training.restarts import best_of


def start(*losses: float, accuracies: tuple[float, ...] = ()) -> Outcome:
    """A start that was evaluated after each epoch of ten updates, a second each."""
    epochs = list(range(1, len(losses) + 1))
    history = {"epoch": epochs, "update": [10 * epoch for epoch in epochs], "train_loss": list(losses)}
    if accuracies:
        history["val_accuracy"] = list(accuracies)
    return Outcome(
        "done",
        {"train_loss": losses[-1]},
        history,
        {"train": float(len(losses)), "evaluate": 0.5},
        images=100 * len(losses),
        clock=[float(epoch) for epoch in epochs],
        answers={"last": {"epoch": len(losses), "ranks": [1]}},
    )


LOST = replace(
    start(0.1),
    status="diverged",
    metrics=None,
    answers=None,
    diverged={"epoch": 2, "step": 13},
    seconds={"train": 2.0, "evaluate": 0.5},
)


def test_the_best_start_counts_at_the_cost_of_all():
    joined = best_of([start(3.0, 2.0), start(5.0, 1.0), start(1.5, 4.0)])
    assert joined.metrics == {"train_loss": 1.0}
    # The start under way is shown where its loss is lower than that of the best that has ended.
    assert joined.history["train_loss"] == [3.0, 2.0, 2.0, 1.0, 1.0, 1.0]
    assert joined.history["epoch"] == [1, 2, 3, 4, 5, 6]
    assert joined.history["update"] == [10, 20, 30, 40, 50, 60]
    assert joined.clock == [1, 2, 3, 4, 5, 6]
    assert joined.seconds == {"train": 6.0, "evaluate": 1.5}
    assert joined.images == 600
    assert joined.answers == {"last": {"epoch": 6, "ranks": [1]}}


def test_a_start_that_diverges_loses():
    joined = best_of([start(3.0, 2.0), LOST])
    assert joined.is_done
    assert joined.metrics == {"train_loss": 2.0}
    assert joined.history["train_loss"] == [3.0, 2.0, 2.0]
    assert joined.history["epoch"] == [1, 2, 3]


def test_where_all_diverge_the_run_has_diverged():
    joined = best_of([LOST, LOST])
    assert joined.diverged == {"epoch": 2, "step": 13}
    assert joined.seconds == {"train": 4.0, "evaluate": 1.0}


def test_what_comes_after_a_divergence_counts_its_passes():
    joined = best_of([LOST, start(3.0, 2.0)])
    assert joined.history["epoch"] == [1, 3, 4]
    assert joined.history["update"] == [10, 23, 33]


def test_answers_of_an_evaluation_that_is_not_kept_are_left_out():
    best, other = start(2.0, accuracies=(0.5,)), start(3.0, 2.5, accuracies=(0.9, 0.4))
    assert best_of([best, other]).answers is not None
    assert best_of([start(2.0, 1.0, accuracies=(0.9, 0.5)), other]).answers is None
