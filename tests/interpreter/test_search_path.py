"""The current folder is on no path: neither of a command nor of a worker."""

import os
import sys
from pathlib import Path

import pytest

from gdbench.interpreter import search_path

LIBRARY = str(Path(os.__file__).parent)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.mark.parametrize("entry", ["", ".", "{here}", "{here}/", "sub/.."])
def test_the_current_folder_is_left_out_however_it_is_written(tmp_path: Path, entry: str):
    path = [entry.format(here=tmp_path), "/elsewhere", LIBRARY, "/packages"]
    assert search_path.without_current_folder(path) == ["/elsewhere", LIBRARY, "/packages"]


def test_a_link_to_the_current_folder_is_left_out(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    link = tmp_path_factory.mktemp("other") / "link"
    link.symlink_to(tmp_path)
    assert search_path.without_current_folder([str(link), LIBRARY]) == [LIBRARY]


def test_what_was_put_on_the_path_in_full_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", f":.:{tmp_path}")
    assert search_path.without_current_folder(["", str(tmp_path), LIBRARY]) == [str(tmp_path), LIBRARY]


def test_a_project_installed_from_the_current_folder_stays_last(tmp_path: Path):
    assert search_path.without_current_folder([LIBRARY, "/packages", str(tmp_path)])[-1] == str(tmp_path)


def test_a_current_folder_that_was_removed_is_no_error(tmp_path: Path):
    tmp_path.rmdir()
    assert search_path.without_current_folder(["", "/elsewhere", LIBRARY]) == ["/elsewhere", LIBRARY]


def test_workers_find_this_copy_of_gdbench_after_all_libraries(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", ["", LIBRARY, "/packages"])
    assert search_path.for_workers() == [LIBRARY, "/packages", search_path.ROOT]
    monkeypatch.setattr(sys, "path", [LIBRARY, search_path.ROOT, "/packages"])
    assert search_path.for_workers() == [LIBRARY, search_path.ROOT, "/packages"]
