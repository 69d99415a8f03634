"""The configurations that a command offers where none, or an unknown one, was named."""

from pathlib import Path

import pytest

from gdbench.display.configurations import configuration_lines, first_line
from gdbench.experiment.shipped_configurations import configurations


@pytest.fixture(autouse=True)
def _an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_shipped_configuration_has_a_line_with_what_it_is_about():
    heading, first, *rest = configuration_lines()
    assert heading == "configurations that come with gdbench, by name:"
    assert first.split(maxsplit=1) == ["quickstart", "Three optimizers on MNIST"]
    assert {line.split()[0] for line in (first, *rest)} == set(configurations())
    assert all(len(line.split()) > 1 and len(line) <= 80 for line in rest)


def test_those_of_the_current_folder_come_first():
    Path("mine.yaml").write_text("# yaml-language-server: $schema=x.json\n# What I try.\nseeds: 3\n")
    Path("bare.yml").write_text("seeds: 3\n")
    lines = list(configuration_lines())
    assert lines[:3] == ["configurations in this folder:", "  bare.yml", "  mine.yaml  What I try"]


def test_a_folder_of_many_files_is_cut():
    for number in range(13):
        Path(f"{number:02}.yaml").write_text("")
    assert list(configuration_lines())[10:12] == ["  09.yaml", "  and 3 more"]


def test_a_name_and_a_comment_cannot_command_a_terminal():
    Path("a\x1b[31m.yaml").write_text("# \x1b[2J\n")
    assert "  a\\x1b[31m.yaml  \\x1b[2J" in list(configuration_lines())


def test_what_is_no_file_has_no_first_line(tmp_path: Path):
    assert first_line(tmp_path) == ""
    assert first_line(Path("missing.yaml")) == ""
