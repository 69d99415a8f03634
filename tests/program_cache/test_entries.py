"""The files of compiled programs: checked before they are used, and bounded in size."""

import os
import time
from pathlib import Path

import pytest

from gdbench.program_cache.entries import bound, clear, seal, size, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of one number of threads, with three programs that are sealed."""
    made = tmp_path / "programs" / "machine" / "threads-1"
    made.mkdir(parents=True)
    for name in "abc":
        (made / f"{name}.pb").write_bytes(name.encode() * 1000)
    seal(made)
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


ALL = ["a.crc", "a.pb", "b.crc", "b.pb", "c.crc", "c.pb"]


def test_what_is_as_it_was_sealed_is_kept(folder: Path) -> None:
    verify(folder.parent)
    assert names(folder) == ALL
    assert size(folder.parents[1]) == (3, 3000)


@pytest.mark.parametrize("damage", ["bit", "shorter", "empty", "no seal", "torn seal", "link", "second name"])
def test_a_program_that_is_damaged_or_foreign_is_removed(folder: Path, tmp_path: Path, damage: str) -> None:
    program = folder / "b.pb"
    content = program.read_bytes()
    if damage == "no seal":
        (folder / "b.crc").unlink()
    elif damage == "torn seal":
        (folder / "b.crc").write_bytes(b"\xff\x00")
    elif damage == "link":
        program.rename(tmp_path / "other.pb")
        program.symlink_to(tmp_path / "other.pb")
    elif damage == "second name":
        os.link(program, tmp_path / "other.pb")
    else:
        program.write_bytes({"bit": b"c" + content[1:], "shorter": content[:-1], "empty": b""}[damage])
    verify(folder.parent)
    assert names(folder) == [name for name in ALL if not name.startswith("b")]


def test_what_another_sweep_is_writing_stays_and_what_it_left_over_does_not(folder: Path) -> None:
    for name, age in (("fresh.tmp", 0), ("old.tmp", 7200)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (time.time() - age,) * 2)
    verify(folder.parent)
    assert names(folder) == [*ALL, "fresh.tmp"]


def test_what_was_read_longest_ago_is_removed_first(folder: Path) -> None:
    for name, age in (("a", 100), ("b", 300), ("c", 200)):
        os.utime(folder / f"{name}.pb", (time.time() - age,) * 2)
    bound(folder.parents[1], 2500)
    assert names(folder) == ["a.crc", "a.pb", "c.crc", "c.pb"]
    bound(folder.parents[1], 999)
    assert names(folder) == []


def test_a_folder_is_emptied(folder: Path) -> None:
    clear(folder)
    assert names(folder) == []


def test_a_seal_is_written_once(folder: Path) -> None:
    program = folder / "a.pb"
    program.write_bytes(b"changed")
    seal(folder)
    verify(folder.parent)
    assert "a.pb" not in names(folder)
