import csv
import io
import json

import pytest

from gdbench.comparison.arrange import pivot
from gdbench.comparison.results import Results
from gdbench.display.formats import FORMATS, HELP, print_as
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.errors import RequestError
from tests.builders import accuracies, an_experiment


def sample():
    experiment = an_experiment({"optimizer": ["adam"], "size": ["32"]}, {("adam", "32"): ["a0"]})
    return Results(experiment, accuracies("a", 0.5)).tables(["test_accuracy"], ["last"])


def test_each_format_prints_the_table(capsys):
    printed = {}
    for name in FORMATS:
        print_as(name, TablesPrintout(sample()))
        printed[name] = capsys.readouterr().out
    assert printed["terminal"].startswith("Optimizers on MNIST: ")
    assert printed["markdown"].startswith("### Optimizers on MNIST: ")
    assert [row["optimizer"] for row in csv.DictReader(io.StringIO(printed["csv"]))] == ["adam"]
    assert json.loads(printed["json"])[0]["rows"][0]["labels"] == ["adam", "32"]


@pytest.mark.parametrize("name", ["csv", "json"])
def test_a_turned_table_is_for_people(name):
    with pytest.raises(RequestError) as caught:
        print_as(name, TablesPrintout(pivot(sample(), "optimizer")))
    assert str(caught.value) == (
        "--by: expected a --format for people, such as terminal or markdown; "
        "got one for programs, with one row per grid point"
    )


def test_an_unknown_format_is_named_with_its_nearest():
    with pytest.raises(RequestError) as caught:
        print_as("jsn", TablesPrintout(sample()))
    assert str(caught.value) == (f"--format: expected one of {', '.join(FORMATS)}; got 'jsn'; did you mean 'json'?")


def test_the_help_names_every_format():
    *most, last = FORMATS
    assert f"{', '.join(most)} or {last}." == HELP
