from collections.abc import Callable

import pytest

from gdbench.records import Run
from gdbench.training.trainer import Trainer

RunOf = Callable[..., Run]

CNN = "architecture={name: cnn, filters: [4, 8], hidden: [16]}"
RNN = "architecture={name: rnn, hidden: [16]}"
EXPONENTIAL = "training.schedule={name: exponential, rate: 0.5, every: 10}"
DROPOUT_L2 = "regularization={dropout: {input: 0.1, hidden: 0.2}, l2: 0.001}"
ADAM, RMSPROP, ADAGRAD, MOMENTUM = (
    "optimizer={name: adam, learning_rate: 0.01}",
    "optimizer={name: rmsprop, learning_rate: 0.01}",
    "optimizer={name: adagrad, learning_rate: 0.1}",
    "optimizer={name: sgd, learning_rate: 0.5, momentum: 0.5}",
)

# batch size, epochs, overrides, then training loss, test loss and test accuracy after the last epoch
GOLDEN = {
    "mlp, adam": (128, 3, [ADAM], 0.4916, 0.6578, 0.778),
    "cnn, rmsprop": (128, 1, [CNN, RMSPROP], 2.0141, 1.9848, 0.354),
    "rnn, adagrad": (100, 3, [RNN, ADAGRAD], 1.9609, 2.0196, 0.2),
    "mlp, dropout and l2": (100, 3, [ADAM, DROPOUT_L2], 0.8109, 0.756, 0.754),
    "mlp, schedule": (100, 3, [MOMENTUM, EXPONENTIAL], 0.5294, 0.6938, 0.774),
}


@pytest.mark.parametrize(
    ("batch_size", "epochs", "overrides", "train_loss", "test_loss", "test_accuracy"), GOLDEN.values(), ids=GOLDEN
)
def test_the_numbers_of_short_runs(
    trainer: Trainer,
    run_of: RunOf,
    batch_size: int,
    epochs: int,
    overrides: list[str],
    train_loss: float,
    test_loss: float,
    test_accuracy: float,
):
    """A change here means that old records are of other runs: raise ENGINE_REVISION, or the revision of the entry."""
    metrics = trainer(
        run_of(f"training={{batch_size: {batch_size}, epochs: {epochs}, compile: auto}}", *overrides)
    ).metrics
    assert metrics is not None
    found = [metrics[name] for name in ("train_loss", "test_loss", "test_accuracy")]
    assert found == pytest.approx([train_loss, test_loss, test_accuracy], abs=1e-4)
