"""configs/language.md: its lists are those of the catalog, its examples plan, and its commands are there."""

import re
from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from gdbench.cli.app import COMMANDS
from gdbench.experiment.plan import load_plan
from gdbench.experiment.yaml.document import read
from gdbench.experiment.yaml.mistakes import Mistakes
from tests.configs import mistakes_of
from tests.language import PAGE, lists, updated
from tests.schema_validator import VALIDATOR

TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def test_the_lists_are_current() -> None:
    # Written by: python -m tests.language
    assert updated(TEXT) == TEXT


def test_a_list_that_is_not_current_is_seen() -> None:
    assert updated(TEXT.replace("| `sgd` |", "| `sgdd` |")) == TEXT
    with pytest.raises(AssertionError, match="no marks of metrics"):
        updated(TEXT.replace("<!-- /metrics -->", ""))


def test_every_entry_stands_in_a_list() -> None:
    written = "".join(lists().values())
    assert [name for family in FAMILIES.values() for name in family.entries if f"`{name}`" not in written] == []


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_is_a_whole_file(tmp_path: Path, block: str) -> None:
    (tmp_path / "example.yaml").write_text(block)
    assert load_plan(tmp_path / "example.yaml").runs
    assert list(VALIDATOR.iter_errors(read(tmp_path / "example.yaml", Mistakes()).data())) == []


def test_the_mistake_that_is_shown_is_what_gdbench_says(tmp_path: Path) -> None:
    [shown] = re.findall(r"^    (config\.yaml:.*)$", TEXT, re.MULTILINE)
    assert mistakes_of(tmp_path, "title: x\noptimizer: {name: sgd, momentun: 0.9}\n") == [shown]


def test_the_commands_are_there() -> None:
    named = set(re.findall(r"`gdbench (\w+)", TEXT))
    assert named
    assert named <= {command.__name__.rstrip("_") for command in COMMANDS}
