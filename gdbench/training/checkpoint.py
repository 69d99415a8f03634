"""The state at the end of a training, kept in a file for longer trainings that begin as it did."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from gdbench.errors import SweepError
from gdbench.filesystem.atomic_write import write_inside
from gdbench.filesystem.no_follow import open_file, opened_folder
from gdbench.program_cache.place import machine_name
from gdbench.records import Checkpoints
from gdbench.training.keras_types import Array
from gdbench.training.program import Program
from gdbench.training.run_progress import RunProgress
from gdbench.version import __version__

_FORMAT = 1
# Beside the state itself: the history and the recorded losses of a run.
_MOST_BESIDE_STATE = 100_000_000
# A checkpoint must not take the room that the ledger needs.
_LEAST_FREE = 100_000_000
_PRECISIONS = ("float16", "float32", "float64")
# What JSON holds of a run's measurements; the arrays follow it.
_MEASURED = ("history", "seconds", "losses", "clock", "images", "has_answers")


@dataclass(frozen=True, eq=False, slots=True)
class Beginning:
    """Where a shorter run stood after `updates`: every variable that training changes, and what was measured."""

    updates: int
    state: list[Array]
    measured: RunProgress


class KeptStates:
    """Reads and writes the checkpoints of one run. A missing or unusable one only means that more is trained."""

    def __init__(self, checkpoints: Checkpoints, run: str) -> None:
        """Look at nothing yet."""
        self._folder = Path(checkpoints.folder)
        self._beginnings = checkpoints.beginnings
        self._run = run if checkpoints.kept else None

    def save(self, program: Program, updates: int, measured: RunProgress) -> None:
        """Keep where the run stands, in one step, if a longer run may begin with it."""
        # A folder that is not there is on another machine.
        if self._run is None or not self._folder.is_dir():
            return
        # What only final runs have, or none that goes on.
        if measured.answers or measured.path or measured.best_weights:
            return
        arrays = [np.asarray(value) for value in program.state()]
        if measured.recorded:
            arrays.append(np.concatenate(measured.recorded))
        header = {
            **{"format": _FORMAT, "run": self._run, "made_by": _made_by(), "updates": updates},
            "arrays": [[array.dtype.name, array.shape] for array in arrays],
            "measured": {name: getattr(measured, name) for name in _MEASURED},
        }
        content = json.dumps(header).encode() + b"\n" + b"".join(array.tobytes() for array in arrays)
        # On a full disk the run itself is as good as before.
        with suppress(SweepError, OSError):
            if shutil.disk_usage(self._folder).free < len(content) + _LEAST_FREE:
                return
            write_inside(self._folder, self._run, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)

    def beginnings(self, program: Program) -> Iterator[Beginning]:
        """Yield the usable states of shorter runs, the longest run first."""
        expected = [(value.dtype.name, tuple(value.shape)) for value in map(np.asarray, program.state())]
        recorded = program.recorder.shape if program.recorder else None
        for run in self._beginnings:
            with suppress(SweepError, OSError, ValueError, LookupError, TypeError, AttributeError):
                yield _parsed(_read(self._folder / run, expected), run, expected, recorded)


def _made_by() -> list[str]:
    """Return what numbers depend on beside the run itself: machine and versions."""
    return [machine_name(), __version__, *map(version, ("keras", "numpy"))]


def _read(path: Path, expected: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    """Return the content of a file that can be a checkpoint of these arrays."""
    most = _MOST_BESIDE_STATE + sum(np.dtype(name).itemsize * prod(shape) for name, shape in expected)
    with opened_folder(path.parent) as folder, os.fdopen(open_file(path, folder, os.O_RDONLY), "rb") as file:
        content = file.read(most)
    digest, _, content = content.partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ValueError("the file is damaged")
    return content


def _parsed(
    content: bytes, run: str, expected: Sequence[tuple[str, Sequence[int]]], recorded: Sequence[int] | None
) -> Beginning:
    """Return what a checkpoint holds.

    Raises:
        ValueError, LookupError, TypeError, AttributeError: it is of another run, program, machine or version.
    """
    text, _, body = content.partition(b"\n")
    header: dict[str, Any] = json.loads(text)
    if [header[name] for name in ("format", "run", "made_by")] != [_FORMAT, run, _made_by()]:
        raise ValueError("the checkpoint is another one")
    described = [(str(name), tuple(map(int, shape))) for name, shape in header["arrays"]]
    more = described[len(expected) :]
    if described[: len(expected)] != expected or (recorded is None and more):
        raise ValueError("the program is another one")
    if more and (len(more) > 1 or more[0][0] not in _PRECISIONS or more[0][1][1:] != tuple(recorded or ())):
        raise ValueError("the recording is another one")
    arrays, place = [], 0
    for name, shape in described:
        count = prod(shape)
        arrays.append(np.frombuffer(body, np.dtype(name), count, place).reshape(shape))
        place += arrays[-1].nbytes
    measured = RunProgress(**{name: header["measured"][name] for name in _MEASURED}, recorded=arrays[len(expected) :])
    if measured.history["update"][-1] != header["updates"]:
        raise ValueError("the history is that of another length")
    return Beginning(int(header["updates"]), arrays[: len(expected)], measured)
