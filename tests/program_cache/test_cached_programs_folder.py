"""Where a worker keeps compiled programs, and where it does without."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from gdbench.program_cache.cached_programs import LEAST_FREE, VARIABLE, CachedPrograms


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    return tmp_path


def test_tensorflow_is_told_the_folder_of_the_number_of_threads(folder: Path) -> None:
    CachedPrograms(2)
    assert [path.name for path in folder.iterdir()] == ["threads-2"]
    assert f"--tf_xla_persistent_cache_directory='{folder / 'threads-2'}'" in os.environ["TF_XLA_FLAGS"]


def test_a_full_disk_and_a_folder_that_is_gone_are_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=LEAST_FREE - 1))
    cached = CachedPrograms(1)
    assert os.environ["TF_XLA_FLAGS"] == ""
    cached.seal()
    assert not cached.clear()
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, str(folder / "gone" / "machine"))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    assert not CachedPrograms(1).clear()
    assert os.environ["TF_XLA_FLAGS"] == ""


def test_nothing_is_kept_where_the_sweep_named_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    CachedPrograms(1).seal()
    assert os.environ["TF_XLA_FLAGS"] == ""
