"""What becomes of records when another program changes the ledger while a sweep writes it."""

import os
import shutil
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path

import pytest

from gdbench.errors import LedgerError
from gdbench.ledger import Ledger, has_ledger, read
from tests.builders import a_record


def replaced(path: Path) -> None:
    """As `sed -i` or an editor does."""
    path.with_name("new").write_bytes(path.read_bytes())
    path.with_name("new").replace(path)


def replaced_without_a_line(path: Path) -> None:
    first, _second = path.read_bytes().splitlines(keepends=True)
    path.with_name("new").write_bytes(first)
    path.with_name("new").replace(path)


def cut_off(path: Path) -> None:
    os.truncate(path, len(path.read_bytes()) - 10)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten_with_more(path: Path) -> None:
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(second + first + b"\n" * 9)


def saved_under_windows(path: Path) -> None:
    path.write_bytes(BOM_UTF8 + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")


def left_unfinished(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"no newline")


def removed(path: Path) -> None:
    path.unlink()


def with_its_folder_removed(path: Path) -> None:
    shutil.rmtree(path.parent)


def with_its_parent_removed(path: Path) -> None:
    shutil.rmtree(path.parents[1])


def with_its_folder_moved(path: Path) -> None:
    path.parent.rename(path.parents[1] / "elsewhere")


def with_its_folder_made_anew(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.mkdir()


def with_a_file_for_a_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.touch()


STAYING = [replaced, saved_under_windows, replaced_without_a_line, cut_off, emptied, removed, with_its_folder_made_anew]
DAMAGED = [overwritten_with_more, left_unfinished]
GONE = [with_its_folder_removed, with_its_parent_removed, with_its_folder_moved, with_a_file_for_a_folder]


def changed_while_written(folder: Path, change: Callable[[Path], None]) -> str:
    """What is said of a ledger of `old` to which `a` and, after the change, `b` are appended."""
    with Ledger(folder) as ledger:
        ledger.append(a_record("old"))
    with Ledger(folder) as ledger:
        ledger.read()
        ledger.append(a_record("a"))
        change(folder / "runs.jsonl")
        with pytest.raises(LedgerError) as caught:
            ledger.append(a_record("b"))
        with pytest.raises(LedgerError):
            ledger.append(a_record("c"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("change", STAYING)
def test_no_record_is_lost_and_the_next_sweep_adds_them_to_the_ledger(tmp_path: Path, change):
    folder = tmp_path / "results" / "kill"
    said = changed_while_written(folder, change)
    assert "while the sweep ran; what it lacks (" in said
    assert f"is kept in {folder}/runs.jsonl.rescued, and the same command goes on with it" in said
    assert has_ledger(folder)
    assert sorted(read(folder)) == ["a", "b", "old"]
    with Ledger(folder) as ledger:
        assert sorted(ledger.read()) == ["a", "b", "old"]
        assert " added to runs.jsonl" in ledger.repair()[-1]
        ledger.append(a_record("c"))
    assert sorted(read(folder)) == ["a", "b", "c", "old"]
    assert not (folder / "runs.jsonl.rescued").exists()
    with Ledger(folder) as ledger:
        assert ledger.repair() == []


@pytest.mark.parametrize("change", DAMAGED)
def test_records_are_kept_where_the_ledger_is_damaged(tmp_path: Path, change):
    said = changed_while_written(tmp_path, change)
    assert f"{tmp_path}/runs.jsonl was changed while the sweep ran" in said
    assert b'"id": "b"' in (tmp_path / "runs.jsonl.rescued").read_bytes()


@pytest.mark.parametrize("change", GONE)
def test_the_records_of_a_folder_that_is_gone_get_a_folder_of_their_own(tmp_path: Path, change):
    folder = tmp_path / "results" / "kill"
    (tmp_path / "results" / "kill.1").mkdir(parents=True)
    said = changed_while_written(folder, change)
    new = tmp_path / "results" / ("kill.1" if change is with_its_parent_removed else "kill.2")
    assert said == (
        f"{folder}/runs.jsonl was moved or removed while the sweep ran; what it held (3 records) is kept "
        f"in {new}: rename that folder to {folder} to go on with it"
    )
    assert sorted(read(new)) == ["a", "b", "old"]


def test_where_nothing_beside_it_can_be_written_records_go_to_the_temporary_files(tmp_path: Path, monkeypatch):
    def full_disk(_path: Path, *_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("gdbench.ledger.rescue._new_folder", full_disk)
    said = changed_while_written(tmp_path / "kill", with_its_folder_removed)
    [place] = tmp_path.glob("gdbench-kill-*")
    assert str(place) in said
    assert sorted(read(place)) == ["a", "b", "old"]


def test_a_ledger_replaced_after_the_last_record_is_noticed_only_if_it_lacks_one(tmp_path: Path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        ledger.append(a_record("b"))
        replaced(tmp_path / "runs.jsonl")
        ledger.confirm()
        replaced_without_a_line(tmp_path / "runs.jsonl")
        with pytest.raises(LedgerError, match=r"was replaced while the sweep ran; what it lacks \(1 record\) is"):
            ledger.confirm()
    assert sorted(read(tmp_path)) == ["a", "b"]


def test_whole_lines_that_someone_else_adds_do_no_harm(tmp_path: Path):
    with Ledger(tmp_path) as ledger:
        ledger.append(a_record("a"))
        line = (tmp_path / "runs.jsonl").read_bytes()
        with (tmp_path / "runs.jsonl").open("ab") as file:
            file.write(line)
        ledger.append(a_record("b"))
    assert list(read(tmp_path)) == ["a", "b"]


def test_a_record_of_the_ledger_that_is_newer_than_the_rescued_one_counts(tmp_path: Path):
    for folder, statuses in (("ledger", ("failed", "interrupted")), ("rescued", ("done", "done"))):
        with Ledger(tmp_path / folder) as ledger:
            for run, status in zip("ab", statuses, strict=True):
                ledger.append(a_record(run, status))
    (tmp_path / "rescued" / "runs.jsonl").rename(tmp_path / "ledger" / "runs.jsonl.rescued")
    with Ledger(tmp_path / "ledger") as ledger:
        before = ledger.read()
        ledger.repair()
    statuses = {run: record.outcome.status for run, record in read(tmp_path / "ledger").items()}
    assert statuses == {"a": "failed", "b": "done"}
    assert read(tmp_path / "ledger") == before
