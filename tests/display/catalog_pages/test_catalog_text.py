import json

import pytest

from gdbench.catalog import FAMILIES
from gdbench.display.catalog_pages.catalog_text import NOUNS, describe, names_of, text
from gdbench.experiment.keys import FILE_KEYS
from gdbench.records import SECTIONS


def test_every_family_and_section_can_be_listed():
    assert set(NOUNS) == {*FAMILIES, "training", "regularization", "file", "metric"}


def test_every_key_of_a_file_can_be_listed():
    # The sections have lists of their own.
    assert [*names_of("file"), *SECTIONS] == [
        *(key for key in FILE_KEYS if key not in SECTIONS),
        *SECTIONS,
    ]
    assert "  grid         what is varied: " in text("file")


@pytest.mark.parametrize("noun", NOUNS)
def test_a_program_reads_defaults_rules_and_words(noun):
    described = json.loads(json.dumps(describe(noun)))
    owners = [described, *described.get("entries", [])]
    assert all(owner["summary"] for owner in owners)
    for argument in (argument for owner in owners for argument in owner["arguments"]):
        assert set(argument) == {"name", "default", "rule", "description", "required"}
        assert argument["rule"]
        assert argument["description"], argument


@pytest.mark.parametrize("noun", NOUNS)
def test_no_line_is_wider_than_80_columns(noun):
    assert [line for line in text(noun).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("noun", list(FAMILIES))
def test_every_entry_is_in_the_text(noun):
    lines = text(noun).splitlines()
    for name in FAMILIES[noun].entries:
        assert any(line.startswith(f"  {name}: ") for line in lines)


def test_an_entry_as_people_read_it():
    lines = text("optimizer").splitlines()
    start = lines.index("    variant (1983)")
    assert lines[start - 1].startswith("  sgd: Stochastic gradient descent, ")
    assert lines[start + 1] == "      learning_rate: 0.01  step size (a number above 0)"
    assert lines[start + 2] == "      momentum: 0.0        share of the last step kept (a number of at least 0"
    assert lines[start + 3] == f"{'':27}and at most 1)"
    assert lines[start + 4].startswith("      nesterov: false      look ahead along the momentum (")


def test_nested_arguments_have_their_path():
    names = [argument["name"] for argument in describe("training")["arguments"]]
    assert {"batch_size", "early_stopping", "early_stopping.metric", "early_stopping.patience"} <= set(names)
    assert "      early_stopping.patience: required " in text("training")


def test_options_stand_once_and_an_entry_with_its_own_says_so():
    lines = text("architecture").splitlines()
    assert lines.count("  options of all except layers:") == 1
    assert sum("      output.activation: -" in line for line in lines) == 2
    start = lines.index(next(line for line in lines if line.startswith("  layers: ")))
    assert next(line for line in lines[start:] if line.startswith("      ")).strip().startswith("output: ")
    assert any("      layers: required " in line for line in lines[start:])
    assert lines[lines.index(next(line for line in lines if line.startswith("  perceptron: "))) + 1] == ""
