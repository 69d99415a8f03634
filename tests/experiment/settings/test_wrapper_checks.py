"""Chains and restarts: what is refused at its line, how long they are, and what their runs share."""

from pathlib import Path

import pytest

from gdbench.experiment.cost.estimate import estimate
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.plan import load_plan
from gdbench.experiment.settings.run_settings import settings_of
from tests.configs import mistake_of, mistakes_of, plan_of, values_of

STAGES = "stages: [{optimizer: adam, epochs: 3}, {optimizer: lbfgs, epochs: 20}]"
CHAIN = f"optimizer: {{name: chain, {STAGES}}}\n"
NEST = "since chain and restarts cannot be nested; got"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            f"{CHAIN}training: {{epochs: 7}}",
            "config.yaml:2: training.epochs: expected 23, the sum of the stages' epochs; got 7",
        ),
        (
            f"{CHAIN}training: {{steps: 7}}",
            "config.yaml:2: training.steps: expected nothing beside chain, whose stages give its length; got 7",
        ),
        (
            "optimizer:\n  name: chain\n  stages:\n"
            "  - {optimizer: {name: restarts, optimizer: adam}, epochs: 1}\n  - {optimizer: adam, epochs: 1}",
            "config.yaml:4: optimizer.stages[0].optimizer: expected an optimizer or method within chain, "
            + f"{NEST} 'restarts'",
        ),
        (
            f"optimizer: {{name: restarts, optimizer: {{name: chain, {STAGES}}}}}",
            f"config.yaml:1: optimizer.optimizer: expected an optimizer or method within restarts, {NEST} 'chain'",
        ),
        (
            "optimizer:\n  name: chain\n  stages:\n"
            "  - {optimizer: cma_es, epochs: 1}\n  - {optimizer: sgd, epochs: 1}\n"
            "training: {loss: zero_one}",
            "config.yaml:5: optimizer.stages[1].optimizer: expected a method without gradients, such as cma_es or "
            "particle_swarm, since zero_one has none; got 'sgd'",
        ),
        (
            "optimizer: {name: chain, stages: [{optimizer: adam, epochs: 3}]}",
            "config.yaml:1: optimizer.stages: expected two stages or more; got 1",
        ),
        (
            "optimizer: {name: chain, stages: []}",
            "config.yaml:1: optimizer.stages: expected two stages or more; got 0",
        ),
        # Nobody wrote the count of 5 or the sum of 4 that stand in for a mistake.
        (
            "optimizer: {name: restarts, optimizer: adam, count: 0}\ntraining: {epochs: 3}",
            "config.yaml:1: optimizer.count: expected a whole number of at least 2 and at most 1000; got 0",
        ),
        (
            "optimizer: {name: restarts, optimizer: adam, count: 1000000000}\ntraining: {epochs: 1000000000}",
            "config.yaml:1: optimizer.count: expected a whole number of at least 2 and at most 1000; got 1000000000",
        ),
        (
            "optimizer: {name: chain, stages: [{optimizer: adam, epochs: -1}, {optimizer: sgd, epochs: 4}]}\n"
            "training: {epochs: 3}",
            "config.yaml:1: optimizer.stages[0].epochs: expected a whole number of at least 1; got -1",
        ),
        (
            "optimizer: {name: restarts, optimizer: adam}\ntraining: {epochs: 12}",
            "config.yaml:2: training.epochs: expected a multiple of 5, since the 5 starts share it equally; got 12",
        ),
        (
            "optimizer: {name: restarts, optimizer: adam}\ntraining: {record_every: 10}",
            "config.yaml:2: training.record_every: expected off beside restarts, which train several times; got 10",
        ),
        (
            "optimizer: {name: restarts, optimizer: lbfgs}\ndataset: {name: test_function, start: [1, 2]}",
            "config.yaml:2: dataset.start: expected random beside restarts, which start at several points; "
            "got [1.0, 2.0]",
        ),
        (
            f"{CHAIN}training: {{schedule: cosine}}",
            "config.yaml:2: training.schedule: expected no schedule, since lbfgs has no learning rate; got 'cosine'",
        ),
        (
            f"dataset: {{train: 100}}\n{CHAIN.replace('epochs: 3', 'epochs: 3, batch_size: 128')}",
            "config.yaml:2: optimizer.stages[0].batch_size: expected at most the 100 training images, or 'full'; "
            "got 128",
        ),
        (
            CHAIN.replace("adam", "{name: adam, learning_rate: {each: [0.1, 0.2]}}"),
            "config.yaml:1: optimizer.stages[0].optimizer.learning_rate: expected a number above 0; "
            "got {each: [0.1, 0.2]}",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_line(tmp_path: Path, text: str, line: str):
    assert mistake_of(tmp_path, f"{text}\n") == line


def test_broken_stages_have_a_line_each(tmp_path: Path):
    lines = mistakes_of(tmp_path, "optimizer: {name: chain, stages: [{epochs: 3}, 5, {optimizer: adem, epochs: 0}]}\n")
    assert [line.split(": ")[1] for line in lines] == [
        *("optimizer.stages[0].optimizer", "optimizer.stages[1]"),
        *("optimizer.stages[2].optimizer", "optimizer.stages[2].epochs"),
    ]


def test_a_chain_is_as_long_as_its_stages_whether_that_is_written_or_not(tmp_path: Path):
    bare, written = (plan_of(tmp_path, text, seeds=1).runs[0] for text in (CHAIN, f"{CHAIN}training: {{epochs: 23}}\n"))
    assert bare.training["epochs"] == written.training["epochs"] == 23
    assert bare.id == written.id


def test_a_grid_reaches_the_optimizer_within_restarts(tmp_path: Path):
    text = "optimizer: {name: restarts, optimizer: adam}\ngrid: {optimizer.optimizer.learning_rate: [0.1, 0.2]}\n"
    found = values_of(tmp_path, text, "optimizer.optimizer.learning_rate")
    assert found == [0.1, 0.2]


def test_parts_share_the_length_and_the_program(tmp_path: Path):
    text = "optimizer: {name: restarts, optimizer: adam, count: 4}\ntraining: {epochs: 12}\n"
    [starts] = plan_of(tmp_path, text, seeds=1).runs
    [alone] = plan_of(tmp_path, "optimizer: adam\ntraining: {epochs: 12}\n", seeds=1).runs
    assert [part.training.epochs for part in settings_of(starts).parts] == [3, 3, 3, 3]
    assert program_key(starts) == program_key(alone)
    assert estimate(starts) == pytest.approx(estimate(alone))
    assert settings_of(alone).parts == ()


def test_a_quick_look_keeps_equal_starts(tmp_path: Path):
    plan_of(tmp_path, "optimizer: {name: restarts, optimizer: adam, count: 3}\ntraining: {steps: 120}\n")
    assert load_plan(tmp_path / "config.yaml", quick=True).runs[0].training["steps"] == 12
    plan_of(tmp_path, CHAIN)
    assert load_plan(tmp_path / "config.yaml", quick=True).runs[0].dataset["train"] == 6000
