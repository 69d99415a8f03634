"""A tuned sweep that is killed in each of its stages, and resumed with the same command: its tables do not change."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.processes import PROC, of_session, within
from tests.faults.trainers import JOURNAL
from tests.faults.trial import GRACE_SECONDS, REPOSITORY, STUCK_SECONDS, records

pytestmark = pytest.mark.skipif(not (PROC / "self" / "stat").exists(), reason="finds processes in /proc")

# Two rows: four settings for an epoch, two of them for two, one for three; then two final runs of each row and default.
TEXT = """\
dataset: {train: 600, test: 200, validation: 200}
architecture: {name: mlp, hidden: [8]}
regularization: {dropout: 0.1}
training: {epochs: 3, batch_size: 20, compile: graph}
grid: {optimizer: [rmsprop, adam]}
seeds: 2
tune:
  over: {optimizer.learning_rate: [0.0001, 0.003, 0.03, 0.3]}
  metric: val_accuracy
  halving: {factor: 2, first: 1}
"""
# The numbers of records after which the three rungs and the final runs are under way.
STAGES = (3, 9, 12, 15)


class Sweeps:
    """Sweeps of one configuration, each a process of its own."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.kind = kind
        self.own = folder / "results" / "tuned"
        folder.mkdir()
        (folder / "tuned.yaml").write_text(TEXT, encoding="utf-8")

    def killed_after(self, count: int) -> None:
        """Start a sweep and kill it, with all that it started, once so many runs are recorded."""
        with self._process() as process:
            within(STUCK_SECONDS, lambda: len(self._records()) >= count or process.poll() is not None)
            assert process.poll() is None, "the sweep was to be killed before its end"
            process.kill()
            # Its workers end by themselves.
            within(GRACE_SECONDS, lambda: not of_session(process.pid))
            for left in of_session(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(left.pid, signal.SIGKILL)

    def whole(self) -> None:
        """Sweep to the end."""
        with self._process() as process:
            assert process.wait(STUCK_SECONDS) == 0

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen[bytes]]:
        arguments = [self.kind, "sweep", "tuned.yaml", "--workers", "1", "--quiet"]
        # A short path, since sockets in it may have 107 letters.
        with TemporaryDirectory(prefix="f") as temporary:
            environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": temporary}
            environment[JOURNAL] = str(self.folder / "journal")
            with subprocess.Popen(
                [sys.executable, "-m", "tests.faults.sweep", *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                yield process

    def _records(self) -> list[dict[str, object]]:
        return records(self.own / "runs.jsonl", "done", "diverged")

    def tables(self) -> dict[str, str]:
        """Every table, without the columns of seconds."""
        return {path.name: _without_seconds(path) for path in sorted((self.own / "tables").glob("*.csv"))}

    def resumed(self) -> int:
        """How many runs went on from where a shorter one stood."""
        return sum("resumed" in record for record in self._records())


def _without_seconds(path: Path) -> str:
    """The text of a CSV file without the columns that measure time."""
    text = path.read_text(encoding="utf-8")
    header, *rows = csv.reader(io.StringIO(text))
    kept = [index for index, name in enumerate(header) if "second" not in name]
    if len(kept) == len(header):
        return text
    return json.dumps([[row[index] for index in kept] for row in (header, *rows)])


def assert_same_after_kills(tmp_path: Path, kind: str) -> tuple[Sweeps, Sweeps]:
    undisturbed, disturbed = Sweeps(tmp_path / "undisturbed", kind), Sweeps(tmp_path / "disturbed", kind)
    undisturbed.whole()
    for count in STAGES:
        disturbed.killed_after(count)
    disturbed.whole()
    assert set(disturbed.tables()) >= {"tuned.csv", "tuned-trials.csv"}
    assert disturbed.tables() == undisturbed.tables()
    assert not (disturbed.own / "checkpoints").exists()
    return undisturbed, disturbed


def test_the_tables_of_a_sweep_killed_in_each_stage_are_those_of_an_undisturbed_one(tmp_path: Path) -> None:
    assert_same_after_kills(tmp_path, "tuned")


@pytest.mark.long
@pytest.mark.training
def test_so_they_are_with_real_training(tmp_path: Path) -> None:
    undisturbed, disturbed = assert_same_after_kills(tmp_path, "real")
    later_rungs = 2 * (2 + 1)
    assert undisturbed.resumed() == disturbed.resumed() == later_rungs
