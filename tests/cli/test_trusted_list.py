"""What may be trusted by the list of what was trusted: the user's own lines, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.catalog.plugins import Code
from gdbench.cli import trusted_list
from gdbench.cli.trusted_list import remember, trusted_hashes

ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the list stands; nothing is trusted yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "gdbench" / "trusted"


def code(sha256: str = ONE, path: str = "own.py") -> Code:
    return Code("loss", path, sha256)


def test_what_is_remembered_is_trusted_and_only_the_user_can_write_it(file: Path):
    before = os.umask(0)
    try:
        remember(code(ONE))
    finally:
        os.umask(before)
    remember(code(OTHER))
    assert trusted_hashes() == {ONE, OTHER}
    assert [path.stat().st_mode & 0o777 for path in (file.parent, file)] == [0o700, 0o600]


def test_the_name_of_a_folder_adds_no_line(file: Path):
    remember(code(ONE, f"/a\n{OTHER} \r/own.py"))
    assert trusted_hashes() == {ONE}
    assert file.read_text().count("\n") == 1


def made_by_others(file: Path, how: str) -> str:
    """Make a list that trusts a hash, but not as one of the user's own; return what is wrong with it."""
    file.parent.mkdir(parents=True)
    elsewhere = file.with_name("elsewhere")
    elsewhere.write_text(f"{ONE} own.py\n")
    elsewhere.chmod(0o600)
    if how == "is a link":
        file.symlink_to(elsewhere)
    elif how == "has a second name":
        file.hardlink_to(elsewhere)
    elif how == "is no regular file":
        os.mkfifo(file)
    else:
        elsewhere.rename(file)
    if how == "can be written by other users":
        file.chmod(0o620)
    if how == f"is larger than {trusted_list.MAX_BYTES:,} bytes":
        os.truncate(file, 10**12)
    return how


@pytest.mark.parametrize(
    "how",
    [
        "is a link",
        "has a second name",
        "is no regular file",
        "belongs to another user",
        "can be written by other users",
        f"is larger than {trusted_list.MAX_BYTES:,} bytes",
    ],
)
def test_a_list_that_others_may_have_written_trusts_nothing_and_is_left_alone(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, how: str
):
    made_by_others(file, how)
    if how == "belongs to another user":
        monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    before = {path: (path.lstat().st_mode, path.lstat().st_size) for path in file.parent.iterdir()}
    assert trusted_hashes() == frozenset()
    said = capsys.readouterr().err
    assert said == f"{file}: {how}; nothing in it counts as trusted\n"
    remember(code(OTHER))
    assert capsys.readouterr().err == f"{file}: cannot remember the answer: {how}\n"
    assert {path: (path.lstat().st_mode, path.lstat().st_size) for path in file.parent.iterdir()} == before


@pytest.mark.parametrize(
    "damage",
    [b"\xff\xfe\x00 own.py\n", b"{", ONE[:63].encode(), f"{ONE}1 own.py\n".encode(), f" {ONE}\n".encode(), b"\0" * 99],
)
def test_damaged_lines_trust_nothing_and_the_others_stay(file: Path, damage: bytes):
    file.parent.mkdir(parents=True)
    file.write_bytes(f"{OTHER} a.py\n".encode() + damage)
    file.chmod(0o600)
    assert trusted_hashes() == {OTHER}
    remember(code("3" * 64))
    assert trusted_hashes() == {OTHER, "3" * 64}


def test_a_folder_in_place_of_the_list_means_to_be_asked_again(file: Path, capsys: pytest.CaptureFixture[str]):
    file.mkdir(parents=True)
    assert trusted_hashes() == frozenset()
    remember(code())
    assert capsys.readouterr().err.count("\n") == 2


def test_without_a_home_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_config_path", lambda _name: Path("~/.config/gdbench"))
    (tmp_path / "~" / ".config" / "gdbench").mkdir(parents=True)
    (tmp_path / "~" / ".config" / "gdbench" / "trusted").write_text(f"{ONE} own.py\n")
    remember(code(OTHER))
    assert trusted_hashes() == frozenset()


WRITER = """
import sys
from gdbench.catalog.plugins import Code
from gdbench.cli.trusted_list import remember
for number in range(200):
    remember(Code("loss", "x" * 500, f"{int(sys.argv[1]) * 1000 + number:064x}"))
"""


def test_several_that_remember_at_the_same_time_lose_nothing(file: Path):
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, str(number)]) for number in range(4)]
    assert [process.wait(120) for process in processes] == [0] * 4
    assert trusted_hashes() == {f"{writer * 1000 + number:064x}" for writer in range(4) for number in range(200)}
    assert len(file.read_text().splitlines()) == 800
