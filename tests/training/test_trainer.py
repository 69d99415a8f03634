"""What runs owe to one another: nothing but the time of compiling."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from gdbench.records import Outcome, Run
from gdbench.stages import listen
from gdbench.training import trainer as module
from gdbench.training.methods import whole_program
from gdbench.training.program import Program
from gdbench.training.trainer import Trainer
from tests.configs import plan_of

RunOf = Callable[..., Run]

# State of every kind: slots, iterations, moving statistics, keys and strengths of dropout and noise, penalties.
EVERYTHING = (
    "regularization={l1: 1e-5, l2: 1e-4, dropout: {input: 0.1, hidden: 0.2}, gaussian_noise: 0.1, batch_norm: true}"
)
# For tests of which programs are kept: one update, without a compiler, which makes one in a tenth of the time.
EAGER = "training={steps: 1, compile: eager}"
STRONGER = "regularization={l1: 0.01, l2: 0.1, dropout: {input: 0.5, hidden: 0.5}, gaussian_noise: 1, batch_norm: true}"


def numbers(outcome: Outcome) -> tuple[Any, ...]:
    return outcome.status, outcome.metrics, outcome.history, outcome.losses


def test_an_outcome_has_the_labels_of_a_file(tmp_path: Path, trainer: Trainer):
    lines = ["a,b,bird", *(f"{row % 3}.5,{row % 5}.5,{('wren', 'auk')[row % 2]}" for row in range(20))]
    (tmp_path / "own.csv").write_text("\n".join(lines))
    text = "dataset: {name: csv, path: own.csv, label: bird}\ntraining: {batch_size: 4, steps: 1, compile: eager}\n"
    [run] = plan_of(tmp_path, f"{text}architecture: {{hidden: [2]}}\n", seeds=1).runs
    assert trainer(run).labels == ["auk", "wren"]


def test_a_run_is_bit_identical_whatever_was_trained_before(trainer: Trainer, run_of: RunOf):
    run = run_of(EVERYTHING, "training={epochs: 2, record_every: 1, evaluate_train: true}", "dataset.validation=300")
    first = numbers(trainer(run))
    again = numbers(trainer(run))
    trainer(run_of(STRONGER, "optimizer.learning_rate=1", "training.epochs=1", "dataset.validation=300", seed=5))
    after_another_of_its_program = numbers(trainer(run))
    trainer(run_of("architecture.hidden=[8]", "training.epochs=1"))
    after_another_program = numbers(trainer(run))
    assert first == again == after_another_of_its_program == after_another_program


def test_xla_is_bit_identical_from_call_to_call(trainer: Trainer, run_of: RunOf):
    options = ("training={compile: xla, batch_size: 100}", EVERYTHING)
    first = numbers(trainer(run_of(*options, "training.epochs=1")))
    trainer(run_of(*options, "training.epochs=1", seed=1))
    assert numbers(trainer(run_of(*options, "training.epochs=1"))) == first


def test_penalties_and_dropout_rates_are_those_of_the_run(trainer: Trainer, run_of: RunOf):
    outcomes = [
        numbers(trainer(run_of("training.epochs=1", regularization)))
        for regularization in (
            "regularization={l2: 0.001, dropout: 0.1}",
            "regularization={l2: 0.01, dropout: 0.1}",
            "regularization={l2: 0.001, dropout: 0.2}",
        )
    ]
    assert outcomes[0] not in outcomes[1:]
    assert outcomes[1] != outcomes[2]


def test_runs_of_one_program_compile_it_once(trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch):
    made: list[Program] = []

    class Counted(Program):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(whole_program, "Program", Counted)
    # Sizes of this test alone, since the trainer keeps the programs of others.
    trainer(run_of("architecture.hidden=[18]", "training.epochs=1"))
    outcomes = [
        trainer(run_of("architecture.hidden=[19]", change, seed=seed))
        for seed, change in (
            (0, "training.epochs=1"),
            (1, "training.epochs=2"),
            (0, "training={epochs: 1, evaluate_every: 0.3, record_every: 1}"),
            (0, "training={steps: 3, schedule: {name: exponential, rate: 0.5, every: 10}}"),
            (0, "optimizer.learning_rate=0.1"),
        )
    ]
    assert len(made) == 2
    functions = made[1]._train, made[1]._train_remainder, made[1]._evaluator._evaluate
    assert [function.experimental_get_tracing_count() for function in functions] == [1, 1, 1]
    assert [outcome.seconds["compile"] > 0 for outcome in outcomes] == [True, False, False, False, False]
    assert set(outcomes[0].seconds) == {"train", "evaluate", "compile", "data"}


def test_programs_and_data_that_were_trained_before_are_kept(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    """Seed by seed, a worker changes between its programs all the time."""
    changes = (
        ("architecture.hidden=[28]",),
        ("architecture.hidden=[29]", "dataset.train=500"),
        ("architecture={name: rnn, hidden: [4]}", "dataset.train=500"),
    )
    runs = [run_of(*change, EAGER, seed=seed) for seed in (0, 1) for change in changes]
    outcomes = [trainer(run) for run in runs[:3]]
    # What would load data is not there any more.
    monkeypatch.delattr(module, "prepare")
    outcomes += [trainer(run) for run in (*runs[3:], *runs)]
    assert [outcome.seconds["compile"] > 0 for outcome in outcomes] == [True] * 3 + [False] * 9
    assert [numbers(outcome) for outcome in outcomes[6:]] == [numbers(outcome) for outcome in outcomes[:6]]


def test_no_more_is_kept_than_a_worker_has_room_for(trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch):
    runs = [run_of(f"architecture.hidden=[{units}]", EAGER) for units in (5, 6, 7)]

    def compiled() -> list[bool]:
        return [trainer(run).seconds["compile"] > 0 for run in (*runs, runs[1], runs[0])]

    monkeypatch.setattr(module, "PROGRAMS_PER_WORKER", 2)
    assert compiled() == [True, True, True, False, True]
    monkeypatch.setattr(module, "PROGRAMS_PER_WORKER", 16)
    monkeypatch.setattr(module, "MOST_DATA_BYTES", 0)
    # Programs with the same data stay together.
    assert compiled() == [False, False, True, False, False]
    assert trainer(run_of("architecture.hidden=[5]", EAGER, "dataset.train=500")).seconds["compile"] > 0
    assert compiled() == [True, True, True, False, False]


def test_evaluating_the_training_images_is_compiled_before_the_first_step(trainer: Trainer, run_of: RunOf):
    trainer(run_of("dataset.train=999", "training.epochs=1"))
    first, second = (
        trainer(run_of("dataset.train=999", "training={epochs: 1, evaluate_train: true}")).seconds["compile"]
        for _ in range(2)
    )
    assert first > 0
    assert second == 0


# The flag is set after the import that unsets what a user has set, and before XLA first reads it.
REAL_COMPILATIONS = """
import os, sys
from pathlib import Path
from gdbench.experiment.plan import load_plan
from gdbench.training.trainer import Trainer

folder, configuration = map(Path, sys.argv[1:])
os.environ["XLA_FLAGS"] = f"--xla_dump_to={folder} --xla_dump_hlo_as_text"
trainer = Trainer(1)
for run in load_plan(configuration, (), 2).runs:
    assert trainer(run).status == "done"
    print(len(list(folder.glob("*_train_steps*before_optimizations.txt"))), end=" ")
    print(len(list(folder.glob("*_evaluate_batches*before_optimizations.txt"))))
"""

GROUP = """
dataset: {train: 200, test: 100}
architecture: perceptron
regularization: {dropout: {input: 0.1}, l2: 0.001}
training: {epochs: 2, batch_size: 30}
grid:
  training.evaluate_every: [1, 0.3, 0.5]
  optimizer.learning_rate: [0.001, 0.1]
"""


def test_xla_itself_compiles_a_group_once(tmp_path: Path):
    """XLA dumps each compilation; where a stretch begins or ends, among others, must not cost another one."""
    (tmp_path / "group.yaml").write_text(GROUP, encoding="utf-8")
    dump = tmp_path / "dump"
    done = subprocess.run(
        [sys.executable, "-c", REAL_COMPILATIONS, dump, tmp_path / "group.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["1 1"] * 12


def test_many_programs_earn_no_warning(trainer: Trainer, run_of: RunOf):
    """TensorFlow takes them for one function that is traced again and again."""
    said: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = said.append  # type: ignore[method-assign]
    tf.get_logger().addHandler(handler)
    try:
        for size in (100, 125, 200, 250, 500, 1000):
            trainer(run_of("architecture=perceptron", f"training={{batch_size: {size}, steps: 1}}"))
    finally:
        tf.get_logger().removeHandler(handler)
    assert said == []


def test_a_run_says_what_it_is_doing(trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdbench.stages._INTERVAL", 0.0)
    stages: list[str] = []
    listen(lambda stage: stages.append(stage.text))
    try:
        outcome = trainer(run_of("architecture.hidden=[11]", "training.epochs=2", "dataset.test=499"))
        first = list(stages)
        trainer(run_of("architecture.hidden=[11]", "training.epochs=1", "dataset={test: 499, validation: 100}"))
    finally:
        listen(None)
    assert first[:3] == ["loading data", "compiling", "training"]
    accuracies = [f"{100 * accuracy:.2f}" for accuracy in outcome.history["test_accuracy"]]
    assert first[3:] == [f"epoch {epoch} of 2, test accuracy {accuracies[epoch - 1]} %" for epoch in (1, 2)]
    assert stages[-1].startswith("epoch 1 of 1, validation accuracy ")
