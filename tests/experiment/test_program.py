from pathlib import Path

import pytest

from gdbench.experiment.program import program_key
from tests.configs import plan_of

BASE = """\
optimizer: {name: sgd, learning_rate: 0.1}
regularization: {l2: 0.001, dropout: {hidden: 0.2}, gaussian_noise: {input: 0.2}}
"""


def key_of(folder: Path, *overrides: str, seed: int = 0) -> str:
    return program_key(plan_of(folder, BASE, *overrides, seeds=seed + 1).runs[seed])


def test_runs_that_differ_in_their_seed_share_a_program(tmp_path: Path):
    assert key_of(tmp_path, seed=0) == key_of(tmp_path, seed=1)


@pytest.mark.parametrize(
    "override",
    [
        "optimizer.learning_rate=0.01",
        "training.epochs=50",
        "training.steps=7",
        "training.schedule={name: exponential, rate: 0.5, every: 100}",
        "training.evaluate_every=0.1",
        "training.evaluate_train=true",
        "training.record_every=3",
        "training.early_stopping={metric: train_loss, patience: 3}",
        "regularization.l2=0.1",
        "regularization.dropout=0.5",
        "regularization.gaussian_noise=0.5",
    ],
)
def test_what_is_fed_to_a_program_does_not_tell_it_apart(tmp_path: Path, override: str):
    assert key_of(tmp_path, override) == key_of(tmp_path)


@pytest.mark.parametrize(
    "override",
    [
        "dataset.train=1000",
        "dataset.scale=symmetric",
        "architecture=cnn",
        "architecture.hidden=[64]",
        "architecture.activation=tanh",
        "architecture.output.activation=sigmoid",
        "optimizer={name: adam, learning_rate: 0.1}",
        "optimizer.momentum=0.9",
        "optimizer.nesterov=true",
        "training.batch_size=64",
        "training.batch_size=full",
        "training.drop_remainder=true",
        "training.compile=graph",
        "training.loss=squared_error",
        "training.loss.label_smoothing=0.1",
        "regularization.l1=0.001",
        "regularization.l2=0",
        "regularization.dropout=0",
        "regularization.dropout={input: 0.2, hidden: 0.2}",
        "regularization.gaussian_noise=0",
        "regularization.gaussian_noise.hidden=0.2",
        "regularization.batch_norm=true",
        "regularization.max_norm=3",
    ],
)
def test_what_shapes_the_graph_makes_another_program(tmp_path: Path, override: str):
    assert key_of(tmp_path, override) != key_of(tmp_path)
