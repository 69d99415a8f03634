from pathlib import Path

import pytest

from gdbench.catalog.plugins import Code
from gdbench.errors import StalePlanError
from gdbench.execution.cluster.own_code import sources_of, with_own_code
from tests.configs import plan_of

OWN = """\
import keras


class Halving(keras.optimizers.SGD):
    def __init__(self, learning_rate=0.5, **options):
        super().__init__(learning_rate, **options)
"""
CONFIG = """\
title: Own code
seeds: 1
dataset: {name: mnist, train: 200, test: 100}
training: {epochs: 1}
grid: {optimizer: [sgd, "NAME:Halving"]}
"""


@pytest.fixture(params=["own", "package.own"])
def planned(request, tmp_path):
    """Runs of which the second names the code in a file."""
    file = tmp_path / f"{request.param.replace('.', '/')}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(OWN)
    return plan_of(tmp_path, CONFIG.replace("NAME", request.param)).runs, file


def test_the_files_that_runs_name_travel_with_them(planned):
    runs, file = planned
    assert sources_of(runs) == {str(file): OWN.encode()}
    assert sources_of(runs[:1]) == {}


def test_a_file_that_is_there_as_planned_is_used_in_its_place(planned, tmp_path):
    runs, _file = planned
    assert [with_own_code(run, sources_of(runs), tmp_path / "copies") for run in runs] == list(runs)


@pytest.mark.parametrize("is_changed", [True, False])
def test_elsewhere_a_copy_is_used_that_is_what_was_planned(planned, tmp_path, is_changed):
    runs, file = planned
    sources = sources_of(runs)
    file.write_text("changed") if is_changed else file.unlink()
    moved = with_own_code(runs[1], sources, tmp_path / "copies")
    code = Code(**moved.optimizer["code"])
    assert code.read() == OWN.encode()
    assert Path(code.file).is_relative_to(tmp_path / "copies")
    assert moved.id == runs[1].id
    assert {**moved.optimizer, "code": None} == {**runs[1].optimizer, "code": None}


def test_a_file_that_has_changed_since_the_plan_does_not_travel(planned):
    runs, file = planned
    file.write_text("changed")
    with pytest.raises(StalePlanError, match=r"expected the code as planned; got a changed file"):
        sources_of(runs)


@pytest.mark.parametrize("planned", ["own"], indirect=True)
def test_a_copy_trains_as_the_file_does(planned, tmp_path, trainer):
    runs, file = planned
    sources, expected = sources_of(runs), trainer(runs[1])
    file.unlink()
    assert trainer(with_own_code(runs[1], sources, tmp_path / "copies")).metrics == expected.metrics
