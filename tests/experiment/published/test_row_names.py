import pytest

from gdbench.experiment.experiment import Point
from gdbench.experiment.published.row_names import RowNames, labels_by_key
from gdbench.experiment.yaml.document import parse
from gdbench.experiment.yaml.mistakes import Mistakes

POINTS = tuple(Point((optimizer, rate), ()) for optimizer in ("sgd", "true") for rate in ("1", "0.1"))


def names(*, complete: bool = True) -> RowNames:
    return RowNames(POINTS, complete, has_validation=True, has_train_evaluation=True, has_target=True)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("sgd/1", "sgd/1"),
        ("sgd/1.0", "sgd/1"),
        ("sgd/1e0", "sgd/1"),
        ("sgd/1e-1", "sgd/0.1"),
        ("True/1", "true/1"),
        ("1/1", None),
        ("sgd/true", None),
        ("sgd", None),
        ("adam/1", None),
    ],
)
def test_a_name_is_matched_by_value(name: str, row: str | None):
    assert names().find(name) == row


def test_in_a_grid_with_mistakes_any_name_may_be_right():
    assert names(complete=False).find("adam/1") == "adam/1"


@pytest.mark.parametrize(
    ("key", "label"), [("1", "1"), ("1.0", "1"), ("1e-1", "0.1"), ("'0.1'", "0.1"), ("true", None), ("2", None)]
)
def test_keys_are_matched_by_value_and_then_by_label(key: str, label: str | None):
    node = parse(f"{{{key}: 0.9}}", "a.yaml", Mistakes())
    assert list(labels_by_key(node, ["1", "0.1"]).values()) == [label]
