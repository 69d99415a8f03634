"""The contract of every argument of every entry: another value is another run, and trains something else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.entry import LOCATION
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.settings.resolve import component
from gdbench.experiment.yaml.document import parse
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.records import Run
from tests.catalog.datasets.files import idx_folder, npz_file
from tests.configs import plan_of

# Where a file names a component of each family.
PLACES = {
    "dataset": "dataset: {}",
    "architecture": "architecture: {}",
    "optimizer": "optimizer: {}",
    "loss": "training: {{loss: {}}}",
    "schedule": "training: {{schedule: {}}}",
    "activation": "architecture: {{name: mlp, activation: {}}}",
    "initializer": "architecture: {{name: mlp, kernel_initializer: {}}}",
    "layer": "architecture: {{layers: [{}]}}",
    "regularizer": "architecture: {{layers: [{{name: Dense, units: 3, kernel_regularizer: {}}}]}}",
    "constraint": "architecture: {{layers: [{{name: Dense, units: 3, kernel_constraint: {}}}]}}",
}
# One of these is in range for any argument, and another than its default.
POOL = [
    *(
        "true",
        "false",
        "0.5",
        "0.25",
        "2",
        "3",
        "-0.5",
        "1.5",
        "-3",
        "0.125",
        "-6",
        "7",
        "[2]",
        "[3, 3]",
        "[1, 2, 3]",
        "[1, 9]",
        "off",
    ),
    *("tanh", "relu", "zeros", "ones", "l2", "{name: max_norm, max_value: 3}", "{activation: sigmoid}"),
    *("[Flatten]", "[Softmax]", "sum", "same", "causal", "max", "mean", "nearest", "channels_first", "standard"),
    *("digits", "label", "other", "bilinear", "fan_out", "uniform", "columns", ";", "{images: 200000}", "random", "10"),
    *("beale", "[0.5, 0.25]", "sgd", "adam"),
    *(f"[{{optimizer: sgd, epochs: 1}}, {{optimizer: {name}, epochs: 1}}]" for name in ("sgd", "adam")),
]
BASES = {"csv": ["path: own.csv", "label: 9"], "npz": ["path: own.npz"], "idx": ["path: own"]}
# Without these, an argument means nothing and is refused.
BESIDE = {
    "period_factor": ["over: 10"],
    "csv deform": ["shape: [3, 3]"],
    "csv separator": ["path: both.csv", "header: false", "label: 1", "drop: [3]"],
}
ARGUMENTS = [
    pytest.param(noun, name, argument, id=f"{noun}-{name}-{argument}")
    for noun, family in FAMILIES.items()
    for name in family.entries
    for argument, field in family.model(name).model_fields.items()
    # Features are not deformed, which is refused.
    if LOCATION not in field.metadata and (name, argument) != ("synthetic", "deform")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that datasets read."""
    data_folder = tmp_path_factory.mktemp("data")
    npz_file(data_folder / "own.npz")
    idx_folder(data_folder / "own")
    lines = [",".join(map(str, range(1, 11)))]
    lines += [",".join(map(str, [*range(row, row + 8), row % 3, row % 2])) for row in range(200)]
    (data_folder / "own.csv").write_text("\n".join(lines) + "\n")
    (data_folder / "both.csv").write_text("".join(f"{row % 3},2,3;{row};5\n" for row in range(200)))
    return data_folder


def spelled(name: str, *arguments: str) -> str:
    return "{" + ", ".join((f"name: {name}", *arguments)) + "}"


def is_right(noun: str, text: str) -> bool:
    """Whether a component can be named so, whatever else must be given."""
    mistakes = Mistakes()
    component(noun, parse(text, "file", mistakes), "it", mistakes.of_parts())
    return not mistakes


def required(noun: str, name: str) -> list[str]:
    """The arguments without which the entry cannot be named, each with a value in range."""
    if noun == "dataset":
        return BASES.get(name, [])
    fields = FAMILIES[noun].model(name).model_fields
    missing = (argument for argument, field in fields.items() if field.is_required())
    return [f"{argument}: {next(candidates(noun, name, argument))}" for argument in missing]


def candidates(noun: str, name: str, argument: str) -> Iterator[str]:
    return (value for value in POOL if is_right(noun, spelled(name, f"{argument}: {value}")))


def run_of(folder: Path, noun: str, text: str) -> Run:
    is_alone = PLACES[noun].startswith("training") or "test_function" in text
    # A length that starts can share equally, of whatever number.
    length = ", epochs: 60" if "restarts" in text else ""
    training = "" if is_alone else f"training: {{batch_size: 2{length}}}\n"
    return plan_of(folder, f"{training}{PLACES[noun].format(text)}\n", seeds=1).runs[0]


@pytest.mark.parametrize(("noun", "name", "argument"), ARGUMENTS)
def test_another_value_is_another_run_and_another_program_or_result(folder: Path, noun: str, name: str, argument: str):
    beside = BESIDE.get(f"{name} {argument}", BESIDE.get(argument, []))
    taken = {argument, *(pair.partition(":")[0] for pair in beside)}
    fixed = [*beside, *(pair for pair in required(noun, name) if pair.partition(":")[0] not in taken)]
    before = [pair for pair in required(noun, name) if pair.startswith(f"{argument}:")]
    first = run_of(folder, noun, spelled(name, *fixed, *before))
    for value in candidates(noun, name, argument):
        try:
            second = run_of(folder, noun, spelled(name, *fixed, f"{argument}: {value}"))
        except Exception:
            # Right by itself, but not beside the rest: data of another shape, or an output that the loss refuses.
            continue
        if second.id != first.id:
            break
    else:
        pytest.fail("no value of the pool makes another run")
    if noun == "schedule":
        assert not np.array_equal(*(rates(run) for run in (first, second)))
    elif argument not in FAMILIES[noun].inputs(name):
        assert program_key(first) != program_key(second)


def rates(run: Run) -> Any:
    """The learning rates of a run of 40 updates."""
    schedule = FAMILIES["schedule"].build(run.training["schedule"])
    return np.broadcast_to(schedule(0.1, np.arange(40.0), 40), 40)


def test_every_argument_is_held():
    assert len(ARGUMENTS) > 600
    assert len({json.dumps(case.values) for case in ARGUMENTS}) == len(ARGUMENTS)
