"""What a record keeps of the answers to the test images."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

from gdbench.records import Run
from gdbench.training.evaluation import Evaluation
from gdbench.training.trainer import Trainer
from tests.training.programs import model_of, program_of

RunOf = Callable[..., Run]


def test_the_answers_are_those_of_the_model(run_of: RunOf):
    program = program_of(run_of("dataset.test=730"))
    test = program.data.test
    labels = test.labels.numpy()
    logits = program.model.keras(program.data.pixels(test.images)).numpy()
    answers = program.evaluate(test).answers(3, 10)
    assert answers["epoch"] == 3
    expected = tf.math.confusion_matrix(labels, logits.argmax(axis=1), 10).numpy()
    assert answers["confusion"] == expected.tolist()
    assert sum(answers["ranks"]) == 730
    for count in (1, 3, 5):
        theirs = keras.metrics.SparseTopKCategoricalAccuracy(count)
        theirs.update_state(labels, logits)
        assert sum(answers["ranks"][:count]) / 730 == pytest.approx(float(theirs.result()), abs=1e-6)


def test_equal_outputs_do_not_stand_above_the_right_one(run_of: RunOf):
    model = model_of(run_of())
    outputs = tf.constant([[1.0, 1.0, 0.0], [2.0, 3.0, 4.0], [5.0, 3.0, 4.0]])
    assert model.ranks(tf.constant([1, 0, 0]), outputs).numpy().tolist() == [0, 2, 0]


def test_the_rank_with_a_single_output_is_whether_the_answer_is_wrong(run_of: RunOf):
    two = "dataset={name: synthetic, examples: 200, classes: 2, features: 4, train: all, test: all}"
    run = run_of(two, "training={batch_size: 16, loss: binary_cross_entropy}")
    program = program_of(run)
    evaluation = program.evaluate(program.data.test)
    answers = evaluation.answers(1, 2)
    count = program.data.test.count
    assert answers["ranks"] == [
        round(evaluation.accuracy * count),
        count - round(evaluation.accuracy * count),
        0,
        0,
        0,
        0,
    ]


def test_more_than_a_hundred_classes_have_no_matrix():
    labels = np.arange(101)
    assert "confusion" in Evaluation(0, 1, labels[:100], labels[:100], labels[:100] * 0).answers(1, 100)
    assert "confusion" not in Evaluation(0, 1, labels, labels, labels * 0).answers(1, 101)


def test_a_run_keeps_the_answers_of_its_last_evaluation(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={epochs: 2, evaluate_every: 0.5}"))
    assert outcome.metrics is not None
    assert outcome.answers is not None
    assert outcome.answers.keys() == {"last"}
    last = outcome.answers["last"]
    assert last["epoch"] == 2
    assert np.trace(last["confusion"]) / 500 == pytest.approx(outcome.metrics["test_accuracy"])
    assert last["ranks"][0] == np.trace(last["confusion"])


def test_a_run_with_validation_images_keeps_those_of_its_best_too(trainer: Trainer, run_of: RunOf):
    outcome = trainer(
        run_of("dataset.validation=300", "optimizer={name: adam, learning_rate: 0.3}", "training.epochs=6")
    )
    curve = outcome.history["val_accuracy"]
    best = int(np.argmax(curve))
    assert best < 5, "the last evaluation is not the best one here"
    assert outcome.answers is not None
    assert outcome.answers["best_val"]["epoch"] == best + 1
    right = np.trace(outcome.answers["best_val"]["confusion"])
    assert right / 500 == pytest.approx(outcome.history["test_accuracy"][best])


def test_the_best_evaluation_is_kept_once_if_it_is_the_last(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("dataset.validation=300", "training.epochs=1"))
    assert outcome.answers is not None
    assert outcome.answers.keys() == {"last"}


def test_a_diverged_run_keeps_none(trainer: Trainer, run_of: RunOf):
    run = run_of("optimizer={name: sgd, learning_rate: 1e30}", "training.epochs=2")
    outcome = trainer(run)
    assert (outcome.status, outcome.answers) == ("diverged", None)
