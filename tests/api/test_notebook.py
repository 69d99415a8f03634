"""A sweep in the kernel of a notebook: its progress, its tables, and Ctrl-C, which Jupyter calls interrupt."""

from pathlib import Path

import pytest

from tests.api.notebooks import executed, notebook_of
from tests.execution import fakes

FAKE = """\
import gdbench.execution.local.preloading, gdbench.execution.local.worker
from tests.execution import fakes
gdbench.execution.local.worker.make_trainer = fakes.make
gdbench.execution.local.preloading.PRELOADED = ()
import gdbench
"""
SWEEP = """\
grid = {"optimizer": ["sgd", "adam"]}
gdbench.sweep({"name": "x", "seeds": [0, %d], "grid": grid}, workers=2)
"""
INTERRUPTED = """\
import os, pathlib, signal, threading, time
def interrupt():
    while not pathlib.Path("results/slow/runs.jsonl").exists():
        time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
gdbench.sweep({"name": "slow", "seeds": [%d]})
"""


def test_a_sweep_shows_a_bar_and_then_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    *_, cell = executed(tmp_path, monkeypatch, notebook_of(FAKE, SWEEP % fakes.RAISES))
    bars = [output.data for output in cell.outputs if output.output_type == "display_data"]
    assert len(bars) == 1
    assert bars[0]["text/html"].startswith('<div><progress value="4" max="4"></progress> 4 of 4 runs (')
    assert "2 done" in bars[0]["text/plain"]
    assert "2 failed" in bars[0]["text/plain"]
    [result] = [output.data for output in cell.outputs if output.output_type == "execute_result"]
    assert "<table>" in result["text/html"]
    assert result["text/plain"].startswith("<gdbench results 'x'")
    streams = [output.text for output in cell.outputs if output.output_type == "stream"]
    assert "2 of 4 runs failed" in "".join(streams)


def test_an_interrupt_is_one_error_and_the_kernel_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    notebook = notebook_of(FAKE, INTERRUPTED % fakes.SLEEPS)
    *_, cell = executed(tmp_path, monkeypatch, notebook, may_fail=True)
    [error] = [output for output in cell.outputs if output.output_type == "error"]
    assert (error.ename, error.evalue) == (
        "InterruptionError",
        "interrupted; finished runs are kept; run the same command again to continue",
    )
    assert (tmp_path / "results" / "slow" / "runs.jsonl").exists()
