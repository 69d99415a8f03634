from pathlib import Path
from typing import Any

import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.optimizers import WRAPPERS
from gdbench.experiment.cost.program_key import ProgramKeys, program_key
from tests.configs import plan_of

BASE = """\
optimizer: {name: sgd, learning_rate: 0.1, weight_decay: 0.01}
regularization: {l2: 0.001, dropout: {hidden: 0.2}, gaussian_noise: {input: 0.2}}
"""


def key_of(folder: Path, *overrides: str, seed: int = 0) -> str:
    return program_key(plan_of(folder, BASE, *overrides, seeds=seed + 1).runs[seed])


def test_runs_that_differ_in_their_seed_share_a_program(tmp_path: Path):
    assert key_of(tmp_path, seed=0) == key_of(tmp_path, seed=1)


def test_keys_of_many_runs_are_those_of_each_whether_they_share_sections_or_not(tmp_path: Path):
    grid = "{optimizer.learning_rate: [0.1, 0.2], training.batch_size: [16, 32], regularization.l2: [0, 0.1]}"
    runs = plan_of(tmp_path, f"{BASE}grid: {grid}\n", seeds=2).runs
    keys = ProgramKeys()
    assert [keys.of(run) for run in runs] == [program_key(run) for run in runs]
    assert len({keys.of(run) for run in runs}) == 4


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
        "optimizer.weight_decay=0.1",
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
        "optimizer.weight_decay=off",
        "optimizer.weight_decay=0",
        "optimizer.clipnorm=1",
        "optimizer.use_ema=true",
        "training.batch_size=64",
        "training.batch_size=full",
        "training.drop_remainder=true",
        "training.compile=graph",
        "training.loss=squared_error",
        "training.loss.label_smoothing=0.1",
        "training={record_every: 3, record: [weight_norm]}",
        "training.class_weight=balanced",
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


@pytest.mark.parametrize(
    ("optimizer", "argument"),
    [("sgd", "weight_decay"), ("muon", "weight_decay"), ("muon", "adam_weight_decay")],
)
def test_what_is_off_is_what_is_zero(tmp_path: Path, optimizer: str, argument: str):
    one, other, on, stronger = (
        key_of(tmp_path, f"optimizer={{name: {optimizer}, {argument}: {value}}}") for value in ("off", 0, 0.1, 0.2)
    )
    assert one == other
    assert on == stronger != one


ARGUMENTS = [
    pytest.param(name, argument, field.default, id=f"{name}-{argument}")
    for name in FAMILIES["optimizer"].entries
    if name not in WRAPPERS
    for argument, field in FAMILIES["optimizer"].model(name).model_fields.items()
]


@pytest.mark.parametrize(("optimizer", "argument", "default"), ARGUMENTS)
def test_every_argument_of_an_optimizer_is_part_of_the_run(tmp_path: Path, optimizer: str, argument: str, default: Any):
    """Another value is another run, and another program unless it is fed to one."""
    # What is in the range of an argument of its own.
    own = {"accept": -6, "images": 100, "population": 7}
    if isinstance(default, bool):
        other: Any = str(not default).lower()
    elif argument in own:
        other = own[argument]
    else:
        other = 3 if default == "off" or isinstance(default, int) else 0.75 * default or 0.25
    plain, changed = (
        plan_of(tmp_path, f"optimizer: {{name: {optimizer}{given}}}", seeds=1).runs[0]
        for given in ("", f", {argument}: {other}")
    )
    assert changed.id != plain.id
    fed = argument in FAMILIES["optimizer"].inputs(optimizer) and default != "off"
    assert (program_key(changed) == program_key(plain)) is fed


def test_a_wrapper_has_the_programs_of_its_optimizers(tmp_path: Path):
    def key(optimizer: str) -> str:
        return program_key(plan_of(tmp_path, f"optimizer: {optimizer}\n", seeds=1).runs[0])

    adam, sgd = (key(f"{{name: restarts, optimizer: {name}, count: 5}}") for name in ("adam", "sgd"))
    assert adam == key("adam") != sgd
    assert sgd == key("sgd")
    stages = "{name: chain, stages: [{optimizer: adam, epochs: 1}, {optimizer: %s, epochs: 1}]}"
    assert key(stages % "adam") == adam
    assert key(stages % "sgd") == f"{adam}\n{sgd}"


def test_how_often_something_is_recorded_and_what_classes_weigh_is_fed_to_a_program(tmp_path: Path):
    recorded = "training={record_every: %d, record: %s}"
    seldom, often, other = (
        key_of(tmp_path, recorded % chosen)
        for chosen in ((9, "[weight_norm, gradient_norm]"), (3, "[gradient_norm, weight_norm]"), (3, "[update_ratio]"))
    )
    assert seldom == often != other
    ones = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"
    assert key_of(tmp_path, "training.class_weight=balanced") == key_of(tmp_path, f"training.class_weight={ones}")
