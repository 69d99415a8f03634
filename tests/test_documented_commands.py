"""Every command that a document shows is one that gdbench takes, and those that train nothing are run."""

import shutil
from pathlib import Path

import pytest
import typer

from gdbench.cli.app import app
from tests.documented_commands import DOCUMENTS, ROOT, commands

ALL = [arguments for document in DOCUMENTS for arguments in commands(document)]
# What trains, waits, opens a window, or measures this machine.
_TRAINS = {"sweep", "reproduce", "doctor", "merge", "annotate", "export"}
# Words in capitals stand for names of the reader's own, and so do these.
_PLACEHOLDERS = ("NAME", "FILE", "FOLDER", "RUN_ID", "RESULTS", "CONFIG", "N", "my-", "my_", "mine", "paper")


@pytest.mark.parametrize("arguments", ALL, ids=" ".join)
def test_a_command_of_a_document_is_one(arguments: list[str]) -> None:
    name, *rest = arguments
    if name.startswith("-"):
        assert name in ("--help", "--version", "--install-completion", "--show-completion")
        return
    command = typer.main.get_command(app).commands[name]
    # Alone, it is only named.
    if rest:
        command.make_context(name, [word for word in rest if word != "..."])


def is_run(arguments: list[str]) -> bool:
    is_own = any(word.isupper() or word.startswith(_PLACEHOLDERS) for word in arguments)
    return (
        len(arguments) > 1
        and arguments[0] not in _TRAINS
        and not is_own
        and not arguments[0].startswith("-")
        and "--open" not in arguments
    )


RUN = [arguments for arguments in ALL if is_run(arguments)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what documents name: configurations, and results in the place of a reader's own."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "configs", folder / "configs")
    for source in ("article", "zeiler2012", "reference"):
        shutil.copytree(ROOT / "results" / source, folder / "results" / source)
    for source in (ROOT / "results" / "reference").iterdir():
        shutil.copytree(source, folder / "results" / source.name)
    return folder


@pytest.mark.parametrize("arguments", RUN, ids=" ".join)
def test_a_command_that_trains_nothing_does_what_the_document_says(call, clone: Path, monkeypatch, arguments) -> None:
    monkeypatch.chdir(clone)
    said = call(
        *arguments, *(["--format", "markdown"] if arguments[0] == "tables" and "--format" not in arguments else [])
    )
    assert said.code == 0, said.err
