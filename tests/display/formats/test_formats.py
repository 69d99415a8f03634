import csv
import io
import json

import pytest

from gdbench.comparison.arrange import pivot
from gdbench.comparison.tables import tables
from gdbench.display.formats import NAMES, print_tables
from gdbench.errors import RequestError
from tests.builders import accuracies, an_experiment


def sample():
    experiment = an_experiment({"optimizer": ["adam"], "size": ["32"]}, {("adam", "32"): ["a0"]})
    return tables(experiment, accuracies("a", 0.5), ["test_accuracy"], ["last"])


def test_each_format_prints_the_table(capsys):
    printed = {}
    for name in NAMES:
        print_tables(sample(), name)
        printed[name] = capsys.readouterr().out
    assert printed["terminal"].startswith("Optimizers on MNIST: ")
    assert printed["markdown"].startswith("### Optimizers on MNIST: ")
    assert [row["optimizer"] for row in csv.DictReader(io.StringIO(printed["csv"]))] == ["adam"]
    assert json.loads(printed["json"])[0]["rows"][0]["labels"] == ["adam", "32"]


@pytest.mark.parametrize("name", ["csv", "json"])
def test_a_turned_table_is_for_people(name):
    with pytest.raises(RequestError) as caught:
        print_tables(pivot(sample(), "optimizer"), name)
    assert str(caught.value) == f"--by: for terminal and markdown; {name} has one row a grid point, with its counts"


def test_an_unknown_format_is_named_with_its_nearest():
    with pytest.raises(RequestError) as caught:
        print_tables(sample(), "jsn")
    assert str(caught.value) == (
        "--format: expected one of terminal, markdown, csv, json; got 'jsn'; did you mean 'json'?"
    )
