"""Tables beside a sweep: they keep up with it, end with it, and change nothing."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display import table_watch
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.ledger.lock import locked
from tests.display.screens import Terminal

QUICKSTART = Path(__file__).parents[2] / "results" / "reference" / "quickstart"


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_watch, "PAUSE", 0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sweep of which the first of nine runs has ended."""
    shutil.copy(QUICKSTART / "experiment.yaml", tmp_path)
    lines = (QUICKSTART / "runs.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "runs.jsonl").write_text(lines[0], encoding="utf-8")
    return tmp_path


def printout(folder: Path) -> TablesPrintout:
    return TablesPrintout(Results.load(folder).tables(["test_accuracy"], ["last"]))


@contextmanager
def a_sweep(folder: Path, part: str | None, shown: threading.Event) -> Iterator[None]:
    """Hold the lock until something is shown, then end the other runs."""
    descriptor = os.open(folder, os.O_RDONLY)
    is_locked = threading.Event()

    def train() -> None:
        with locked(folder, descriptor, part):
            is_locked.set()
            shown.wait(20)
            shutil.copy(QUICKSTART / "runs.jsonl", folder)

    thread = threading.Thread(target=train)
    thread.start()
    assert is_locked.wait(20)
    yield
    thread.join()
    os.close(descriptor)


@pytest.mark.parametrize("part", [None, "2-of-3"])
def test_tables_on_a_pipe_are_printed_once_the_sweep_has_ended(
    folder: Path, part: str | None, capsys: pytest.CaptureFixture[str]
):
    over = threading.Event()
    with a_sweep(folder, part, over):
        threading.Timer(0.1, over.set).start()
        table_watch.watch_tables(folder, lambda: printout(folder), "terminal")
    out, err = capsys.readouterr()
    assert out.count("Three optimizers on MNIST: test accuracy") == 1
    assert "adam       97.33 %" in out
    assert err == ""


def test_a_terminal_shows_the_runs_that_have_ended_and_at_last_all(folder: Path, monkeypatch: pytest.MonkeyPatch):
    screen, shown = Terminal(), threading.Event()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")

    def drawn() -> TablesPrintout:
        found = printout(folder)
        shown.set()
        return found

    with a_sweep(folder, None, shown):
        table_watch.watch_tables(folder, drawn, "terminal")
    ended = json.loads((QUICKSTART / "runs.jsonl").read_text(encoding="utf-8").splitlines()[0])
    first, _, rest = screen.getvalue().partition(f"{100 * ended['metrics']['test_accuracy']:.2f} %")
    assert "1/3, 2 missing" in rest
    assert "97.33 %" not in first
    assert "adam       97.33 %" in rest


def test_without_a_sweep_the_tables_are_printed_at_once_and_nothing_is_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    table_watch.watch_tables(folder, lambda: printout(folder), "terminal")
    out, err = capsys.readouterr()
    assert "1/3, 2 missing" in out
    assert err == f"no sweep is running in {folder}; these are its results\n"
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
