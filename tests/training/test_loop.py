from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.decimals import shortest_decimal
from gdbench.training.loop import evaluation_updates, stretches
from gdbench.training.program import Program
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.training.programs import program_of

RunOf = Callable[..., Run]

# Steps too small to move a float32 weight.
STILL = "optimizer={name: sgd, learning_rate: 1e-30}"
SIZES = [128] * 7 + [104]


@pytest.mark.parametrize(
    ("updates", "every", "moments"),
    [
        (24, 1.0, {8: 1, 16: 2, 24: 3}),
        (24, 2.0, {16: 2, 24: 3}),
        (24, 5.0, {24: 3}),
        (16, 0.5, {4: 0.5, 8: 1, 12: 1.5, 16: 2}),
        (8, 0.3, {2: 0.25, 5: 0.625, 7: 0.875, 8: 1}),
        (
            16,
            0.15,
            {1: 0.125, 2: 0.25, 4: 0.5, 5: 0.625, 6: 0.75, 7: 0.875, 8: 1, 10: 1.25, 11: 1.375, 12: 1.5}
            | {13: 1.625, 14: 1.75, 16: 2},
        ),
        (24, 1.5, {12: 1.5, 24: 3}),
        (5, 1.0, {5: 0.625}),
        (19, 1.0, {8: 1, 16: 2, 19: 2.375}),
    ],
)
def test_evaluations_come_every_so_many_epochs_and_after_the_last_update(
    updates: int, every: float, moments: dict[int, float]
):
    assert evaluation_updates(updates, 8, every) == moments


def test_evaluations_more_often_than_updates_come_after_every_update():
    assert list(evaluation_updates(8, 8, 0.01)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_stretch_ends_with_an_epoch_or_an_evaluation():
    assert list(stretches(24, 8, {12: 1.5, 24: 3})) == [(0, 8), (8, 12), (12, 16), (16, 24)]
    assert list(stretches(5, 8, {5: 0.625})) == [(0, 5)]


def test_the_history_has_a_value_of_each_metric_at_each_evaluation(trainer: Trainer, run_of: RunOf):
    history = trainer(run_of("dataset.validation=300", "training={epochs: 3, evaluate_every: 2}")).history
    assert history["epoch"] == [2, 3]
    assert history["update"] == [16, 24]
    measured = {f"{split}_{kind}" for split in ("train", "val", "test") for kind in ("loss", "accuracy")}
    assert set(history) == {"epoch", "update"} | measured
    assert {len(values) for values in history.values()} == {2}


def test_the_metrics_are_the_last_of_the_history(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training.epochs=2"))
    last = {name: values[-1] for name, values in outcome.history.items() if name not in ("epoch", "update")}
    assert outcome.status == "done"
    assert outcome.metrics == {**last, "collapsed": False}
    assert (outcome.diverged, outcome.error, outcome.losses) == (None, None, None)


def test_the_clock_says_the_seconds_of_training_at_each_evaluation(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={epochs: 2, evaluate_every: 0.5}"))
    clock = list(outcome.clock or ())
    assert len(clock) == len(outcome.history["epoch"]) == 4
    assert clock[0] > 0
    assert clock == sorted(set(clock))
    assert clock[-1] == outcome.seconds["train"]


def test_steps_in_place_of_epochs_may_end_within_one(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={steps: 11, record_every: 1}"))
    assert outcome.history["epoch"] == [1, 1.375]
    assert outcome.history["update"] == [8, 11]
    assert len(outcome.losses or ()) == 11


def test_evaluating_more_often_changes_no_number(trainer: Trainer, run_of: RunOf):
    seldom = trainer(run_of("training={epochs: 2, record_every: 1}"))
    often = trainer(run_of("training={epochs: 2, record_every: 1, evaluate_every: 0.3}"))
    assert often.history["update"] == [2, 5, 7, 10, 12, 14, 16]
    assert (often.metrics, often.losses) == (seldom.metrics, seldom.losses)


def test_record_every_keeps_the_loss_of_every_kth_update_of_the_run(trainer: Trainer, run_of: RunOf):
    all_losses = trainer(run_of("training={epochs: 2, record_every: 1}")).losses or ()
    assert len(all_losses) == 16
    assert trainer(run_of("training={epochs: 2, record_every: 5}")).losses == all_losses[4::5]
    assert trainer(run_of("training={epochs: 2, record_every: 3, evaluate_every: 0.5}")).losses == all_losses[2::3]


def test_the_training_loss_is_a_running_mean_over_the_images_of_the_epoch(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={epochs: 2, record_every: 1, evaluate_every: 0.5}"))
    losses, sizes = np.array(outcome.losses), np.array(SIZES)
    means = [
        np.average(losses[first:last], weights=sizes[first % 8 :][: last - first])
        for first, last in ((0, 4), (0, 8), (8, 12), (8, 16))
    ]
    assert outcome.history["train_loss"] == pytest.approx(means, rel=1e-6)


def test_the_training_loss_is_without_the_penalty(trainer: Trainer, run_of: RunOf):
    weak, strong = (trainer(run_of(STILL, "training.epochs=1", f"regularization.l2={l2}")) for l2 in (1e-9, 10.0))
    assert weak.metrics == strong.metrics


def test_evaluate_train_measures_the_training_images_with_dropout_off(trainer: Trainer, run_of: RunOf):
    run = run_of("training={epochs: 1, evaluate_train: true}", "regularization.dropout=0.5", STILL)
    history = trainer(run).history
    program = program_of(run)
    initial = program.evaluate(program.data.train)
    assert history["train_eval_loss"] == [pytest.approx(initial.loss, rel=1e-6)]
    assert history["train_eval_accuracy"] == [pytest.approx(initial.accuracy)]
    assert history["train_loss"] != pytest.approx(history["train_eval_loss"], rel=1e-3)


def test_optimizers_start_from_the_same_weights_and_see_the_same_batches(trainer: Trainer, run_of: RunOf):
    """Without movement a batch's loss is that of its images under the initial weights."""
    still = "optimizer={name: %s, learning_rate: 1e-30}"
    recorded = "training={epochs: 2, record_every: 1}"
    sgd, adam = (trainer(run_of(still % name, recorded)).losses for name in ("sgd", "adam"))
    other = trainer(run_of(still % "adam", recorded, seed=1)).losses
    assert len(set(sgd or ())) == 16
    assert adam == pytest.approx(sgd, rel=1e-6)
    assert other != pytest.approx(adam, rel=1e-3)


def test_a_longer_run_begins_as_a_shorter_one(trainer: Trainer, run_of: RunOf):
    short, long = (trainer(run_of(f"training.epochs={epochs}", "regularization.dropout=0.2")) for epochs in (2, 4))
    assert {name: values[:2] for name, values in long.history.items()} == dict(short.history)


def test_seed_zero_is_a_seed_of_its_own(trainer: Trainer, run_of: RunOf):
    zero, one, again = (trainer(run_of("training.epochs=1", seed=seed)).metrics for seed in (0, 1, 0))
    assert zero == again
    assert zero != one


def rates_fed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """Collects the updates that programs are asked for, with their rates."""
    fed: list[tuple[int, float]] = []
    train = Program.train

    def spy(self: Program, order: Any, first: int, last: int, update: int, rates: Any) -> Any:
        fed.extend(zip(range(update, update + last - first), map(float, rates), strict=True))
        return train(self, order, first, last, update, rates)

    monkeypatch.setattr(Program, "train", spy)
    return fed


def test_every_update_gets_the_rate_of_its_place_in_the_schedule(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    fed = rates_fed(monkeypatch)
    schedule = "training.schedule={name: exponential, rate: 0.5, every: 4, floor: 0.01}"
    trainer(run_of("optimizer={name: sgd, learning_rate: 0.1}", "training={epochs: 2, evaluate_every: 0.6}", schedule))
    assert [update for update, _ in fed] == list(range(16))
    assert [rate for _, rate in fed] == pytest.approx([0.01 + 0.09 * 0.5 ** (i / 4) for i in range(16)])


def test_the_program_steps_at_the_rate_it_is_fed(run_of: RunOf):
    """SGD's first step is proportional to the rate; an update fed zero, the partial one too, moves nothing."""
    run = run_of("optimizer=sgd", "training.compile=eager")
    program = program_of(run)
    order, start = permutation(0, 0, 1000), program.state()[0]
    moved = []
    for rate in (0.1, 0.2):
        program.start(settings_of(run))
        program.train(order, 0, 8, 0, np.array([rate] + [0.0] * 7, np.float32))
        moved.append(program.state()[0] - start)
    assert np.abs(moved[0]).max() > 1e-3
    np.testing.assert_allclose(moved[1], 2 * moved[0], atol=1e-6)


def test_a_run_that_answers_one_class_has_collapsed(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("optimizer={name: adam, learning_rate: 1000}", "training.epochs=5"))
    assert outcome.status == "done"
    assert outcome.metrics is not None
    assert outcome.metrics["collapsed"] is True


@pytest.mark.parametrize(("rate", "collapsed"), [(0.01, False), (1000, True)])
def test_without_the_test_images_no_number_of_theirs_is_recorded(
    trainer: Trainer, run_of: RunOf, rate: float, collapsed: bool
):
    options = ("dataset.validation=300", f"optimizer={{name: adam, learning_rate: {rate}}}")
    whole = trainer(run_of(*options, "training.epochs=5"))
    outcome = trainer(run_of(*options, "training={epochs: 5, evaluate_test: false}"))
    assert whole.metrics is not None
    assert outcome.metrics is not None
    # The rest is the same to the last bit.
    assert outcome.history == {name: curve for name, curve in whole.history.items() if not name.startswith("test_")}
    assert [name for name in outcome.metrics if name.startswith("test_")] == []
    assert outcome.metrics["val_accuracy"] == whole.metrics["val_accuracy"]
    assert outcome.metrics["collapsed"] is collapsed


def test_early_stopping_ends_a_run_after_an_evaluation(trainer: Trainer, run_of: RunOf):
    run = run_of(
        "dataset.validation=300",
        "optimizer={name: adam, learning_rate: 0.3}",
        "training={epochs: 30, early_stopping: {metric: val_loss, patience: 2}}",
    )
    outcome = trainer(run)
    losses = outcome.history["val_loss"]
    assert outcome.status == "done"
    assert len(losses) < 30
    assert int(np.argmin(losses)) == len(losses) - 3
    assert outcome.metrics is not None
    assert outcome.metrics["val_loss"] == losses[-1]


def test_stop_at_ends_a_run_at_the_first_evaluation_that_reaches_it(trainer: Trainer, run_of: RunOf):
    run = run_of("dataset.validation=300", "training={epochs: 30, stop_at: {metric: val_accuracy, value: 0.75}}")
    *before, last = trainer(run).history["val_accuracy"]
    assert last >= 0.75
    assert before
    assert all(value < 0.75 for value in before)


def test_a_run_can_stop_by_the_error_on_its_training_images(trainer: Trainer, run_of: RunOf):
    options = "evaluate_train: true, stop_at: {metric: train_eval_error, value: 0.2}"
    *before, last = trainer(run_of(f"training={{epochs: 30, {options}}}")).history["train_eval_accuracy"]
    assert last >= 0.8
    assert before
    assert max(before) < 0.8


def test_a_batch_of_one_image_makes_an_update_of_every_image(trainer: Trainer, run_of: RunOf):
    run = run_of("dataset={train: 100, test: 100}", "training={epochs: 2, batch_size: 1, record_every: 1}")
    outcome = trainer(run)
    assert outcome.history["update"] == [100, 200]
    means = np.array(outcome.losses).reshape(2, 100).mean(axis=1)
    assert outcome.history["train_loss"] == pytest.approx(means, rel=1e-5)
    assert means[1] < means[0]


def test_a_full_batch_makes_one_update_an_epoch(trainer: Trainer, run_of: RunOf):
    full = "training={batch_size: full, epochs: 3, record_every: 1, evaluate_train: true}"
    outcome = trainer(run_of(full, "optimizer={name: sgd, learning_rate: 0.1}"))
    assert outcome.history["update"] == [1, 2, 3]
    assert outcome.losses == outcome.history["train_loss"]
    # The loss of an update is that of the weights before it.
    assert outcome.history["train_loss"][1:] == pytest.approx(outcome.history["train_eval_loss"][:-1], rel=1e-5)


def test_a_dropped_remainder_is_neither_trained_on_nor_counted(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={epochs: 2, drop_remainder: true, record_every: 1}"))
    assert outcome.history["update"] == [7, 14]
    assert outcome.history["train_loss"] == pytest.approx(np.reshape(outcome.losses, (2, 7)).mean(axis=1), rel=1e-6)
    right = outcome.history["train_accuracy"][1] * 7 * 128
    assert right == pytest.approx(round(right), abs=1e-3)


def test_a_schedule_without_an_end_of_its_own_ends_with_the_run(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    fed = rates_fed(monkeypatch)
    sgd = "optimizer={name: sgd, learning_rate: 0.1}"
    trainer(run_of(sgd, "training={epochs: 2, schedule: polynomial}"))
    trainer(run_of(sgd, "training={steps: 5, schedule: polynomial}"))
    expected = [0.1 * (1 - update / length) for length in (16, 5) for update in range(length)]
    assert [rate for _, rate in fed] == pytest.approx(expected)


def test_eager_graph_and_xla_give_the_same_numbers(trainer: Trainer, run_of: RunOf):
    outcomes = [
        trainer(
            run_of(
                f"training={{epochs: 1, batch_size: 100, record_every: 1, compile: {how}}}",
                "regularization.dropout=0.2",
            )
        )
        for how in ("eager", "graph", "xla")
    ]
    for outcome in outcomes[1:]:
        assert outcome.losses == pytest.approx(outcomes[0].losses, rel=1e-5)
        assert outcome.metrics == pytest.approx(outcomes[0].metrics, rel=1e-5)


@pytest.mark.parametrize(("architecture", "xla"), [("mlp", True), ("rnn", True), ("perceptron", True), ("cnn", False)])
def test_auto_compiles_all_but_convolutions_and_the_last_batch_with_xla(
    run_of: RunOf, monkeypatch: pytest.MonkeyPatch, architecture: str, xla: bool
):
    asked = []

    def function(_function: Any, *, jit_compile: bool, **_options: Any) -> Any:
        asked.append(jit_compile)
        return lambda *_arguments: [tf.zeros(0), tf.zeros(0)]

    monkeypatch.setattr(tf, "function", function)
    program_of(run_of(f"architecture={architecture}", "training.compile=auto"))
    *_blocks, evaluation, training, remainder = asked
    assert (evaluation, training, remainder) == (xla, xla, False)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-30, 123456.789, 2.3])
def test_numbers_have_the_shortest_text_that_reads_back_as_the_same_float32(value: float):
    short = shortest_decimal(value)
    assert np.float32(short) == np.float32(value)
    assert len(str(short)) <= len(str(float(np.float32(value))))
