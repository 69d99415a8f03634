"""The compiled program beside plain Keras on the same batches, and the parts of a step one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, optimizers, regularizers

from gdbench.catalog.datasets.mnist import mnist
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.streams import permutation
from tests.training.programs import data_of, program_of, weights_of

RunOf = Callable[..., Run]


@dataclass(frozen=True)
class Twin:
    """The same training said to gdbench and to Keras."""

    overrides: tuple[str, ...]
    layers: Callable[[], list[Any]]
    optimizer: Callable[[], Any]


def dense(units: int, name: str, activation: str | None = None, l2: float | None = None) -> Any:
    return layers.Dense(units, activation, name=name, kernel_regularizer=regularizers.L2(l2) if l2 else None)


MLP = "architecture={name: mlp, hidden: [16]}"
ADAM = "optimizer={name: adam, learning_rate: 0.01}"
TWINS = {
    "mlp, momentum": Twin(
        (MLP, "optimizer={name: sgd, learning_rate: 0.1, momentum: 0.9, nesterov: true}"),
        lambda: [dense(16, "hidden_1", "relu"), dense(10, "output")],
        lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    ),
    "mlp, adam": Twin(
        (MLP, ADAM),
        lambda: [dense(16, "hidden_1", "relu"), dense(10, "output")],
        lambda: optimizers.Adam(0.01),
    ),
    "mlp, adam, l2": Twin(
        (MLP, ADAM, "regularization.l2=0.01"),
        lambda: [dense(16, "hidden_1", "relu", 0.01), dense(10, "output", None, 0.01)],
        lambda: optimizers.Adam(0.01),
    ),
    "mlp, rmsprop, batch norm": Twin(
        (MLP, "optimizer={name: rmsprop, learning_rate: 0.001}", "regularization.batch_norm=true"),
        lambda: [
            dense(16, "hidden_1"),
            layers.BatchNormalization(name="hidden_1_batch_norm"),
            layers.Activation("relu"),
            dense(10, "output"),
        ],
        lambda: optimizers.RMSprop(0.001),
    ),
    # Biases above zero make equal maxima in the pools over the images' black background.
    "cnn, sgd": Twin(
        (
            "architecture={name: cnn, filters: [4, 8], bias_initializer: {name: constant, value: 0.1}}",
            "optimizer={name: sgd, learning_rate: 0.1}",
        ),
        lambda: [
            layers.Conv2D(4, 3, activation="relu", name="hidden_1"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu", name="hidden_2"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            dense(10, "output"),
        ],
        lambda: optimizers.SGD(0.1),
    ),
    "rnn, adagrad": Twin(
        ("architecture={name: rnn, hidden: [8, 8]}", "optimizer={name: adagrad, learning_rate: 0.01}"),
        lambda: [
            layers.SimpleRNN(8, return_sequences=True, name="hidden_1"),
            layers.SimpleRNN(8, name="hidden_2"),
            dense(10, "output"),
        ],
        lambda: optimizers.Adagrad(0.01),
    ),
}


def batches(run: Run, epochs: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of 128 of the first 1,000 images in the run's order; the last of an epoch has 104."""
    data = mnist()
    images = data.train_images[:1000].reshape(1000, *data_of(run).shape).astype(np.float32) / 255
    for epoch in range(epochs):
        order = permutation(run.seed, epoch, 1000)
        for first in range(0, 1000, 128):
            chosen = order[first : first + 128]
            yield images[chosen], data.train_labels[chosen]


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
def test_two_epochs_are_those_of_keras(run_of: RunOf, twin: Twin):
    run = run_of("training.epochs=2", *twin.overrides)
    program = program_of(run)
    reference = keras.Sequential([keras.Input(data_of(run).shape), *twin.layers()])
    named = [layer for layer in reference.layers if layer.weights]
    for layer in named:
        layer.set_weights(program.model.keras.get_layer(layer.name).get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    reference.compile(twin.optimizer(), loss, run_eagerly=True)
    for images, labels in batches(run, epochs=2):
        reference.train_on_batch(images, labels)

    rates = np.full(8, run.optimizer["learning_rate"], np.float32)
    for epoch in range(2):
        program.train(permutation(run.seed, epoch, 1000), 0, 8, 8 * epoch, rates)
    for layer in named:
        for ours, theirs in zip(
            program.model.keras.get_layer(layer.name).get_weights(), layer.get_weights(), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-4, err_msg=layer.name)


def one_step(run: Run) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The weights before and after the first update."""
    program = program_of(run)
    before = weights_of(program.model)
    program.train(permutation(run.seed, 0, 1000), 0, 1, 0, np.ones(1, np.float32))
    return before, weights_of(program.model)


def test_l1_and_l2_pull_on_every_kernel_and_on_no_bias(run_of: RunOf):
    options = (
        "architecture={name: rnn, hidden: [8], bias_initializer: {name: constant, value: 0.1}}",
        "optimizer={name: sgd, learning_rate: 1}",
        "training.compile=eager",
    )
    before, free = one_step(run_of(*options))
    _, penalized = one_step(run_of(*options, "regularization={l1: 0.01, l2: 0.1}"))
    assert {name.rpartition("/")[2] for name in before} == {"kernel", "recurrent_kernel", "bias"}
    for name, weights in before.items():
        pull = 0 if name.endswith("bias") else 0.01 * np.sign(weights) + 2 * 0.1 * weights
        np.testing.assert_allclose(free[name] - penalized[name], pull, atol=1e-5, err_msg=name)


def test_max_norm_bounds_what_comes_into_a_hidden_unit(run_of: RunOf):
    options = (
        "architecture={name: cnn, filters: [4], pool_size: 4, hidden: [8]}",
        "optimizer={name: sgd, learning_rate: 1}",
        "training.compile=eager",
    )
    _, free = one_step(run_of(*options))
    _, bounded = one_step(run_of(*options, "regularization.max_norm=0.25"))
    for name, incoming in {"hidden_1/kernel": (0, 1, 2), "hidden_2/kernel": (0,)}.items():
        assert np.linalg.norm(free[name].reshape(-1, free[name].shape[-1]), axis=0).max() > 0.3
        assert np.sqrt((bounded[name] ** 2).sum(axis=incoming)).max() == pytest.approx(0.25, abs=1e-5)
    assert np.linalg.norm(bounded["output/kernel"], axis=0).max() > 0.3


def test_the_loss_of_a_step_is_without_the_penalty(run_of: RunOf):
    order, rates = permutation(0, 0, 1000), np.zeros(1, np.float32)
    plain, penalized = (
        program_of(run_of("training.compile=eager", f"regularization.l2={l2}")).train(order, 0, 1, 0, rates)
        for l2 in (0.0, 10.0)
    )
    assert penalized.losses == pytest.approx(plain.losses, rel=1e-6)


def test_dropout_is_on_in_training_and_off_in_evaluation(run_of: RunOf):
    order, rates = permutation(0, 0, 1000), np.zeros(8, np.float32)
    plain, dropping = (
        program_of(run_of(f"regularization.dropout={rate}", "training.compile=eager"))
        for rate in ("0.0", "{input: 0.5, hidden: 0.5}")
    )
    assert dropping.evaluate(dropping.data.test).loss == plain.evaluate(plain.data.test).loss
    assert not np.isclose(
        dropping.train(order, 0, 8, 0, rates).losses, plain.train(order, 0, 8, 0, rates).losses, rtol=1e-3
    ).any()


def test_dropout_draws_anew_in_every_update(run_of: RunOf):
    program = program_of(run_of("regularization.dropout=0.5", "training.compile=eager"))
    order, rate = permutation(0, 0, 1000), np.zeros(1, np.float32)
    losses = [program.train(order, 0, 1, update, rate).losses[0] for update in (0, 1, 2, 1)]
    assert len(set(losses)) == 3
    assert losses[1] == losses[3]


def test_an_epoch_in_parts_is_the_epoch_in_one(run_of: RunOf):
    run = run_of("regularization.dropout=0.2")
    program, order = program_of(run), permutation(0, 0, 1000)
    rates = np.linspace(0.01, 0.001, 8, dtype=np.float32)
    whole, state = program.train(order, 0, 8, 0, rates), program.state()
    program.start(settings_of(run))
    parts = [
        program.train(order, first, last, first, rates[first:last]) for first, last in ((0, 1), (1, 3), (3, 7), (7, 8))
    ]
    assert np.array_equal(np.concatenate([part.losses for part in parts]), whole.losses)
    assert np.concatenate([part.sizes for part in parts]).tolist() == whole.sizes.tolist() == [128] * 7 + [104]
    assert all(np.array_equal(one, other) for one, other in zip(program.state(), state, strict=True))


def test_an_evaluation_is_what_numpy_computes_from_the_weights(run_of: RunOf):
    run = run_of("dataset.test=730")
    program, data = program_of(run), mnist()
    measured = program.evaluate(program.data.test)
    weights = weights_of(program.model)
    images, labels = data.test_images[:730].reshape(730, 784) / 255.0, data.test_labels[:730]
    hidden = np.maximum(images @ weights["hidden_1/kernel"] + weights["hidden_1/bias"], 0)
    outputs = hidden @ weights["output/kernel"] + weights["output/bias"]
    losses = np.log(np.exp(outputs).sum(axis=1)) - outputs[np.arange(730), labels]
    answers = outputs.argmax(axis=1)
    assert measured.loss == pytest.approx(losses.mean(), rel=1e-5)
    assert measured.accuracy == (answers == labels).mean()
    assert measured.largest_share == np.bincount(answers).max() / 730


def test_drop_remainder_leaves_the_smaller_batch_out(run_of: RunOf):
    assert program_of(run_of("training.compile=eager")).updates_per_epoch == 8
    assert program_of(run_of("training.compile=eager", "training.drop_remainder=true")).updates_per_epoch == 7
    assert program_of(run_of("training.compile=eager", "training.batch_size=full")).updates_per_epoch == 1


def test_a_full_batch_is_the_whole_set_in_one_update(run_of: RunOf):
    program = program_of(run_of("training={batch_size: full, evaluate_train: true}", "training.compile=eager"))
    before = program.evaluate(program.data.train)
    steps = program.train(permutation(0, 0, 1000), 0, 1, 0, np.ones(1, np.float32))
    assert steps.sizes.tolist() == [1000]
    assert steps.losses[0] == pytest.approx(before.loss, rel=1e-5)
    assert steps.correct[0] / 1000 == before.accuracy
