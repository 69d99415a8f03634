"""Entries in full, and their examples, each planned as it stands."""

from pathlib import Path

import pytest

from gdbench.cli.app import app
from gdbench.display.catalog_pages.catalog_text import METRIC, NOUNS, names_of
from gdbench.display.catalog_pages.entry_text import entries_named
from gdbench.errors import RequestError
from gdbench.experiment.plan import load_plan
from gdbench.experiment.published.block_parser import PARSED_KEYS, PlainKeys
from gdbench.experiment.tuning.tune_keys import KEYS as TUNE_KEYS
from gdbench.metrics import METRICS
from tests.catalog.datasets.files import idx_folder, npz_file

SMALL = {"npz", "idx", "csv"}
ENTRIES = [(noun, name) for noun in NOUNS for name in names_of(noun)]
IN_FILES = [pair for pair in ENTRIES if pair[0] != METRIC]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the files that examples name."""
    idx_folder(tmp_path / "digits")
    npz_file(tmp_path / "digits.npz")
    (tmp_path / "table.csv").write_text("a,b,label\n" + "".join(f"{row},1,{row % 2}\n" for row in range(20)))
    (tmp_path / "base.yaml").write_text("training: {epochs: 2}\n")
    return tmp_path


@pytest.mark.parametrize(("noun", "name"), IN_FILES, ids=map(".".join, IN_FILES))
def test_an_example_is_a_configuration(data: Path, noun: str, name: str) -> None:
    [subject] = entries_named(f"{noun}.{name}").subjects
    assert name in subject.example
    (data / "example.yaml").write_text(subject.example + "\n")
    # The files above are smaller than a batch.
    small = ["training.batch_size=4"] if noun == "dataset" and name in SMALL else []
    runs = load_plan(data / "example.yaml", small, seeds=1).runs
    # A grid is what some keys of a file are about.
    assert len(runs) == 1 or (noun == "file" and runs)


@pytest.mark.parametrize(("noun", "name"), ENTRIES, ids=map(".".join, ENTRIES))
def test_an_entry_says_what_it_is_within_80_columns(noun: str, name: str) -> None:
    [subject] = entries_named(f"{noun}.{name}").subjects
    lines = subject.text().splitlines()
    assert lines[0].startswith(f"{name}, a")
    assert max(map(len, lines)) <= 80
    assert subject.summary
    for argument in (*subject.arguments, *subject.options):
        assert f"  {argument.name}: " in subject.text()


def test_the_example_of_a_metric_is_a_command() -> None:
    assert "tables" in {command.callback.__name__ for command in app.registered_commands if command.callback}
    for name in METRICS:
        [subject] = entries_named(f"metric.{name}").subjects
        assert subject.example == f"gdbench tables results/NAME --metric {name}"


def test_a_name_in_two_families_prints_both_and_one_of_them_is_asked_for_with_its_family() -> None:
    assert [subject.noun for subject in entries_named("l2").subjects] == ["regularizer", "regularization"]
    assert [subject.noun for subject in entries_named("regularizer.l2").subjects] == ["regularizer"]


def test_a_name_in_other_letters_is_found_and_one_beside_it_is_pointed_to() -> None:
    assert [subject.name for subject in entries_named("Adam").subjects] == ["adam"]
    both = entries_named("dropout")
    assert [subject.noun for subject in both.subjects] == ["regularization"]
    assert list(both.others) == ["Dropout"]
    assert both.sections()[0].blocks[-1] == "see also: gdbench list Dropout"


@pytest.mark.parametrize(("name", "meant"), [("adem", "adam"), ("optimizer.sgdd", "sgd"), ("leraning", None)])
def test_an_unknown_name_is_one_line(name: str, meant: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        entries_named(name)
    line = str(caught.value)
    assert "\n" not in line
    assert (f"did you mean '{meant}'?" in line) == (meant is not None)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("tune", (*TUNE_KEYS, "halving.factor", "halving.first")),
        ("published", (*PlainKeys.model_fields, *PARSED_KEYS)),
        ("claims", ()),
    ],
)
def test_a_key_of_a_file_lists_the_keys_within_it(name: str, keys: tuple[str, ...]) -> None:
    [subject] = entries_named(f"file.{name}").subjects
    assert sorted(argument.name for argument in subject.arguments) == sorted(keys)


@pytest.mark.parametrize(("name", "owner"), [("halving", "tune"), ("over", "tune"), ("assumed", "published")])
def test_a_key_within_another_is_found_by_the_key_that_holds_it(name: str, owner: str) -> None:
    with pytest.raises(RequestError, match=f"got '{name}'; it is a key of {owner}: gdbench list {owner}$"):
        entries_named(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("validation", "it is an option of dataset: gdbench list dataset"),
        ("momentum", "it is an argument of sgd, rmsprop, muon and BatchNormalization: gdbench list sgd"),
        ("hidden", "it is an argument of mlp, cnn, rnn and others: gdbench list mlp"),
    ],
)
def test_an_argument_is_found_by_what_takes_it(name: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        entries_named(name)
    assert str(caught.value) == f"list: expected a name that gdbench list shows; got '{name}'; {hint}"
