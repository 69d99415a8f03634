"""Links in a results folder are named and refused, and what they lead to stays as it is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gdbench.errors import SweepError
from gdbench.filesystem.atomic_write import write_inside, write_whole
from gdbench.ledger import Ledger, set_aside
from tests.builders import a_record


@pytest.fixture
def precious(tmp_path: Path):
    path = tmp_path / "home" / "profile"
    path.parent.mkdir()
    path.write_text("export PRECIOUS=1\n")
    yield path
    assert path.read_text() == "export PRECIOUS=1\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["profile"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "results" / "kill"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "name", ["lock", "runs.jsonl", "runs.jsonl.torn", "experiment.yaml", "tables/kill.csv", "README.md"]
)
def test_a_ledger_is_not_opened_beside_a_link(folder: Path, precious: Path, name: str):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(precious)
    with pytest.raises(SweepError) as caught:
        Ledger(folder)
    message = f"{folder / name} is a link, which gdbench does not write through; remove what is a link"
    assert str(caught.value) == message


def test_all_links_are_named_at_once(folder: Path, precious: Path):
    (folder / "lock").symlink_to(precious)
    (folder / "tables").symlink_to(precious.parent)
    with pytest.raises(SweepError, match=rf"^{folder}/lock, {folder}/tables are links, .*$"):
        Ledger(folder)


@pytest.mark.parametrize("make", [Path.symlink_to, Path.hardlink_to])
@pytest.mark.parametrize("name", ["lock", "runs.jsonl"])
def test_no_second_name_of_a_file_is_written(
    folder: Path, precious: Path, make: Callable[[Path, Path], None], name: str
):
    make(folder / name, precious)
    with pytest.raises(SweepError, match=rf"^{folder / name} is a (hard )?link, which gdbench does not write"):
        Ledger(folder)


def test_a_folder_with_a_link_for_a_lock_is_not_set_aside(folder: Path, precious: Path):
    (folder / "lock").symlink_to(precious)
    with pytest.raises(SweepError, match="lock is a link"):
        set_aside(folder)
    assert folder.is_dir()


def test_a_link_made_after_the_ledger_was_opened_is_not_followed(folder: Path, precious: Path):
    with Ledger(folder) as ledger:
        ledger.append(a_record("a"))
        with (folder / "runs.jsonl").open("a") as file:
            file.write("torn")
        (folder / "runs.jsonl.torn").symlink_to(precious)
        with pytest.raises(SweepError, match=r"runs\.jsonl\.torn is a link"):
            ledger.repair()


def test_no_pipe_is_waited_for(folder: Path):
    os.mkfifo(folder / "runs.jsonl")
    with pytest.raises(SweepError, match="is no regular file"):
        Ledger(folder)


@pytest.mark.parametrize("name", ["lock", "runs.jsonl"])
def test_a_folder_in_place_of_a_file_is_named(folder: Path, name: str):
    (folder / name).mkdir()
    with pytest.raises(SweepError, match=rf"^{folder / name}: Is a directory$"):
        Ledger(folder)


def test_a_results_folder_may_be_a_link_to_one_with_results_or_nothing(tmp_path: Path, folder: Path, precious: Path):
    link = tmp_path / "results" / "link"
    link.symlink_to(folder)
    for run in "ab":
        with Ledger(link) as ledger:
            ledger.append(a_record(run))
    assert write_inside(link, "tables/kill.csv", "1\n") == link / "tables" / "kill.csv"
    assert (folder / "tables" / "kill.csv").read_text() == "1\n"
    link.unlink()
    link.symlink_to(precious.parent)
    with pytest.raises(SweepError, match="is a link to a folder that holds something else than results"):
        Ledger(link)
    link.unlink()
    link.symlink_to("nowhere")
    with pytest.raises(SweepError, match="link: File exists"):
        Ledger(link)


@pytest.mark.parametrize("name", ["README.md", "tables/kill.csv"])
def test_a_file_is_not_written_through_a_link(folder: Path, precious: Path, name: str):
    (folder / "tables").mkdir()
    (folder / name).symlink_to(precious)
    with pytest.raises(SweepError, match=rf"{name} is a link"):
        write_inside(folder, name, "text")
    (folder / name).unlink()
    assert write_inside(folder, name, "text").read_text() == "text"


def test_a_file_is_not_written_in_a_folder_that_is_a_link(folder: Path, precious: Path):
    (folder / "tables").symlink_to(precious.parent)
    with pytest.raises(SweepError, match=rf"^{folder}/tables is a link"):
        write_inside(folder, "tables/kill.csv", "text")


def test_the_name_of_an_unfinished_file_cannot_be_foreseen(folder: Path, monkeypatch: pytest.MonkeyPatch):
    names = []
    replace = os.replace

    def seen(source: str, target: str, **folders: int) -> None:
        names.append(source)
        replace(source, target, **folders)

    monkeypatch.setattr(os, "replace", seen)
    for _ in range(2):
        write_inside(folder, "experiment.yaml", "text")
        write_whole(folder / "experiment.yaml", "text")
    assert len(set(names)) == 4
    assert [path.name for path in folder.iterdir()] == ["experiment.yaml"]


def test_a_file_keeps_the_mode_that_the_user_asks_for(folder: Path):
    mask = os.umask(0o027)
    try:
        path = write_inside(folder, "README.md", "text")
    finally:
        os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o640
