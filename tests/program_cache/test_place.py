"""Where compiled programs are kept: a folder of the user alone, another one for each machine and TensorFlow."""

import os
import stat
from pathlib import Path

import pytest

from gdbench.program_cache import place


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    return place.root()


def test_the_folder_is_made_for_the_user_alone(root: Path) -> None:
    folder = place.prepared()
    assert folder is not None
    assert folder.parent == root
    assert [stat.S_IMODE(path.stat().st_mode) for path in (root, folder)] == [0o700, 0o700]
    assert place.prepared() == folder


@pytest.mark.parametrize("changed", ["version", "_processor"])
def test_another_tensorflow_or_processor_has_another_folder(monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    before = place.prepared()
    monkeypatch.setattr(place, changed, lambda *_names: "9")
    assert place.prepared() not in (None, before)


def test_a_folder_of_fewer_cores_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.prepared()
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: range(99), raising=False)
    assert place.prepared() not in (None, before)


def test_a_folder_into_which_others_look_is_not_used(root: Path) -> None:
    root.mkdir(mode=0o755, parents=True)
    root.chmod(0o755)
    assert place.prepared() is None
    assert place.reason_against(root) == "other users may look into it or write there"


def test_a_folder_below_one_that_others_write_is_not_used(root: Path) -> None:
    root.mkdir(mode=0o700, parents=True)
    root.parent.chmod(0o777)
    assert place.prepared() is None
    assert place.reason_against(root) == f"other users may write to {root.parent}"
    root.parent.chmod(0o1777)
    assert place.prepared() is not None


def test_a_folder_of_another_user_is_not_used(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.mkdir(mode=0o700, parents=True)
    own = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: own + 1)
    assert place.prepared() is None
    assert place.reason_against(root) == "it belongs to another user"


def test_a_link_or_a_file_in_its_place_is_not_used(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    root.parent.mkdir(parents=True)
    root.symlink_to(tmp_path / "elsewhere")
    assert place.prepared() is None
    assert place.reason_against(root) == "it is no folder"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_nothing_is_loaded_where_what_xla_compiles_is_to_be_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=dumps")
    assert place.prepared() is None


def test_nothing_is_kept_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "root", lambda: Path("~/programs"))
    assert place.prepared() is None


def test_a_path_that_tensorflow_cannot_be_told_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "o'brien"))
    assert place.prepared() is None
    assert place.reason_against(place.root()) == "its path has a quote in it"
