"""Fixtures and marks shared by the tests of several folders."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# The threads of OpenBLAS spin while they wait for one another: where other tests keep the cores busy, for ten times
# as long as they compute. numpy and scipy load one each, which read the variable then; commands do not see it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import scipy.linalg  # noqa: F401

del os.environ["OPENBLAS_NUM_THREADS"]

from gdbench.cli import main
from gdbench.execution.local.pool import cores
from gdbench.interpreter.garbage_collection import keep_imported
from tests.execution import fakes

TRAINING = Path(__file__).parent / "training"
# The short forms of fuzzing and of disturbed sweeps take longer than all other tests that need no TensorFlow.
ROBUSTNESS = (Path(__file__).parent / "fuzz", Path(__file__).parent / "faults")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as cores, since many a test waits for a command that it has started."""
    return cores() + cores() // 2


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare the quick part the seconds that importing TensorFlow takes, fuzzing, and disturbed sweeps."""
    spared = collection_path == TRAINING or collection_path in ROBUSTNESS
    return True if config.option.markexpr == "not training" and spared else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs TensorFlow: the tests of training/, and those elsewhere that use the trainer; leave out long ones.

    An expression such as `-m "not training"` says nothing about long tests, so they stay out unless it names them.
    """
    for item in items:
        if TRAINING in item.path.parents or "trainer" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.training)
    if "long" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_collection_finish() -> None:
    """Keep modules and tests out of every search for garbage, as a worker does.

    Keras searches before each program that it makes: half a second among all that a process of the suite has imported.
    """
    keep_imported()


@pytest.fixture(scope="session")
def trainer():
    """The one Trainer of a test process: TensorFlow's threads can be set only before it first runs something."""
    from gdbench.training.trainer import Trainer

    return Trainer(1)


@pytest.fixture
def ledger_readings(monkeypatch):
    """Every ledger that is read as a whole, each time anew."""
    readings = []
    open_path = Path.open

    def counted(path, *arguments, **options):
        if path.name == "runs.jsonl":
            readings.append(path)
        return open_path(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", counted)
    return readings


@dataclass
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch, capsys):
    """Calls `gdbench ARGUMENTS`; its workers train with a fake, chosen by the seed."""
    monkeypatch.setattr("gdbench.execution.local.worker.make_trainer", fakes.make)
    monkeypatch.setattr("gdbench.execution.local.preloading.PRELOADED", ())

    def gdbench(*arguments):
        monkeypatch.setattr(sys, "argv", ["gdbench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Said(ended.value.code or 0, *capsys.readouterr())

    return gdbench
