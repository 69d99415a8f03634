import pytest

from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.yaml.document import Node, parse
from gdbench.experiment.yaml.mistakes import Mistakes


def column(text: str) -> list[Node]:
    values: list[Node] = parse(text, "a.yaml", Mistakes()).value
    return values


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("[0.10, 1e-3, 3]", ["0.10", "1e-3", "3"]),
        ("[sgd, {name: adam, beta_1: 0.8}]", ["sgd", "adam"]),
        ("[sgd, {name: sgd, momentum: 0.9}]", ["sgd", "sgd momentum=0.9"]),
        (
            "[{name: sgd, learning_rate: 1, momentum: 0.9}, {name: sgd, learning_rate: 1.0, momentum: 0.5}]",
            ["sgd momentum=0.9", "sgd momentum=0.5"],
        ),
        ("[{name: sgd, momentum: 0.9, label: Polyak}, sgd]", ["Polyak", "sgd"]),
        ("[[], [128], [128, 64]]", ["none", "128", "128, 64"]),
        ("[{}, {l2: 1e-4}, {l1: 0, l2: 1}]", ["none", "l2=1e-4", "l1=0 l2=1"]),
        ("[true, full, 1:30]", ["true", "full", "1:30"]),
    ],
)
def test_labels_of_values_that_have_none(values: str, expected: list[str]):
    assert labels(column(values)) == expected


def test_a_label_is_no_argument():
    (component,) = column("[{name: sgd, label: x, momentum: 0.9}]")
    assert without_label(component).data() == {"name": "sgd", "momentum": 0.9}
